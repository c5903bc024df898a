//! `cantilena render`: a file becomes sound or a picture.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use cantilena_score::Grid;
use cantilena_studio::{Output, Overwrite, Rendering, render};
use clap::Args;

use crate::failure::Failure;
use crate::words::give;

/// Make sound (.wav), notation (.musicxml, .mxl, .abc), a piano roll (.svg, .png), a clean copy
/// (.mid) or data (.json) of a file: MIDI, MusicXML, ABC or a score's JSON.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena render piece.mid -o piece.wav --play
  cantilena render piece.mid -o piece.wav --soundfont FluidR3_GM.sf2
  cantilena render broken.mid -o repaired.mid -o roll.png
  cantilena render tune.abc -o tune.musicxml -o tune.mid
  cantilena render played.mid --quantize 1/16 -o page.musicxml
  cantilena render book.abc --tune 7 -o seventh.wav")]
pub(crate) struct Render {
    /// The file.
    file: PathBuf,
    /// Which tune of a book in ABC, its first being 1 [default: 1].
    #[arg(long, value_name = "N")]
    tune: Option<NonZeroUsize>,
    /// What to write: .wav, .mid, .musicxml, .mxl, .abc, .svg, .png, or .json, the score as data;
    /// may be repeated [default: beside the file, .wav].
    #[arg(short, long = "output", value_name = "FILE")]
    output: Vec<PathBuf>,
    /// A SoundFont (.sf2) for the sound.
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Move notes to a grid first: 1/4, 1/8, 1/16, 1/32, or of triplets 1/8t, 1/16t, 1/32t. Makes
    /// a page of freely played music that can be read.
    #[arg(long, value_name = "GRID")]
    quantize: Option<Grid>,
    /// Play it when it is there.
    #[arg(long)]
    play: bool,
    /// Replace files that are there.
    #[arg(long)]
    force: bool,
}

impl Render {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let mut outputs = self.output.clone();
        let is_wav = |path: &PathBuf| matches!(Output::of(path), Ok(Output::Wav));
        if outputs.is_empty() || (self.play && !outputs.iter().any(is_wav)) {
            outputs.push(self.file.with_extension("wav"));
        }
        let request = Rendering {
            score: super::open(&self.file, self.tune)?.reading.score,
            quantize: self.quantize,
            outputs: outputs.clone(),
            soundfont: self.soundfont,
            overwrite: if self.force { Overwrite::Replace } else { Overwrite::Refuse },
        };
        super::tell(&render(&request)?);
        for path in &outputs {
            give(&path.display().to_string())?;
        }
        if let Some(wav) = outputs.iter().find(|path| self.play && is_wav(path)) {
            crate::play::play(wav);
        }
        Ok(())
    }
}

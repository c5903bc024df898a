//! `cantilena compose`: a model becomes a piece.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use cantilena_generate::{Length, Sampling};
use cantilena_score::{Grid, Key, Program};
use cantilena_studio::{Composing, Composition, Output, Overwrite, compose, compose_by_rules};
use clap::Args;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::words::{clock, count, counted, give};

/// Compose a piece with a model, or continue a file.
#[derive(Args)]
#[command(allow_negative_numbers = true)]
#[command(after_help = "\
Examples:
  cantilena compose my-model
  cantilena compose my-model --bars 32 --seed 7 -o piece.mid -o piece.wav -o piece.svg
  cantilena compose my-model --from tune.mid --bars 8 --temperature 0.9 -o longer.mid
  cantilena compose --rules --genre jazz --bars 16 -o rules.mid
  cantilena compose my-model --notes 200 --instrument flute --tempo 96 -o piece.mid --play

The same model, request and seed give the same bytes.")]
pub(crate) struct Compose {
    /// The model's folder.
    #[arg(required_unless_present = "rules")]
    model: Option<PathBuf>,
    /// Without a model: a melody by rules, with the band of a genre; what models have to beat.
    #[arg(long, conflicts_with_all = ["model", "from", "key"], requires = "genre")]
    rules: bool,
    /// How many bars, exactly [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    bars: Option<u32>,
    /// How many notes, exactly, instead of bars; with a genre's band, the melody's alone.
    #[arg(long, value_name = "N", conflicts_with = "bars", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    notes: Option<u32>,
    /// How long, in seconds, to the nearest bar, instead of bars.
    #[arg(long, value_name = "S", conflicts_with_all = ["bars", "notes"], value_parser = super::seconds)]
    seconds: Option<u32>,
    /// The seed; drawn, and said, if left out.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Below 1 plays safe, above 1 dares; 0 always takes the likeliest.
    #[arg(long, value_name = "T", default_value_t = Sampling::default().temperature)]
    temperature: f64,
    /// Draw from so many of the likeliest; 0 is no limit.
    #[arg(long, value_name = "K", default_value_t = Sampling::default().top_k)]
    top_k: usize,
    /// Draw from the likeliest that together have this probability.
    #[arg(long, value_name = "P", default_value_t = Sampling::default().top_p)]
    top_p: f64,
    /// Draw only what has this share of the likeliest one's probability.
    #[arg(long, value_name = "P", default_value_t = Sampling::default().min_p)]
    min_p: f64,
    /// How densely notes follow one another: at 1 about twice as many as the model would play, at
    /// -1 half as many or fewer.
    #[arg(long, value_name = "D", default_value_t = 0.0, allow_negative_numbers = true)]
    density: f64,
    /// A file to continue; the length counts what is added.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Which tune of the file, if it is a book in ABC, its first being 1 [default: 1].
    #[arg(long, value_name = "N", requires = "from")]
    tune: Option<NonZeroUsize>,
    /// The bar of the file, its first being 1, that is composed anew, and all behind it; 2 at
    /// least, for one is gone on from. The file's end if left out.
    #[arg(long, value_name = "N", requires = "from", value_parser = clap::value_parser!(u32).range(2..))]
    at_bar: Option<u32>,
    /// Keep to the notes of a key (in minor the raised seventh too), leaning to its tonic as music
    /// in it does: C, F#m, "Bb minor".
    #[arg(long, value_name = "KEY", value_parser = super::key)]
    key: Option<Key>,
    /// Quarters a minute.
    #[arg(long, value_name = "BPM")]
    tempo: Option<f64>,
    /// What plays: a General MIDI number, 0 to 127, or part of a name, such as flute.
    #[arg(long, value_name = "NAME", value_parser = super::program)]
    instrument: Option<Program>,
    /// The genre: of a model that was told genres, the piece's; of the system melody, that whose
    /// band accompanies it, such as jazz, rock or reggae.
    #[arg(long, value_name = "NAME")]
    genre: Option<String>,
    /// The mood, of a model that was told moods.
    #[arg(long, value_name = "NAME")]
    mood: Option<String>,
    /// The composer, of a model that was told composers.
    #[arg(long, value_name = "NAME")]
    composer: Option<String>,
    /// Anything the model was told of pieces, such as density=dense or mode=minor; may be
    /// repeated.
    #[arg(long = "condition", value_name = "NAME=VALUE", value_parser = condition)]
    conditions: Vec<(String, String)>,
    /// What to write: .mid, .musicxml, .mxl, .abc, .wav, .svg, .png, or .json, a report of the
    /// piece (its score as JSON: `cantilena render piece.mid -o score.json`); may be repeated.
    #[arg(short, long = "output", value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Move the finished piece's notes to a grid: 1/4, 1/8, 1/16, 1/32, or of triplets 1/8t, 1/16t,
    /// 1/32t. Makes a page that can be read where the model learnt from music played freely.
    #[arg(long, value_name = "GRID")]
    quantize: Option<Grid>,
    /// A SoundFont (.sf2) for the sound.
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Play the piece; writes a .wav file.
    #[arg(long)]
    play: bool,
    /// Replace files that are there.
    #[arg(long)]
    force: bool,
    /// Print what came out on stdout as JSON.
    #[arg(long)]
    json: bool,
}

impl Compose {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let seed = self.seed.unwrap_or_else(super::drawn_seed);
        let outputs = self.outputs(seed)?;
        let from = self.from.as_deref().map(|file| super::open(file, self.tune)).transpose()?;
        let request = Composing {
            model: self.model.clone().unwrap_or_default(),
            length: match (self.notes, self.seconds) {
                (Some(notes), _) => Length::Notes(notes as usize),
                (_, Some(seconds)) => Length::Seconds(seconds),
                _ => Length::Bars(self.bars.unwrap_or(16)),
            },
            seed,
            sampling: Sampling {
                temperature: self.temperature,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
                density: self.density,
            },
            from: from.map(|source| source.reading.score),
            at_bar: self.at_bar,
            key: self.key,
            bpm: self.tempo,
            program: self.instrument,
            genre: self.genre.clone(),
            conditions: self.conditions(),
            quantize: self.quantize,
            outputs: outputs.clone(),
            soundfont: self.soundfont.clone(),
            overwrite: if self.force { Overwrite::Replace } else { Overwrite::Refuse },
            threads: super::threads(None),
        };
        let interrupt = Interrupt::listen();
        let composition = match self.rules {
            true => compose_by_rules(&request)?,
            false => compose(&request, &mut |_| interrupt.flow())?,
        };
        super::tell(&composition.written);
        give(&match self.json {
            true => json(&composition, seed, &outputs),
            false => summary(&composition, seed, &outputs),
        })?;
        if let Some(wav) = outputs.iter().find(|path| self.play && is_wav(path)) {
            crate::play::play(wav);
        }
        match interrupt.is_asked() {
            true => {
                Err(Failure::Interrupted("Stopped early; what is there is written.".to_owned()))
            }
            false => Ok(()),
        }
    }

    /// What is asked for of the piece as a whole, its genre apart.
    fn conditions(&self) -> Vec<(String, String)> {
        let named = [("mood", &self.mood), ("composer", &self.composer)];
        let named = named.into_iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| (name.to_owned(), value.clone()))
        });
        named.chain(self.conditions.clone()).collect()
    }

    /// What is written; named after model and seed where nothing was asked for.
    fn outputs(&self, seed: u64) -> Result<Vec<PathBuf>, Failure> {
        let mut outputs = self.output.clone();
        let name = self.model.as_ref().and_then(|model| model.file_name());
        let name = name.map_or_else(|| "piece".into(), |name| name.to_string_lossy());
        let default = |end: &str| PathBuf::from(format!("{name}-{seed}.{end}"));
        if outputs.is_empty() {
            outputs.push(default("mid"));
        }
        if self.play && !outputs.iter().any(|path| is_wav(path)) {
            outputs.push(outputs[0].with_extension("wav"));
        }
        Ok(outputs)
    }
}

/// A condition as it is typed: NAME=VALUE.
fn condition(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (name, value) = parts.ok_or("write it as NAME=VALUE: density=dense")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn is_wav(path: &Path) -> bool {
    matches!(Output::of(path), Ok(Output::Wav))
}

fn summary(composition: &Composition, seed: u64, outputs: &[PathBuf]) -> String {
    let score = &composition.score;
    let lasts = clock(std::time::Duration::from_secs_f64(composition.seconds));
    let playing = score.tracks.iter().filter(|track| !track.notes.is_empty());
    let parts: Vec<&str> = playing.map(|track| track.instrument_name()).collect();
    let mut text = match score.tracks.is_empty() {
        true => format!("{lasts} of sound, seed {seed}"),
        false => format!(
            "{}, {}, {lasts} ({}), seed {seed}",
            counted(score.bars() as usize, "bar", "bars"),
            counted(score.note_count(), "note", "notes"),
            parts.join(", "),
        ),
    };
    for path in outputs {
        text.push_str(&format!("\n  {}", path.display()));
        let reduced = composition.written.reduced.iter().find(|file| file.path == *path);
        if let Some(file) = reduced.filter(|file| file.notes != score.note_count()) {
            text.push_str(&format!(" ({} of them)", count(file.notes as u64)));
        }
    }
    text
}

fn json(composition: &Composition, seed: u64, outputs: &[PathBuf]) -> String {
    let score = &composition.score;
    // Names of files need not be Unicode, and JSON is.
    let files: Vec<String> = outputs.iter().map(|path| path.display().to_string()).collect();
    serde_json::json!({
        "seed": seed,
        "bars": score.bars(),
        "notes": score.note_count(),
        "drawn": composition.drawn,
        "seconds": composition.seconds,
        "files": files,
        "soundfont": composition.written.bank,
        "silent": composition.written.silent,
        "reduced": composition.written.reduced,
        "crowded": composition.written.crowded,
        "stopped": composition.stopped,
    })
    .to_string()
}

//! A score becomes sound, a picture, or a file of another kind.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_audio::{BitDepth, wav};
use cantilena_formats::{Format, Limits, Writing};
use cantilena_plot::{PianoRoll, Theme, piano_roll};
use cantilena_score::{Grid, Score};
use cantilena_sound::{INSTALLED_SOUNDFONTS, RenderOptions, SoundFont};
use serde::Serialize;

use crate::error::StudioError;
use crate::notation;
use crate::output::{Output, Overwrite};
use crate::store::{self, Draft};

/// A SoundFont and where it came from, so that people can be told what they hear.
pub struct Bank {
    /// The sounds.
    pub soundfont: SoundFont,
    /// Its path, or what the built-in one is called.
    pub name: String,
}

impl Bank {
    /// The one asked for; else an installed General MIDI bank; else the built-in one.
    ///
    /// An installed bank that cannot be used is passed over, for nobody asked for it.
    pub fn choose(asked: Option<&Path>) -> Result<Bank, StudioError> {
        if let Some(path) = asked {
            let bytes = store::read(path)?;
            let soundfont = SoundFont::read(&bytes)?;
            return Ok(Bank { soundfont, name: path.display().to_string() });
        }
        let installed = INSTALLED_SOUNDFONTS.iter().find_map(|path| {
            let soundfont = SoundFont::read(&std::fs::read(path).ok()?).ok()?;
            Some(Bank { soundfont, name: (*path).to_owned() })
        });
        Ok(installed.unwrap_or_else(Bank::built_in))
    }

    /// The bank in the binary, which sounds the same on every machine.
    pub fn built_in() -> Bank {
        Bank { soundfont: SoundFont::built_in(), name: "the built-in bank".to_owned() }
    }
}

/// A score to be rendered, and into what.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The score.
    pub score: Score,
    /// The grid that its notes are moved to first, if any.
    pub quantize: Option<Grid>,
    /// What is written.
    pub outputs: Vec<PathBuf>,
    /// A SoundFont to play it with.
    pub soundfont: Option<PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
}

/// What is to be told of files that were written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The bank that sounds in the WAV files, if there are any.
    pub bank: Option<String>,
    /// The files that do not say all that the score does.
    pub reduced: Vec<Reduced>,
    /// How many notes make no sound in the WAV files, for the bank has nothing for them.
    pub silent: usize,
    /// The pages that are hard to read.
    pub crowded: Vec<Crowded>,
}

/// A page on which more than a twentieth of the notes are hard to read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crowded {
    /// The file.
    #[serde(rename = "file", serialize_with = "crate::output::displayed")]
    pub path: PathBuf,
    /// The notes that need a 64th or shorter, a 32nd of a tuplet, or more than two ties in the bar
    /// where they begin.
    pub hard_to_read: usize,
    /// The notes of the score.
    pub notes: usize,
}

/// The share of notes that may be hard to read on a page of which nothing is said.
///
/// With more, a page of eighths that stops a reader every third bar would pass; with less, one
/// ornament that was written out is told.
const HARD_MAX: f64 = 0.05;

/// A file whose format cannot say what the score says.
#[derive(Clone, Debug, Serialize)]
pub struct Reduced {
    /// The file.
    #[serde(rename = "file", serialize_with = "crate::output::displayed")]
    pub path: PathBuf,
    /// The notes that are in it, counted by reading it.
    pub notes: usize,
    /// What was changed or left out, each with its place in the score.
    pub repairs: Vec<String>,
}

/// Renders a score, into all that was asked for or nothing.
pub fn render(request: &Rendering) -> Result<Written, StudioError> {
    check_outputs(&request.outputs, request.overwrite)?;
    let mut choose = || Bank::choose(request.soundfont.as_deref());
    let quantized = request.quantize.map(|grid| request.score.quantized(grid));
    let score = quantized.as_ref().unwrap_or(&request.score);
    let json = || Ok(cantilena_formats::write(score, Format::Json)?.bytes);
    write_score(score, &request.outputs, request.overwrite, &mut choose, &json)
}

/// What each path asks for; that none is in the way of a file or of another, before any work is
/// done.
pub(crate) fn check_outputs(
    paths: &[PathBuf],
    overwrite: Overwrite,
) -> Result<Vec<Output>, StudioError> {
    let mut taken = BTreeSet::new();
    let check = |path: &PathBuf| {
        let output = Output::of(path)?;
        // However it is written: `a.mid` and `./a.mid` are one file.
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        if !taken.insert(whole) {
            return Err(StudioError::Request(format!(
                "{} is asked for twice; name another file",
                path.display()
            )));
        }
        if path.is_dir() {
            return Err(StudioError::Request(format!(
                "{} is a folder; name a file",
                path.display()
            )));
        }
        store::place_of(path)?;
        match overwrite == Overwrite::Refuse && path.exists() {
            true => Err(StudioError::Exists { path: path.clone() }),
            false => Ok(output),
        }
    };
    paths.iter().map(check).collect()
}

/// Writes a score over what may be there, with the bank that sounds the same everywhere.
pub(crate) fn write_with_built_in(score: &Score, paths: &[PathBuf]) -> Result<(), StudioError> {
    let json = || Ok(cantilena_formats::write(score, Format::Json)?.bytes);
    let mut choose = || Ok(Bank::built_in());
    write_score(score, paths, Overwrite::Replace, &mut choose, &json).map(drop)
}

/// Writes a score in every form asked for: all files are made before the first has its name, so
/// that one that cannot be made leaves none.
///
/// The bank is chosen when the first sound is to be made.
pub(crate) fn write_score(
    score: &Score,
    paths: &[PathBuf],
    overwrite: Overwrite,
    choose: &mut dyn FnMut() -> Result<Bank, StudioError>,
    json: &dyn Fn() -> Result<Vec<u8>, StudioError>,
) -> Result<Written, StudioError> {
    let (mut bank, mut silent, mut drafts) = (None, 0, Vec::new());
    let (mut reduced, mut crowded) = (Vec::new(), Vec::new());
    for path in paths {
        let bytes = match Output::of(path)? {
            Output::Score(format) => {
                let unwritable = |source| StudioError::Unwritable { path: path.clone(), source };
                let writing = notation::write(score, format).map_err(unwritable)?;
                reduced.extend(reduction(path, &writing));
                crowded.extend(crowding(path, &writing, score));
                writing.bytes
            }
            Output::Svg => piano_roll(score, &PianoRoll::default()).svg().into_bytes(),
            Output::Png => piano_roll(score, &PianoRoll::default()).png(Theme::Light, PNG_SCALE)?,
            Output::Wav => {
                let bank = match &mut bank {
                    Some(bank) => bank,
                    none => none.insert(choose()?),
                };
                silent = bank.soundfont.silent_notes(score);
                sound(score, bank)?
            }
            Output::Json => json()?,
        };
        drafts.push(Draft::new(path, &bytes)?);
    }
    drafts.into_iter().try_for_each(|draft| draft.keep(overwrite))?;
    Ok(Written { bank: bank.map(|bank| bank.name), silent, reduced, crowded })
}

/// A page that is hard to read; nothing of one that is not.
fn crowding(path: &Path, writing: &Writing, score: &Score) -> Option<Crowded> {
    let (hard_to_read, notes) = (writing.hard_to_read, score.note_count());
    let is_crowded = hard_to_read as f64 > HARD_MAX * notes as f64;
    is_crowded.then(|| Crowded { path: path.to_owned(), hard_to_read, notes })
}

/// What a file does not say that the score does; nothing of one that says all.
fn reduction(path: &Path, writing: &Writing) -> Option<Reduced> {
    if writing.repairs.is_empty() {
        return None;
    }
    let reading = cantilena_formats::read(&writing.bytes, &Limits::default());
    Some(Reduced {
        path: path.to_owned(),
        // What cannot be read holds no note for anybody.
        notes: reading.map_or(0, |reading| reading.score.note_count()),
        repairs: writing.repairs.iter().map(ToString::to_string).collect(),
    })
}

/// A score as sound: the bytes of a WAV file.
pub(crate) fn sound(score: &Score, bank: &Bank) -> Result<Vec<u8>, StudioError> {
    let options = RenderOptions::default();
    let mut go_on = |_| ControlFlow::Continue(());
    let audio = cantilena_sound::render(score, &bank.soundfont, &options, &mut go_on)?;
    Ok(wav::encode(&audio, BitDepth::Sixteen)?)
}

/// Pixels of a picture for one of its units: sharp on a screen of high density.
const PNG_SCALE: f32 = 2.0;

#[cfg(test)]
mod tests {
    use cantilena_score::Ticks;

    use super::*;

    /// A scale in sixteenths, each a twenty-fourth of a quarter late or short, as models compose
    /// that learnt from music played freely.
    fn played() -> Score {
        let bar = "c4/16 d4 e4 f4 g4 a4 b4 c5 ".repeat(2);
        let scale: Score = format!("{bar}| {bar}|").parse().unwrap();
        let mut score = scale.rescaled(std::num::NonZero::new(480).unwrap());
        for (index, note) in score.tracks[0].notes.iter_mut().enumerate() {
            note.onset += Ticks(20 * (index as u32 % 3));
            note.duration = Ticks(60 + 20 * (index as u32 % 2));
        }
        score
    }

    #[test]
    fn a_page_of_music_played_freely_is_told_and_on_a_grid_reads_well() {
        let folder = tempfile::tempdir().unwrap();
        let page = |name: &str, quantize: Option<&str>| {
            let request = Rendering {
                score: played(),
                quantize: quantize.map(|grid| grid.parse().unwrap()),
                outputs: vec![folder.path().join(name)],
                soundfont: None,
                overwrite: Overwrite::Refuse,
            };
            let written = render(&request).unwrap();
            let bytes = std::fs::read(folder.path().join(name)).unwrap();
            let read = cantilena_formats::read(&bytes, &Limits::default()).unwrap();
            assert_eq!(read.score.note_count(), played().note_count(), "none is lost");
            written.crowded
        };
        for name in ["played.musicxml", "played.abc"] {
            let crowded = page(name, None);
            assert!(crowded[0].hard_to_read > 8, "{crowded:?}");
            assert_eq!((crowded.len(), crowded[0].notes), (1, played().note_count()));
            assert_eq!(page(&format!("grid-{name}"), Some("1/16")), []);
        }
    }
}

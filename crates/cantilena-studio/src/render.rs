//! A score becomes sound, a picture, or a file of another kind.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_audio::{BitDepth, wav};
use cantilena_formats::{Format, Limits, Writing};
use cantilena_plot::{PianoRoll, Theme, piano_roll};
use cantilena_score::Score;
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
}

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
    let json = || Ok(cantilena_formats::write(&request.score, Format::Json)?.bytes);
    write_score(&request.score, &request.outputs, request.overwrite, &mut choose, &json)
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
    let (mut bank, mut reduced, mut drafts) = (None, Vec::new(), Vec::new());
    for path in paths {
        let bytes = match Output::of(path)? {
            Output::Score(format) => {
                let unwritable = |source| StudioError::Unwritable { path: path.clone(), source };
                let writing = notation::write(score, format).map_err(unwritable)?;
                reduced.extend(reduction(path, &writing));
                writing.bytes
            }
            Output::Svg => piano_roll(score, &PianoRoll::default()).svg().into_bytes(),
            Output::Png => piano_roll(score, &PianoRoll::default()).png(Theme::Light, PNG_SCALE)?,
            Output::Wav => {
                let bank = match &mut bank {
                    Some(bank) => bank,
                    none => none.insert(choose()?),
                };
                sound(score, bank)?
            }
            Output::Json => json()?,
        };
        drafts.push(Draft::new(path, &bytes)?);
    }
    drafts.into_iter().try_for_each(|draft| draft.keep(overwrite))?;
    Ok(Written { bank: bank.map(|bank| bank.name), reduced })
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

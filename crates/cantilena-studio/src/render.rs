//! A score becomes sound, a picture, or a file of another kind.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_audio::{BitDepth, wav};
use cantilena_formats::{Format, Limits};
use cantilena_plot::{PianoRoll, Theme, piano_roll};
use cantilena_score::Score;
use cantilena_sound::{INSTALLED_SOUNDFONTS, RenderOptions, SoundFont};

use crate::error::StudioError;
use crate::output::{Output, Overwrite};
use crate::store;

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

/// A file to be rendered, and into what.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The score's file.
    pub file: PathBuf,
    /// What is written.
    pub outputs: Vec<PathBuf>,
    /// A SoundFont to play it with.
    pub soundfont: Option<PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
}

/// Renders a file; gives the name of the bank, if there was sound to be made.
pub fn render(request: &Rendering) -> Result<Option<String>, StudioError> {
    let score = read_score(&request.file)?.score;
    let kinds = check_outputs(&request.outputs, request.overwrite)?;
    let bank =
        write_outputs(&score, &request.outputs, request.soundfont.as_deref(), request.overwrite)?;
    for (path, _) in request.outputs.iter().zip(kinds).filter(|(_, kind)| *kind == Output::Json) {
        let json = cantilena_formats::write(&score, Format::Json)?.bytes;
        store::write(path, &json, request.overwrite)?;
    }
    Ok(bank)
}

/// Reads a file as a score.
pub(crate) fn read_score(path: &Path) -> Result<cantilena_formats::Reading, StudioError> {
    let bytes = store::read(path)?;
    cantilena_formats::read(&bytes, &Limits::default())
        .map_err(|source| StudioError::Music { path: path.to_owned(), source })
}

/// What each path asks for; that none is in the way, before any work is done.
pub(crate) fn check_outputs(
    paths: &[PathBuf],
    overwrite: Overwrite,
) -> Result<Vec<Output>, StudioError> {
    paths
        .iter()
        .map(|path| {
            let output = Output::of(path)?;
            match overwrite == Overwrite::Refuse && path.exists() {
                true => Err(StudioError::Exists { path: path.clone() }),
                false => Ok(output),
            }
        })
        .collect()
}

/// Writes a score in every form asked for but JSON; gives the name of the bank, if one was used.
pub(crate) fn write_outputs(
    score: &Score,
    paths: &[PathBuf],
    soundfont: Option<&Path>,
    overwrite: Overwrite,
) -> Result<Option<String>, StudioError> {
    let mut bank: Option<Bank> = None;
    let mut choose = || Bank::choose(soundfont);
    write_with(score, paths, &mut bank, &mut choose, overwrite)?;
    Ok(bank.map(|bank| bank.name))
}

/// Writes a score over what may be there, with the bank that sounds the same everywhere.
pub(crate) fn write_with_built_in(score: &Score, paths: &[PathBuf]) -> Result<(), StudioError> {
    write_with(score, paths, &mut None, &mut || Ok(Bank::built_in()), Overwrite::Replace)
}

/// Writes a score; the bank is chosen when the first sound is to be made.
fn write_with(
    score: &Score,
    paths: &[PathBuf],
    bank: &mut Option<Bank>,
    choose: &mut dyn FnMut() -> Result<Bank, StudioError>,
    overwrite: Overwrite,
) -> Result<(), StudioError> {
    for path in paths {
        let bytes = match Output::of(path)? {
            Output::Score(format) => cantilena_formats::write(score, format)?.bytes,
            Output::Svg => piano_roll(score, &PianoRoll::default()).svg().into_bytes(),
            Output::Png => piano_roll(score, &PianoRoll::default()).png(Theme::Light, PNG_SCALE)?,
            Output::Wav => {
                let bank = match bank {
                    Some(bank) => &*bank,
                    None => &*bank.insert(choose()?),
                };
                sound(score, bank)?
            }
            Output::Json => continue,
        };
        store::write(path, &bytes, overwrite)?;
    }
    Ok(())
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

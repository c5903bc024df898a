//! A run that is not over, on disk: its last two states.
//!
//! A state is named by its step and its BLAKE3 checksum, so that damage is noticed before any of
//! it is believed. The one before the last is kept for the day that the last is damaged.

use std::path::{Path, PathBuf};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;

/// How many states are kept.
const KEPT: usize = 2;

/// Hexadecimal digits of the checksum in a name: 128 bits, as damage does not choose its bits.
const DIGITS: usize = 32;

/// The extension of a state.
const STATE: &str = "safetensors";

/// The extension of one that is set aside.
const DAMAGED: &str = "damaged";

/// One state.
struct Saved {
    step: u64,
    checksum: String,
    path: PathBuf,
}

/// A state that cannot be believed.
#[derive(Debug)]
pub(crate) struct Damage {
    /// The file.
    pub(crate) path: PathBuf,
    /// What is wrong with it.
    pub(crate) why: String,
}

/// Whether a run in `folder` could go on.
pub(crate) fn exist(folder: &Path) -> bool {
    !list(folder).is_empty()
}

/// Writes the state after `step`, and only then removes all but the last [`KEPT`].
pub(crate) fn save(folder: &Path, step: u64, bytes: &[u8]) -> Result<(), StudioError> {
    let path = folder.join(format!("run-{step:012}-{}.safetensors", checksum(bytes)));
    store::write(&path, bytes, Overwrite::Replace)?;
    for old in list(folder).into_iter().skip(KEPT) {
        let _ = std::fs::remove_file(old.path);
    }
    Ok(())
}

/// The last state that is whole, and those behind it that are damaged.
///
/// These are renamed, so that they never again count as one of the two that are kept.
pub(crate) fn load(folder: &Path) -> Result<(Vec<u8>, Vec<Damage>), StudioError> {
    let mut damages = Vec::new();
    for saved in list(folder) {
        let why = match std::fs::read(&saved.path) {
            Ok(bytes) if checksum(&bytes) == saved.checksum => {
                set_aside(&damages);
                return Ok((bytes, damages));
            }
            Ok(_) => "its contents are not those that were written".to_owned(),
            Err(error) => error.to_string(),
        };
        damages.push(Damage { path: saved.path, why });
    }
    Err(match damages.is_empty() {
        true => StudioError::NothingToResume { path: folder.to_owned() },
        false => StudioError::RunDamaged {
            path: folder.to_owned(),
            files: damages.iter().map(|damage| damage.path.display().to_string()).collect(),
        },
    })
}

/// Removes what was kept for going on, and what was set aside; a run that is over does not go on.
pub(crate) fn forget(folder: &Path) {
    let is_set_aside = |path: &PathBuf| {
        path.extension().is_some_and(|it| it == DAMAGED)
            && parse(path.with_extension(STATE)).is_some()
    };
    let set_aside = paths(folder).filter(is_set_aside);
    for path in list(folder).into_iter().map(|saved| saved.path).chain(set_aside) {
        let _ = std::fs::remove_file(path);
    }
}

fn set_aside(damages: &[Damage]) {
    for damage in damages {
        let _ = std::fs::rename(&damage.path, damage.path.with_extension(DAMAGED));
    }
}

fn checksum(bytes: &[u8]) -> String {
    let mut hex = blake3::hash(bytes).to_hex().to_string();
    hex.truncate(DIGITS);
    hex
}

/// The states in a folder, the last first.
fn list(folder: &Path) -> Vec<Saved> {
    let mut saved: Vec<Saved> = paths(folder).filter_map(parse).collect();
    saved.sort_by(|a, b| (b.step, &b.checksum).cmp(&(a.step, &a.checksum)));
    saved
}

/// All files in a folder; none where there is no folder.
fn paths(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// The state that a path names, if it names one.
fn parse(path: PathBuf) -> Option<Saved> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_prefix("run-")?.strip_suffix(STATE)?.strip_suffix('.')?;
    let (step, checksum) = stem.split_once('-')?;
    let step = step.parse().ok()?;
    Some(Saved { step, checksum: checksum.to_owned(), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(states: &[(u64, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (step, bytes) in states {
            save(folder.path(), *step, bytes).unwrap();
        }
        folder
    }

    #[test]
    fn the_last_two_states_are_kept() {
        let folder = folder_with(&[(9, b"nine"), (10, b"ten"), (100, b"hundred")]);
        let steps: Vec<u64> = list(folder.path()).iter().map(|saved| saved.step).collect();
        assert_eq!(steps, [100, 10]);
        assert_eq!(load(folder.path()).unwrap().0, b"hundred");
        forget(folder.path());
        assert!(!exist(folder.path()));
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_noticed_and_the_state_before_is_used() {
        let last: Vec<u8> = (0..16).collect();
        let damaged = (0..last.len())
            .map(|at| {
                let mut flipped = last.clone();
                flipped[at] ^= 1 << (at % 8);
                flipped
            })
            .chain((0..last.len()).map(|len| last[..len].to_vec()));
        for damaged in damaged {
            let folder = folder_with(&[(1, b"before"), (2, &last)]);
            let path = list(folder.path()).remove(0).path;
            std::fs::write(&path, &damaged).unwrap();
            let (bytes, damages) = load(folder.path()).unwrap();
            assert_eq!(bytes, b"before");
            assert_eq!(damages.len(), 1);
            assert_eq!(damages[0].path, path);
            // The damaged one no longer counts: the next two saved are the two that are kept.
            save(folder.path(), 2, &last).unwrap();
            let steps: Vec<u64> = list(folder.path()).iter().map(|saved| saved.step).collect();
            assert_eq!(steps, [2, 1]);
            forget(folder.path());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn where_nothing_is_whole_nothing_is_believed() {
        let folder = folder_with(&[(1, b"one"), (2, b"two")]);
        for saved in list(folder.path()) {
            std::fs::write(saved.path, b"").unwrap();
        }
        let error = load(folder.path()).unwrap_err();
        assert!(matches!(&error, StudioError::RunDamaged { files, .. } if files.len() == 2));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(load(empty.path()), Err(StudioError::NothingToResume { .. })));
    }

    #[test]
    fn files_of_other_names_are_no_states() {
        let folder = folder_with(&[(1, b"one")]);
        for name in ["run-x-00.safetensors", "run-.safetensors", "weights-1.safetensors", "run"] {
            std::fs::write(folder.path().join(name), b"other").unwrap();
        }
        assert_eq!(list(folder.path()).len(), 1);
        forget(folder.path());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }
}

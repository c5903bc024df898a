//! The sound of pieces, rendered once and kept while there is room.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use cantilena_score::Score;

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::pieces::PieceId;
use crate::render::{Bank, sound};
use crate::store;

/// Bytes of sound that are kept: about an hour and a half. What is over is rendered again.
const BYTES_MAX: u64 = 1 << 30;

/// The sound of pieces, as WAV files in a folder of their own.
pub(crate) struct Sounds {
    folder: PathBuf,
    soundfont: Option<PathBuf>,
    bank: OnceLock<Bank>,
    /// One render at a time: each is as fast as the machine is, and two who ask for the same
    /// sound at once must not make it twice.
    rendering: Mutex<()>,
}

impl Sounds {
    pub(crate) fn new(folder: PathBuf, soundfont: Option<PathBuf>) -> Sounds {
        Sounds { folder, soundfont, bank: OnceLock::new(), rendering: Mutex::new(()) }
    }

    /// The file with the sound of a piece, or of some of its tracks.
    pub(crate) fn of(
        &self,
        id: PieceId,
        tracks: Option<&[usize]>,
        score: impl FnOnce() -> Result<Score, StudioError>,
    ) -> Result<PathBuf, StudioError> {
        // A checksum, for a piece may have more tracks than a file name has room for.
        let suffix = tracks.map_or_else(String::new, |tracks| {
            let numbers: Vec<u8> = tracks.iter().flat_map(|track| track.to_le_bytes()).collect();
            format!("-{}", &blake3::hash(&numbers).to_hex()[..16])
        });
        let path = self.folder.join(format!("{id}{suffix}.wav"));
        if path.is_file() {
            return Ok(path);
        }
        let _turn = self.rendering.lock().unwrap_or_else(PoisonError::into_inner);
        if path.is_file() {
            return Ok(path);
        }
        let mut score = score()?;
        if let Some(tracks) = tracks {
            for (index, track) in score.tracks.iter_mut().enumerate() {
                if !tracks.contains(&index) {
                    track.notes.clear();
                }
            }
        }
        let bytes = sound(&score, self.bank()?)?;
        make_room(&self.folder, BYTES_MAX.saturating_sub(bytes.len() as u64));
        store::write(&path, &bytes, Overwrite::Replace)?;
        Ok(path)
    }

    fn bank(&self) -> Result<&Bank, StudioError> {
        if let Some(bank) = self.bank.get() {
            return Ok(bank);
        }
        let bank = Bank::choose(self.soundfont.as_deref())?;
        Ok(self.bank.get_or_init(|| bank))
    }
}

/// Removes the oldest files of a folder until the rest have at most so many bytes.
fn make_room(folder: &Path, bytes_max: u64) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(std::time::SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(|metadata| metadata.is_file())?;
            Some((metadata.modified().ok()?, metadata.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if bytes <= bytes_max {
            break;
        }
        // One that stays is tried again next time.
        let _ = std::fs::remove_file(path);
        bytes -= size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_sound_makes_room_first() {
        let folder = tempfile::tempdir().unwrap();
        for (age, name) in [(30, "old"), (20, "middle"), (10, "new")] {
            let path = folder.path().join(name);
            std::fs::write(&path, [0; 100]).unwrap();
            let made = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000 - age);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(made).unwrap();
        }
        make_room(folder.path(), 250);
        assert!(!folder.path().join("old").exists() && folder.path().join("middle").exists());
        make_room(folder.path(), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

//! A file that many readers share, each with a place of its own.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// A reader of a shared file; a copy costs nothing and reads on its own.
///
/// Reading at a place leaves the bytes with the operating system until they are asked for, so
/// that an archive or corpus of any size takes no memory. A memory map would do the same and
/// spare a copy; but it needs `unsafe`, and a file that is cut short while it is mapped kills the
/// program, where reading gives an error.
#[derive(Clone, Debug)]
pub(crate) struct SharedFile {
    file: Arc<File>,
    length: u64,
    place: u64,
}

impl SharedFile {
    pub(crate) fn open(path: &Path) -> io::Result<SharedFile> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(SharedFile { file: Arc::new(file), length, place: 0 })
    }

    /// Bytes in the file when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `bytes` from `place` on.
    pub(crate) fn read_exact_at(&self, place: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut reader = self.clone();
        reader.place = place;
        reader.read_exact(bytes)
    }
}

impl Read for SharedFile {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, bytes, self.place)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, bytes, self.place)?;
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.place.checked_add_signed(offset),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file");
        self.place = place.ok_or_else(before)?;
        Ok(self.place)
    }
}

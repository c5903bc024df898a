//! Filling a folder so that it is there whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::StudioError;
use crate::store::folder_of;

/// A folder of many files that does not have its name yet. One that is dropped is gone.
///
/// Its files wait for the disk once, all together: one after the other, a thousand small ones
/// take seconds.
pub(crate) struct NewFolder {
    path: PathBuf,
    draft: TempDir,
}

impl NewFolder {
    /// Nothing yet, beside where it will be; folders above it are made if need be.
    pub(crate) fn new(path: &Path) -> Result<NewFolder, StudioError> {
        let cannot = |source| StudioError::Write { path: path.to_owned(), source };
        let parent = folder_of(path);
        std::fs::create_dir_all(parent).map_err(cannot)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".cantilena-").suffix(".part");
        #[cfg(unix)]
        {
            // Readable as any folder is; the umask still applies.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o777));
        }
        let draft = builder.tempdir_in(parent).map_err(cannot)?;
        Ok(NewFolder { path: path.to_owned(), draft })
    }

    /// Writes a file with a name that no file has yet; the folders in its name are made.
    pub(crate) fn write(&self, name: &Path, bytes: &[u8]) -> Result<(), StudioError> {
        let written = || {
            let path = self.draft.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(self.draft.path()))?;
            File::create_new(path)?.write_all(bytes)
        };
        written().map_err(|source| StudioError::Write { path: self.path.join(name), source })
    }

    /// Gives the folder its name, once all that is in it would survive a power cut.
    pub(crate) fn keep(self) -> Result<(), StudioError> {
        let NewFolder { path, draft } = self;
        let kept = || {
            sync(draft.path())?;
            std::fs::rename(draft.path(), &path)
        };
        kept().map_err(|source| StudioError::Write { path: path.clone(), source })?;
        // It has its name: nothing is left to be taken away.
        let _ = draft.keep();
        // The name, too, must survive a power cut. Folders cannot be opened everywhere.
        if let Ok(parent) = File::open(folder_of(&path)) {
            parent.sync_all().map_err(|source| StudioError::Write { path, source })?;
        }
        Ok(())
    }
}

/// Waits until a folder and all that is in it is on the disk.
#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> std::io::Result<()> {
    // Its whole file system: what others wrote to it is waited for, too, which is still far less
    // than one wait a file.
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Waits until a folder and all that is in it is on the disk.
#[cfg(not(target_os = "linux"))]
fn sync(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => sync(&path)?,
            // Some systems sync only what could be written to.
            false => File::options().append(true).open(path)?.sync_all()?,
        }
    }
    // Folders cannot be opened everywhere.
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("made/clean");
        let dropped = NewFolder::new(&path).unwrap();
        dropped.write(Path::new("a/b.mid"), b"notes").unwrap();
        assert!(!path.exists());
        drop(dropped);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "no scraps");

        let folder = NewFolder::new(&path).unwrap();
        folder.write(Path::new("a/b.mid"), b"notes").unwrap();
        folder.write(Path::new("c.mid"), b"more").unwrap();
        let twice = folder.write(Path::new("c.mid"), b"others").unwrap_err();
        assert!(
            matches!(&twice, StudioError::Write { path: named, .. } if *named == path.join("c.mid"))
        );
        folder.keep().unwrap();
        assert_eq!(std::fs::read(path.join("a/b.mid")).unwrap(), b"notes");
        assert_eq!(std::fs::read(path.join("c.mid")).unwrap(), b"more");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no scraps");
    }

    #[test]
    fn a_folder_that_has_come_to_be_there_stays() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("clean");
        let folder = NewFolder::new(&path).unwrap();
        folder.write(Path::new("a.mid"), b"notes").unwrap();
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("mine"), b"").unwrap();
        assert!(folder.keep().is_err());
        assert!(path.join("mine").exists());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1, "no scraps");
    }
}

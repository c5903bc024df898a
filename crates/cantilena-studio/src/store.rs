//! Writing so that nothing is ever half there or lost.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::StudioError;
use crate::output::Overwrite;

/// Writes a file whole: under a temporary name beside it, synced, then renamed.
///
/// The folder is made if need be. A failure, or a power cut at any moment, leaves what stood
/// there before.
pub(crate) fn write(path: &Path, bytes: &[u8], overwrite: Overwrite) -> Result<(), StudioError> {
    Draft::new(path, bytes)?.keep(overwrite)
}

/// Where a file of this name is written: links are followed.
///
/// # Errors
/// Where something that is no file has the name, such as a device or a pipe: it would be replaced.
pub(crate) fn place_of(path: &Path) -> Result<PathBuf, StudioError> {
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() && !there.is_dir() => Err(StudioError::Request(format!(
            "{} is a device or a pipe; name a file",
            path.display()
        ))),
        Ok(_) if path.is_symlink() => std::fs::canonicalize(path)
            .map_err(|source| StudioError::Write { path: path.to_owned(), source }),
        _ => Ok(path.to_owned()),
    }
}

/// A file that is whole and synced, and does not have its name yet. One that is dropped is gone.
pub(crate) struct Draft {
    path: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// Writes the bytes beside `path`, whose folder is made if need be.
    pub(crate) fn new(path: &Path, bytes: &[u8]) -> Result<Draft, StudioError> {
        let path = place_of(path)?;
        let cannot = |source| StudioError::Write { path: path.clone(), source };
        let folder = folder_of(&path);
        std::fs::create_dir_all(folder).map_err(cannot)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".cantilena-").suffix(".part");
        #[cfg(unix)]
        {
            // Readable as any file is; the umask still applies.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder).map_err(cannot)?;
        file.write_all(bytes).map_err(cannot)?;
        file.as_file().sync_all().map_err(cannot)?;
        Ok(Draft { path, file })
    }

    /// Gives the file its name.
    pub(crate) fn keep(self, overwrite: Overwrite) -> Result<(), StudioError> {
        let Draft { path, file } = self;
        let cannot = |source| StudioError::Write { path: path.clone(), source };
        let persisted = match overwrite {
            Overwrite::Refuse => file.persist_noclobber(&path),
            Overwrite::Replace => file.persist(&path),
        };
        persisted.map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => StudioError::Exists { path: path.clone() },
            _ => cannot(error.error),
        })?;
        // The name, too, must survive a power cut. Folders cannot be opened everywhere.
        if let Ok(folder) = File::open(folder_of(&path)) {
            folder.sync_all().map_err(cannot)?;
        }
        Ok(())
    }
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether a folder, which need not be there yet, can be written to: a file is made in it, or in
/// the nearest folder above that is there, and taken away again.
pub(crate) fn check_writable(folder: &Path) -> Result<(), StudioError> {
    let named = |folder: &Path| !folder.as_os_str().is_empty();
    let there = folder.ancestors().find(|above| named(above) && above.exists());
    let tried = tempfile::tempfile_in(there.unwrap_or(Path::new(".")));
    tried.map(|_| ()).map_err(|source| StudioError::Write { path: folder.to_owned(), source })
}

/// Takes a folder for oneself as long as the file of this name is held, which the system lets go
/// of whatever happens; `None` where somebody else has it.
pub(crate) fn lock(folder: &Path, name: &str) -> Result<Option<File>, StudioError> {
    let path = folder.join(name);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| StudioError::Write { path, source })?;
    Ok(file.try_lock().is_ok().then_some(file))
}

/// Reads a file that should be there.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, StudioError> {
    std::fs::read(path).map_err(|source| StudioError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_kept_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/piece.mid");
        write(&path, b"first", Overwrite::Refuse).unwrap();
        let refused = write(&path, b"second", Overwrite::Refuse);
        assert!(matches!(refused, Err(StudioError::Exists { .. })), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        write(&path, b"second", Overwrite::Replace).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no scraps");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_written_through_and_what_is_no_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file.mid"), folder.path().join("link.mid"));
        std::fs::write(&file, b"first").unwrap();
        std::os::unix::fs::symlink("file.mid", &link).unwrap();
        write(&link, b"second", Overwrite::Replace).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"second");

        let socket = folder.path().join("socket.mid");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let refused = write(&socket, b"third", Overwrite::Replace);
        assert!(matches!(refused, Err(StudioError::Request(_))), "{refused:?}");
        assert!(socket.exists() && !socket.is_file());
    }

    #[test]
    fn a_folder_is_tried_before_it_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        check_writable(folder.path()).unwrap();
        check_writable(&folder.path().join("to/be/made")).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no scraps");
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let error = check_writable(&file.join("model")).unwrap_err();
        assert!(matches!(&error, StudioError::Write { path, .. } if *path == file.join("model")));
    }

    #[test]
    fn a_name_that_cannot_be_written_leaves_no_scraps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("piece.mid");
        std::fs::create_dir(&path).unwrap();
        assert!(write(&path, b"notes", Overwrite::Replace).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

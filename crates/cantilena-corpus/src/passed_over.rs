//! What lies among music and is none by itself, though somebody may have meant it.

use std::fmt;

use serde::Serialize;

/// What files of sound are called.
pub const RECORDINGS: [&str; 8] = ["wav", "mp3", "flac", "ogg", "oga", "m4a", "aif", "aiff"];

/// What lies beside music.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Files that are nothing to learn from.
    pub other_files: usize,
    /// What of these, and of links, could be learnt from if it were asked for otherwise.
    pub passed_over: PassedOver,
}

/// How much was found below some paths and not taken that could be, if asked for otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// Files of sound, by their names.
    pub recordings: usize,
    /// Prepared corpora in folders or archives.
    pub corpora: usize,
    /// Archives in archives.
    pub archives: usize,
    /// Links in folders.
    pub links: usize,
}

impl PassedOver {
    /// Whether nothing was.
    pub fn is_nothing(&self) -> bool {
        *self == PassedOver::default()
    }

    /// Counts a file by its extension, in small letters.
    pub(crate) fn count(&mut self, extension: &str) {
        match extension {
            "corpus" => self.corpora += 1,
            "zip" => self.archives += 1,
            sound if RECORDINGS.contains(&sound) => self.recordings += 1,
            _ => {}
        }
    }
}

/// One after the other, with what would do; nothing where nothing was passed over.
impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (self.recordings, "recording", "recordings", "train --listen learns from them"),
            (self.corpora, "prepared corpus", "prepared corpora", "name the .corpus file itself"),
            (self.archives, "archive in an archive", "archives in archives", "unpack the outer"),
            (self.links, "link", "links", "not followed; name where it leads"),
        ];
        let mut separator = "";
        for (count, one, more, way) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
            let what = if count == 1 { one } else { more };
            write!(f, "{separator}{count} {what} ({way})")?;
            separator = ", ";
        }
        Ok(())
    }
}

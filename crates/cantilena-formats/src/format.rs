//! The file types that hold music.

use std::fmt;

use crate::{abc, json, midi, musicxml};

/// A file type that we read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Standard MIDI Files 1.0: formats 0, 1 and 2, karaoke files and the RIFF wrapper of RMID.
    Midi,
    /// MusicXML 4.0 and earlier, `score-partwise` or `score-timewise`.
    MusicXml,
    /// MusicXML in a zip archive that names its root file.
    Mxl,
    /// ABC notation, one or more tunes.
    Abc,
    /// The JSON of a score; see [`json`].
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] =
        [Format::Midi, Format::MusicXml, Format::Mxl, Format::Abc, Format::Json];

    /// How names of such files end, in lower case and without the dot.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Midi => &["mid", "midi", "kar", "rmi", "smf"],
            Format::MusicXml => &["musicxml", "xml"],
            Format::Mxl => &["mxl"],
            Format::Abc => &["abc"],
            Format::Json => &["json"],
        }
    }

    /// The format that files of this ending have, in whatever case it is written.
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::ALL
            .into_iter()
            .find(|f| f.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension)))
    }

    /// The format whose header stands in these bytes, whatever stands before it.
    pub fn from_bytes(bytes: &[u8]) -> Option<Format> {
        if musicxml::looks_compressed(bytes) {
            Some(Format::Mxl)
        } else if archive(bytes).is_some() {
            // What is stored in it uncompressed would be found, without what belongs to it.
            None
        } else if midi::has_header(bytes) {
            Some(Format::Midi)
        } else if musicxml::looks_like(bytes) {
            Some(Format::MusicXml)
        } else if abc::looks_like(bytes) {
            Some(Format::Abc)
        } else if json::looks_like(bytes) {
            Some(Format::Json)
        } else {
            None
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Format::Midi => f.write_str("MIDI"),
            Format::MusicXml => f.write_str("MusicXML"),
            Format::Mxl => f.write_str("compressed MusicXML"),
            Format::Abc => f.write_str("ABC"),
            Format::Json => f.write_str("JSON"),
        }
    }
}

/// What an archive is called, in which files of music may be.
fn archive(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => Some("a zip archive (read the files in it)"),
        [0x1f, 0x8b, ..] => Some("gzip data (unpack it first)"),
        _ if bytes.get(257..262) == Some(b"ustar") => Some("a tar archive (unpack it first)"),
        _ => None,
    }
}

/// What bytes that are no music look like, for a message to a person.
pub(crate) fn foreign(bytes: &[u8]) -> &'static str {
    if let Some(archive) = archive(bytes) {
        return archive;
    }
    let start = bytes.trim_ascii_start();
    let begins = |prefix: &str| {
        start.get(..prefix.len()).is_some_and(|s| s.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    match bytes {
        _ if begins("version https://git-lfs") => "a Git LFS pointer, not the file it stands for",
        _ if begins("<!doctype html") || begins("<html") => "an HTML page",
        _ if begins("<?xml") || begins("<score-partwise") => "XML that is no MusicXML",
        _ if begins("X:") => "ABC notation without a key (K:), behind which the music begins",
        _ if begins("{") => "JSON that does not say it is a score",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "a WAV recording",
        [b'R', b'I', b'F', b'F', ..] => "a RIFF file without MIDI in it",
        [b'I', b'D', b'3', ..] | [0xff, 0xfb, ..] => "an MP3 recording",
        [b'O', b'g', b'g', b'S', ..] => "an Ogg recording",
        [b'f', b'L', b'a', b'C', ..] => "a FLAC recording",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => "a picture",
        _ if bytes.iter().all(|&b| b == 0) => "nothing but zeros",
        [b'M', b'T', b'r', b'k', ..] => "a MIDI track without the header that says its clock",
        _ if std::str::from_utf8(bytes).is_ok() => "plain text",
        _ => "bytes of no format that is known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_names_its_format_in_any_case() {
        assert_eq!(Format::from_extension("MID"), Some(Format::Midi));
        assert_eq!(Format::from_extension("kar"), Some(Format::Midi));
        assert_eq!(Format::from_extension("mp3"), None);
    }

    #[test]
    fn what_is_stored_in_an_archive_is_not_taken_for_the_whole() {
        let tune = b"\nX:1\nK:C\nCDEF|\n";
        let score = b"<?xml version=\"1.0\"?><score-partwise></score-partwise>";
        for stored in [&b"MThd\0\0\0\x06\0\0"[..], tune, score] {
            assert!(Format::from_bytes(stored).is_some());
            let tar = [&[0; 257][..], b"ustar"].concat();
            for archive in [&b"PK\x03\x04"[..], b"\x1f\x8b\x08", &tar] {
                assert_eq!(Format::from_bytes(&[archive, stored].concat()), None);
            }
        }
    }

    #[test]
    fn what_is_no_music_is_called_by_its_name() {
        assert_eq!(foreign(b"\n <!DOCTYPE html><html>"), "an HTML page");
        assert_eq!(foreign(b"PK\x03\x04"), "a zip archive (read the files in it)");
        assert_eq!(foreign(b"RIFF\x24\0\0\0WAVEfmt "), "a WAV recording");
        assert_eq!(foreign(b"RIFF\x24\0\0\0RMIDdata"), "a RIFF file without MIDI in it");
        assert_eq!(foreign(b"hello"), "plain text");
        assert_eq!(foreign(b"\xfe\x00"), "bytes of no format that is known here");
    }
}

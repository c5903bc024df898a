//! Karaoke files, which sing in plain texts.
//!
//! The .kar style of the 1990s puts syllables into comments (FF 01) of one track. A comment that
//! begins with `@` is about the song (`@T` its title), a `\` begins a verse and a `/` a line.

use crate::midi::mtrk::{Mtrk, RawText};

/// FF 01.
const COMMENT: u8 = 1;
/// FF 05.
const LYRIC: u8 = 5;

/// Which track sings in its comments, if one does.
///
/// A file that has true lyrics (FF 05) needs no guess. Otherwise it is the track with most
/// comments, if the file has an `@` header or two of the comments begin a line.
pub(super) fn singer(tracks: &[Mtrk<'_>]) -> Option<usize> {
    let texts = || tracks.iter().flat_map(|track| &track.texts);
    if texts().any(|text| text.kind == LYRIC) {
        return None;
    }
    let syllables = |track: &Mtrk<'_>| track.texts.iter().filter(|text| is_syllable(text)).count();
    let (index, track) =
        tracks.iter().enumerate().rev().max_by_key(|(_, track)| syllables(track))?;
    let has_header = texts().any(|text| {
        text.kind == COMMENT && matches!(text.bytes, [b'@', b'K' | b'L' | b'T' | b'V' | b'I', ..])
    });
    let begins_line = |text: &&RawText<'_>| matches!(text.bytes, [b'\\' | b'/', ..]);
    let lines = track.texts.iter().filter(|text| is_syllable(text)).filter(begins_line).count();
    let sings = syllables(track) > 0 && (has_header || lines >= 2);
    sings.then_some(index)
}

/// Whether a text of the track that sings is sung.
pub(super) fn is_syllable(text: &RawText<'_>) -> bool {
    text.kind == COMMENT && text.bytes.first() != Some(&b'@')
}

/// The title in an `@T` comment; the first one is the song's, later ones name its makers.
pub(super) fn title<'a>(tracks: &[Mtrk<'a>]) -> Option<&'a [u8]> {
    let texts = tracks.iter().flat_map(|track| &track.texts);
    texts.filter(|text| text.kind == COMMENT).find_map(|text| text.bytes.strip_prefix(b"@T"))
}

/// A syllable with its line mark as white space: a line begins with one newline, a verse with
/// two.
pub(super) fn syllable(text: &str) -> String {
    match (text.strip_prefix('/'), text.strip_prefix('\\')) {
        (Some(line), _) => format!("\n{line}"),
        (_, Some(verse)) => format!("\n\n{verse}"),
        _ => text.to_owned(),
    }
}

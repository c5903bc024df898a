//! What letters the bytes of a text mean.

use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

use crate::fault::Fault;

/// How the texts of one file are read.
///
/// MIDI files do not say. A text that is UTF-8 is taken as that, for other encodings hardly
/// ever look like it. Otherwise, Shift-JIS if the file shows Japanese, else Latin-1, in which
/// every byte is some letter; Windows-1252 is its usual superset, and no byte is lost in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    is_japanese: bool,
}

impl Encoding {
    /// Judges by all the texts of a file, for one alone may be too short.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Encoding {
        let shows_japanese = |bytes: &[u8]| {
            std::str::from_utf8(bytes).is_err()
                && SHIFT_JIS
                    .decode_without_bom_handling_and_without_replacement(bytes)
                    .is_some_and(|text| has_japanese(&text))
        };
        Encoding { is_japanese: texts.into_iter().any(shows_japanese) }
    }

    /// The text, and whether its encoding was a guess. Padding with zeros is left out.
    pub(super) fn decode(self, bytes: &[u8]) -> (String, Option<Fault>) {
        let bytes = bytes.strip_suffix(b"\0").map_or(bytes, |_| trim_zeros(bytes));
        if let Ok(text) = std::str::from_utf8(bytes) {
            return (text.to_owned(), None);
        }
        if self.is_japanese
            && let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)
        {
            return (text.into_owned(), Some(Fault::ReadAsShiftJis));
        }
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        (text.into_owned(), Some(Fault::ReadAsLatin1))
    }
}

fn trim_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// Two neighbours that only Japanese puts together: kana or kanji, at least one of them kana.
///
/// One double byte alone may as well be an accent and a letter of Latin-1, as in `prés`.
fn has_japanese(text: &str) -> bool {
    let is_kana = |c: char| ('\u{3040}'..='\u{30FF}').contains(&c);
    let is_japanese = |c: char| is_kana(c) || ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let letters = || text.chars().map(|c| (is_japanese(c), is_kana(c)));
    letters().zip(letters().skip(1)).any(|(a, b)| a.0 && b.0 && (a.1 || b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&[u8]], expected: &[&str]) {
        let encoding = Encoding::of(texts.iter().copied());
        let decoded: Vec<String> = texts.iter().map(|bytes| encoding.decode(bytes).0).collect();
        assert_eq!(decoded, expected);
    }

    #[test]
    fn utf8_is_known_by_itself() {
        check(&["Prélude".as_bytes(), "さくら".as_bytes()], &["Prélude", "さくら"]);
    }

    #[test]
    fn one_accent_before_a_letter_is_latin() {
        check(&[b"pr\xe9s", b"Gr\xfc\xdfe"], &["prés", "Grüße"]);
    }

    #[test]
    fn kana_make_a_file_japanese_down_to_its_single_kanji() {
        check(&[b"\x82\xb3\x82\xad\x82\xe7", b"\x89\xd4"], &["さくら", "花"]);
    }

    #[test]
    fn each_text_may_have_an_encoding_of_its_own() {
        check(&[b"h\xc3\xa9lo", b"\xe9t\xe9", b"\x82\xa0\x82\xa2"], &["hélo", "été", "あい"]);
    }

    #[test]
    fn zeros_behind_a_text_are_padding() {
        check(&[b"Piano\0\0\0", b"\0"], &["Piano", ""]);
    }
}

//! From bytes to an XML document that cannot do harm.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use roxmltree::{Document, ParsingOptions};

use crate::error::ReadError;
use crate::format::Format;

/// The most nodes of a document. Each takes some 60 bytes of memory; a note is about 35 of them,
/// so that a hundred thousand notes fit.
const NODES_MAX: u32 = 4_000_000;

/// The text of an XML file: UTF-8, UTF-16 with its mark, or what its first line names.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => named_encoding(bytes).decode_without_bom_handling(bytes).0,
    }
}

/// The encoding that an XML declaration names; Latin-1 where it names none that is known, or
/// UTF-8, which it is not.
fn named_encoding(bytes: &[u8]) -> &'static Encoding {
    let first = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    // In quotes of either kind: what stands before the first is empty in a sound declaration.
    let named = first.split_once("encoding=").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    let known = named.and_then(|name| Encoding::for_label(name.as_bytes()));
    known.filter(|&encoding| encoding != UTF_8).unwrap_or(WINDOWS_1252)
}

/// Parses XML. A document type may be named, and is not fetched; one that declares entities is
/// refused, for there is no end to what they may expand to.
pub(super) fn parse(text: &str, format: Format) -> Result<Document<'_>, ReadError> {
    let malformed = |what, offset| ReadError::Malformed { format, what, offset };
    if let Some(offset) = text.find("<!ENTITY") {
        return Err(malformed("it declares entities, which are never expanded", offset));
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: NODES_MAX, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => {
            let limit = NODES_MAX as usize;
            ReadError::OverLimit { what: "XML nodes", found: limit + 1, limit }
        }
        error => {
            let place = error.pos();
            let row = (place.row as usize).saturating_sub(1);
            let before: usize = text.split_inclusive('\n').take(row).map(str::len).sum();
            malformed("no well-formed XML", before + (place.col as usize).saturating_sub(1))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_one_that_the_file_says() {
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>Pr\xe9lude</a>";
        assert!(decode(latin).contains("Prélude"));
        let utf16: Vec<u8> =
            "\u{feff}<a>Été</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), "<a>Été</a>");
        assert_eq!(decode("\u{feff}<a/>".as_bytes()), "<a/>");
    }

    #[test]
    fn an_encoding_named_by_letters_of_none_is_taken_for_latin() {
        let torn = b"<?xml version=\"1.0\" encoding=\xe6\xaa\xab\"?><a>\xe9</a>";
        assert!(decode(torn).ends_with("<a>\u{e9}</a>"));
        assert!(decode(b"<?xml encoding=").contains("xml"));
        assert!(decode(b"<?xml encoding=\xff").contains("xml"));
    }

    #[test]
    fn entities_are_refused_and_types_are_not_fetched() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
        assert!(matches!(
            parse(bomb, Format::MusicXml),
            Err(ReadError::Malformed { offset: 13, .. })
        ));
        let named = "<!DOCTYPE a PUBLIC \"x\" \"http://localhost:1/a.dtd\"><a/>";
        assert!(parse(named, Format::MusicXml).is_ok());
        let broken = "<a>\n<b></a>";
        assert!(matches!(
            parse(broken, Format::MusicXml),
            Err(ReadError::Malformed { offset: 7, .. })
        ));
    }

    #[test]
    fn tags_nested_a_million_deep_are_answered() {
        let deep = "<a>".repeat(1_000_000);
        assert!(parse(&deep, Format::MusicXml).is_err());
        let closed = deep + &"</a>".repeat(1_000_000);
        let _ = parse(&closed, Format::MusicXml);
    }
}

//! Tags on the way to a file.

/// An XML document while it is written, indented by a space for each depth.
#[derive(Debug)]
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document that begins so, before its root.
    pub(super) fn new(prolog: &str) -> Xml {
        Xml { text: prolog.to_owned(), open: Vec::new() }
    }

    /// The bytes; every tag must have been closed.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        debug_assert!(self.open.is_empty(), "{:?} still open", self.open);
        self.text.into_bytes()
    }

    /// Opens a tag with attributes.
    pub(super) fn open(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.begin(tag, attributes);
        self.text.push_str(">\n");
        self.open.push(tag);
    }

    /// Closes the tag opened last.
    pub(super) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.indent();
            self.text.push_str("</");
            self.text.push_str(tag);
            self.text.push_str(">\n");
        }
    }

    /// A tag that holds nothing.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.begin(tag, attributes);
        self.text.push_str("/>\n");
    }

    /// A tag that holds a text.
    pub(super) fn leaf(
        &mut self,
        tag: &'static str,
        attributes: &[(&str, &str)],
        text: impl ToString,
    ) {
        self.begin(tag, attributes);
        self.text.push('>');
        self.escape(&text.to_string());
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push_str(">\n");
    }

    fn begin(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escape(value);
            self.text.push('"');
        }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n(' ', self.open.len()));
    }

    /// Writes text so that it is read as it is; characters that XML 1.0 has no way to write
    /// (§ 2.2, most control characters) are left out.
    fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' => self.text.push(character),
                '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
                _ => self.text.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_looks_like_tags_stays_text() {
        let mut xml = Xml::new("");
        xml.open("a", &[("b", "1\"<")]);
        xml.leaf("c", &[], "x & \u{1}<y>");
        xml.close();
        let text = String::from_utf8(xml.into_bytes()).unwrap();
        assert_eq!(text, "<a b=\"1&quot;&lt;\">\n <c>x &amp; &lt;y&gt;</c>\n</a>\n");
    }
}

//! The lines of a text, what kind each is, and the order in which they are played.

use super::error::{NotationError, Place};
use super::header::Header;

/// So many sections a form may name: a hostile one could otherwise grow with the square of its
/// length.
const FORM_SECTIONS_MAX: usize = 64;

/// A line of the text and its number, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    pub(super) number: usize,
    pub(super) kind: LineKind<'t>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum LineKind<'t> {
    Blank,
    Title(&'t str),
    Section(&'t str),
    /// A header and what stands behind its colon, with its column.
    Header(Header, usize, &'t str),
    /// The name of a track, or nothing, and its music with its column.
    Music(&'t str, usize, &'t str),
}

impl<'t> Line<'t> {
    fn new(number: usize, text: &'t str) -> Line<'t> {
        let trimmed = text.trim();
        let kind = if trimmed.is_empty() {
            LineKind::Blank
        } else if let Some(title) = trimmed.strip_prefix('=') {
            LineKind::Title(title.trim())
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            LineKind::Section(name.trim())
        } else if let Some((label, rest)) = text.split_once(':') {
            let column = text.chars().count() - rest.trim_start().chars().count() + 1;
            match Header::named(label.trim()) {
                Some(header) => LineKind::Header(header, column, rest.trim()),
                None => LineKind::Music(label.trim(), column, rest.trim()),
            }
        } else {
            let column = text.chars().count() - text.trim_start().chars().count() + 1;
            LineKind::Music("", column, trimmed)
        };
        Line { number, kind }
    }

    /// An error in this line, outside music.
    pub(super) fn error(self, column: usize, message: impl Into<String>) -> NotationError {
        Place { line: self.number, column }.error(message)
    }
}

/// The lines as they are played: comments left out, sections put in the order of the form.
pub(super) fn in_order(text: &str) -> Result<Vec<Line<'_>>, NotationError> {
    let mut lines: Vec<Line<'_>> = text
        .lines()
        .enumerate()
        .filter(|(_, text)| !text.trim_start().starts_with('#'))
        .map(|(index, text)| Line::new(index + 1, text))
        .collect();
    while lines.pop_if(|line| matches!(line.kind, LineKind::Blank)).is_some() {}
    let is_form = |line: &&Line<'_>| matches!(line.kind, LineKind::Header(Header::Form, ..));
    let Some(&form) = lines.iter().find(is_form) else { return Ok(lines) };
    let LineKind::Header(_, column, names) = form.kind else { return Ok(lines) };

    let heads: Vec<(usize, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| match line.kind {
            LineKind::Section(name) => Some((at, name)),
            _ => None,
        })
        .collect();
    let names: Vec<&str> = names.split_whitespace().collect();
    if names.len() > FORM_SECTIONS_MAX {
        let found = names.len();
        let message = format!("a form of {found} sections; {FORM_SECTIONS_MAX} are the most");
        return Err(form.error(column, message));
    }
    for (index, &(at, name)) in heads.iter().enumerate() {
        if heads[..index].iter().any(|&(_, earlier)| earlier == name) {
            let message = format!("a second section [{name}]; a form needs one of each name");
            return Err(lines[at].error(1, message));
        }
        if !names.contains(&name) {
            let message = format!("section [{name}] is not in the form; name it there");
            return Err(lines[at].error(1, message));
        }
    }
    let first = heads.first().map_or(lines.len(), |&(at, _)| at);
    let mut played: Vec<Line<'_>> = lines[..first].to_vec();
    for name in names {
        let Some(index) = heads.iter().position(|head| head.1 == name) else {
            let message = format!("the form names a section [{name}] that is not there");
            return Err(form.error(column, message));
        };
        let end = heads.get(index + 1).map_or(lines.len(), |&(at, _)| at);
        played.extend(&lines[heads[index].0..end]);
    }
    Ok(played)
}

/// The words of a line and where they stand, in characters from 0; `|` and `&` need no space.
pub(super) fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut begun: Option<(usize, usize)> = None; // the column and byte at which a word began
    for (column, (byte, letter)) in text.char_indices().enumerate() {
        let is_sign = matches!(letter, '|' | '&');
        if is_sign || letter.is_whitespace() {
            words.extend(begun.take().map(|(column, from)| (column, &text[from..byte])));
        } else if begun.is_none() {
            begun = Some((column, byte));
        }
        if is_sign {
            words.push((column, &text[byte..=byte]));
        }
    }
    words.extend(begun.map(|(column, from)| (column, &text[from..])));
    words
}

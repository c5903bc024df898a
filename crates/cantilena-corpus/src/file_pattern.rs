//! Labels that stand in file names.

use std::str::FromStr;

use crate::labels::Label;

/// A pattern of file names: `{mood}_*.mid` says that a name begins with its mood.
///
/// `{composer}`, `{genre}`, `{mood}`, `{bpm}` and `{split}` stand for labels, `*` for anything,
/// and everything else for itself; each takes as few letters as will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Itself(String),
    Anything,
    Label(Label),
}

impl FromStr for FilePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<FilePattern, String> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(letter) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix('*') {
                parts.push(Part::Anything);
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let (word, after) = after
                    .split_once('}')
                    .ok_or_else(|| format!("'{text}' opens a brace and does not close it"))?;
                let label = Label::from_word(word).ok_or_else(|| {
                    format!(
                        "'{{{word}}}' in '{text}' is no label; {{composer}}, {{genre}}, {{mood}}, \
                         {{bpm}} and {{split}} are"
                    )
                })?;
                parts.push(Part::Label(label));
                rest = after;
            } else {
                match parts.last_mut() {
                    Some(Part::Itself(literal)) => literal.push(letter),
                    _ => parts.push(Part::Itself(letter.to_string())),
                }
                rest = &rest[letter.len_utf8()..];
            }
        }
        if !parts.iter().any(|part| matches!(part, Part::Label(_))) {
            return Err(format!("'{text}' holds no label, as {{mood}}_*.mid does"));
        }
        Ok(FilePattern(parts))
    }
}

impl FilePattern {
    /// What a name says; nothing where it does not follow the pattern.
    pub fn labels(&self, name: &str) -> Vec<(Label, String)> {
        let mut labels = Vec::new();
        match matches(&self.0, name, &mut labels) {
            true => labels,
            false => Vec::new(),
        }
    }
}

/// Whether the parts spell the text. What is open ends where the next literal first stands, and
/// at the end of the name if it is the last.
fn matches(parts: &[Part], mut text: &str, labels: &mut Vec<(Label, String)>) -> bool {
    for (index, part) in parts.iter().enumerate() {
        let length = match (part, parts.get(index + 1)) {
            (Part::Itself(literal), _) => match text.strip_prefix(literal.as_str()) {
                Some(after) => {
                    text = after;
                    continue;
                }
                None => return false,
            },
            (_, None) => text.len(),
            // The last literal ends the name, so it is looked for from there.
            (_, Some(Part::Itself(literal))) if index + 2 == parts.len() => {
                match text.strip_suffix(literal.as_str()) {
                    Some(before) => before.len(),
                    None => return false,
                }
            }
            (_, Some(Part::Itself(literal))) => match text.find(literal.as_str()) {
                Some(length) => length,
                None => return false,
            },
            // Two open parts in a row: the first takes nothing.
            (_, Some(_)) => 0,
        };
        if let Part::Label(label) = part
            && length > 0
        {
            labels.push((*label, text[..length].to_owned()));
        }
        text = &text[length..];
    }
    text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, name: &str, expected: &[(Label, &str)]) {
        let pattern: FilePattern = pattern.parse().unwrap();
        let expected: Vec<_> = expected.iter().map(|(l, value)| (*l, value.to_string())).collect();
        assert_eq!(pattern.labels(name), expected);
    }

    #[test]
    fn labels_stand_between_what_is_written() {
        use Label::{Bpm, Composer, Genre, Mood};
        check("{mood}_*", "Q1_0vLPYiPN7qY_0.mid", &[(Mood, "Q1")]);
        check(
            "*_{genre}-*_{bpm}_*",
            "10_soul-groove10_102_beat.mid",
            &[(Genre, "soul"), (Bpm, "102")],
        );
        check("{composer}_*.mid", "ArtPepper_Anthropology.mid", &[(Composer, "ArtPepper")]);
        check("{composer}_*.mid", "ArtPepper.mid", &[]);
        check("{composer}.mid", "a.mid.mid", &[(Composer, "a.mid")]);
    }

    #[test]
    fn a_pattern_that_says_nothing_is_refused() {
        for (pattern, why) in
            [("*.mid", "no label"), ("{mood", "close"), ("{colour}_*", "is no label")]
        {
            let error = pattern.parse::<FilePattern>().unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}

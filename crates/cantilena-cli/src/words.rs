//! Saying things to people, and giving data to programs.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

pub(crate) use cantilena_studio::count;

/// A line to people, on stderr.
pub(crate) fn say(line: &str) {
    // If nobody listens any more, there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{}", harmless(line));
}

/// Data, on stdout.
pub(crate) fn give(data: &str) -> std::io::Result<()> {
    let mut stdout = anstream::stdout();
    writeln!(stdout, "{}", harmless(data))?;
    stdout.flush()
}

/// The text as a terminal may have it: names of files and words in them may hold anything.
///
/// Control characters, which could move the cursor or write over what stands there, and marks of
/// direction, which could turn a name around, are written as JSON writes them, `\u001b`: in JSON
/// they stand for themselves. Lines end and tabs stay.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |letter: char| match letter {
        '\n' | '\t' => false,
        // Marks, embeddings, overrides and isolates: Unicode Standard Annex 9, § 2.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        letter => letter.is_control(),
    };
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_harmful(letter) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{:04x}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// A name within a line: one that holds ends of lines must not look like several.
pub(crate) fn within_line(name: &str) -> String {
    name.replace('\n', "\\u000a")
}

/// A path as it can be pasted into a shell: in quotes where it needs them.
pub(crate) fn pasted(path: &Path) -> String {
    let name = path.to_string_lossy();
    // Nothing can quote a NUL, and no path holds one.
    shlex::try_quote(&name).map_or_else(|_| name.to_string(), |quoted| quoted.into_owned())
}

/// `1:05` for 65 seconds, `2:00:00` for two hours; to the nearest second.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `1 piece`, `2 pieces`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number as u64), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(harmless("Für Elise\n\t1"), "Für Elise\n\t1");
        assert_eq!(harmless("a\u{1b}[2Jb\r\u{7f}"), "a\\u001b[2Jb\\u000d\\u007f");
        assert_eq!(harmless("\u{9b}31m\u{202e}dim.exe"), "\\u009b31m\\u202edim.exe");
    }

    #[test]
    fn a_name_stays_within_its_line() {
        assert_eq!(within_line("a\nb.mid"), "a\\u000ab.mid");
        assert_eq!(within_line("plain.mid"), "plain.mid");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(counted(1, "piece", "pieces"), "1 piece");
        assert_eq!(clock(Duration::from_secs(65)), "1:05");
        assert_eq!(clock(Duration::from_secs(7200)), "2:00:00");
        assert_eq!(clock(Duration::from_millis(37_800)), "0:38");
        assert_eq!(clock(Duration::from_millis(59_499)), "0:59");
        assert_eq!(clock(Duration::from_millis(59_500)), "1:00");
        assert_eq!(clock(Duration::from_millis(19_499)), "0:19");
    }
}

//! Where the reader that made the files beside the tunes departs from the standard.
//!
//! That reader is music21 10.5.1. Each of its departures is a rewriting of a tune: read by the
//! standard, the new text sounds as the old one does when that reader reads it. So what is left
//! unequal after all of them is unequal for another reason.

/// A way of reading ABC that is not the standard's.
pub(crate) struct Departure {
    /// What the other reader does.
    pub(crate) what: &'static str,
    /// What ABC 2.1 says instead.
    pub(crate) standard: &'static str,
    /// A tune that says by the standard what the other reader takes this one to say.
    pub(crate) rewrite: fn(&str) -> String,
}

/// All that were found, in the order in which they are to be applied.
pub(crate) const DEPARTURES: [Departure; 10] = [
    Departure {
        what: "an accidental holds for its note alone",
        standard: "§ 11.3: to the end of the bar, in every octave, where nothing else is asked",
        rewrite: |tune| format!("%%propagate-accidentals not\n{tune}"),
    },
    Departure {
        what: "the order of parts is passed over",
        standard: "§ 3.1.9: P: in the head says the order in which parts are played",
        rewrite: |tune| tune.split_inclusive('\n').filter(|line| !line.starts_with("P:")).collect(),
    },
    Departure {
        what: "grace notes are counted among the notes of a tuplet",
        standard: "§ 4.12 and 4.13: a tuplet counts notes, and grace notes have no time",
        rewrite: |tune| each_line(tune, graces_in_tuplets),
    },
    Departure {
        what: "broken rhythm is lost beside a slur, bow or grace note",
        standard: "§ 4.4: it stands between two notes, which slurs and bows belong to",
        rewrite: |tune| each_line(tune, broken_rhythm),
    },
    Departure {
        what: "a note under a fermata (H) is left out",
        standard: "§ 4.14: H is a decoration",
        rewrite: |tune| each_line(tune, |line| without_notes_behind(line, 'H', "")),
    },
    Departure {
        what: "a note under the annotation \">\" is left out",
        standard: "§ 4.19: words above a note are words",
        rewrite: |tune| each_line(tune, accents),
    },
    Departure {
        what: "an invisible rest (x) takes no time",
        standard: "§ 4.5: x is a rest that is not printed",
        rewrite: |tune| each_line(tune, hidden_rests),
    },
    Departure {
        what: "a capital letter before :: or : begins a field, and the line is lost",
        standard: "§ 4.8: :: ends a repeat and begins the next",
        rewrite: |tune| each_line(tune, |line| before_a_field(line).to_owned()),
    },
    Departure {
        what: "a tie joins two notes of different pitch into one",
        standard: "§ 4.11: a tie connects two notes of the same pitch",
        rewrite: ties,
    },
    Departure {
        what: "a repeat without a start goes back to that of the tune, repeats and all",
        standard: "§ 4.8: to the latest double bar or end of a repeat",
        rewrite: unrolled,
    },
];

/// Rewrites the lines of music.
fn each_line(tune: &str, rewrite: impl Fn(&str) -> String) -> String {
    let mut in_music = false;
    let rewritten = tune.split_inclusive('\n').map(|line| {
        let is_field = is_field(line);
        in_music |= line.trim_start().starts_with("K:");
        match in_music && !is_field && !line.starts_with('%') {
            true => rewrite(line.trim_end_matches('\n')) + "\n",
            false => line.to_owned(),
        }
    });
    rewritten.collect()
}

fn is_field(line: &str) -> bool {
    let line = line.trim_start().as_bytes();
    line.first().is_some_and(u8::is_ascii_alphabetic) && line.get(1) == Some(&b':')
}

/// The bytes of words in quotes or of a decoration between `!` that a text begins with.
fn words(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix('"') {
        return Some(rest.find('"').map_or(text.len(), |end| end + 2));
    }
    let end = text.strip_prefix('!')?.find('!')?;
    (end < 19).then_some(end + 2)
}

/// The bytes of what stands before a note's length: accidentals, letter, octave marks.
fn pitch(text: &str) -> Option<usize> {
    let letter = text.find(|c| !matches!(c, '^' | '_' | '='))?;
    let rest = text[letter..].strip_prefix(|c: char| matches!(c, 'a'..='g' | 'A'..='G'))?;
    Some(text.len() - rest.trim_start_matches([',', '\'']).len())
}

/// The bytes of a length that a text begins with.
fn length(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '/').len()
}

/// The letter that a text begins with, in bytes.
fn letter(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// `(3{a}bcd` is a tuplet of `{a}`, b and c.
fn graces_in_tuplets(line: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let number = rest.strip_prefix('(').and_then(|rest| rest.chars().next()?.to_digit(10));
        let is_plain = !rest.get(2..).is_some_and(|rest| rest.starts_with(':'));
        let time = match number {
            Some(2 | 4 | 8) => 3,
            Some(3 | 6) => 2,
            _ => 0,
        };
        match number.filter(|_| is_plain && time > 0) {
            Some(number) => {
                let notes = notes_among(&rest[2..], number);
                out += &format!("({number}:{time}:{notes}");
                at += 2;
            }
            None => {
                out += &rest[..letter(rest)];
                at += letter(rest);
            }
        }
    }
    out
}

/// How many of the next `count` notes are no grace notes.
fn notes_among(text: &str, count: u32) -> u32 {
    let (mut at, mut left, mut notes, mut in_graces) = (0, count, 0, false);
    while left > 0 && at < text.len() {
        let rest = &text[at..];
        match rest.chars().next() {
            Some('{') => in_graces = true,
            Some('}') => in_graces = false,
            Some('a'..='g' | 'A'..='G' | 'z') => {
                left -= 1;
                notes += u32::from(!in_graces);
            }
            _ => {}
        }
        at += words(rest).unwrap_or(letter(rest));
    }
    notes + left
}

/// Leaves out `>` and `<` that do not stand right between two notes.
fn broken_rhythm(line: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    // The last letter of music, which words and spaces are not.
    let mut before = ' ';
    while at < line.len() {
        let rest = &line[at..];
        let arrows = rest.len() - rest.trim_start_matches(['<', '>']).len();
        let taken = words(rest).unwrap_or(arrows.max(letter(rest)));
        if arrows > 0 {
            let follows_note = matches!(before, ',' | '/' | '\'' | ']')
                || (before.is_ascii_alphanumeric() && !matches!(before, 'u' | 'v'));
            let mut next = rest[arrows..].trim_start();
            while let Some(end) = words(next) {
                next = next[end..].trim_start();
            }
            let leads_to_note = next.starts_with(|c: char| {
                matches!(c, '^' | '=' | '_' | '~' | '[' | 'a'..='g' | 'A'..='G' | 'z')
                    || matches!(c, 'H' | 'L' | 'O' | 'P' | 'S' | 'T')
            });
            if follows_note && leads_to_note {
                out += &rest[..arrows];
            }
        } else {
            out += &rest[..taken];
        }
        if words(rest).is_none() && !rest.starts_with(char::is_whitespace) {
            before = rest.chars().next().unwrap_or(' ');
        }
        at += taken;
    }
    out
}

/// Leaves out every note that a sign stands before, with nothing but some letters in between.
fn without_notes_behind(line: &str, sign: char, between: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let note =
            rest.strip_prefix(sign).map(|rest| rest.trim_start_matches(|c| between.contains(c)));
        match note.and_then(|note| Some(&note[pitch(note)?..])) {
            Some(behind) => at = line.len() - behind.len() + length(behind),
            None => {
                let taken = words(rest).unwrap_or(letter(rest));
                out += &rest[..taken];
                at += taken;
            }
        }
    }
    out
}

/// Leaves out notes and chords under words that begin with `>`.
fn accents(line: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let taken = words(rest).unwrap_or(letter(rest));
        at += taken;
        if !rest.starts_with("\">") {
            out += &rest[..taken];
            continue;
        }
        let mut behind = &line[at..];
        while behind.starts_with('"') {
            behind = &behind[words(behind).unwrap_or(1)..];
        }
        let behind = behind.trim_start_matches(['.', 'u', 'v', '~', 'T']);
        let chord = behind.strip_prefix('[').filter(|rest| !rest.starts_with('|'));
        let chord = chord.and_then(|rest| rest.find(']')).map(|end| end + 2);
        let rest_sign = behind.starts_with('z').then_some(1);
        if let Some(end) = chord.or(pitch(behind)).or(rest_sign) {
            at = line.len() - behind.len() + end + length(&behind[end..]);
        }
    }
    out
}

fn hidden_rests(line: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let sign = if rest.starts_with("Hx") { 2 } else { usize::from(rest.starts_with('x')) };
        if sign > 0 {
            at += sign + length(&rest[sign..]);
        } else {
            let taken = words(rest).unwrap_or(letter(rest));
            out += &rest[..taken];
            at += taken;
        }
    }
    out
}

/// A line up to a capital letter and a colon that no bar line follows.
fn before_a_field(line: &str) -> &str {
    let field = line.as_bytes().windows(3).position(|letters| {
        letters[0].is_ascii_uppercase() && letters[1] == b':' && letters[2] != b'|'
    });
    field.map_or(line, |at| &line[..at])
}

/// The head of a tune with its key, and its music up to the first blank line.
fn head_and_music(tune: &str) -> (&str, &str) {
    let key = tune.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some((*at, line))
    });
    let mut keys = key.filter(|(_, line)| line.trim_start().starts_with("K:"));
    let (head, music) = tune.split_at(keys.next().map_or(tune.len(), |(end, _)| end));
    let mut at = 0;
    for line in music.split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        at += line.len();
    }
    (head, &music[..at])
}

/// `f-e` is one f as long as both.
fn ties(tune: &str) -> String {
    let (head, music) = head_and_music(tune);
    let mut music = music.to_owned();
    let mut at = 0;
    while at < music.len() {
        let rest = &music[at..];
        let Some(end) = pitch(rest) else {
            at += words(rest).unwrap_or(letter(rest));
            continue;
        };
        let tied = end + length(&rest[end..]);
        let Some(behind) = rest[tied..].strip_prefix('-') else {
            at += tied;
            continue;
        };
        let next = behind.len() - behind_signs(behind).len();
        let start = tied + 1 + next;
        match pitch(&rest[start..]) {
            Some(other) => {
                let second = &rest[start..start + other];
                let goes_on = start + other + length(&rest[start + other..]);
                let is_chain = rest[goes_on..].starts_with('-');
                if is_chain && second != &rest[..end] {
                    // Of a chain, the first note stands alone.
                    music.remove(at + tied);
                    at += tied;
                } else {
                    let first = rest[..end].to_owned();
                    music.replace_range(at + start..at + start + other, &first);
                    at += start;
                }
            }
            None => at += tied + 1,
        }
    }
    head.to_owned() + &music
}

/// A text behind bar lines, bows, slurs, words, ornaments and grace notes.
fn behind_signs(mut text: &str) -> &str {
    loop {
        let rest = text.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '|' | '\\' | '.' | 'u' | 'v' | '(' | ')' | '~' | 'T')
        });
        let skipped = match rest.strip_prefix('{') {
            Some(graces) => graces.find('}').map_or("", |end| &graces[end + 1..]),
            None if rest.starts_with('"') => &rest[words(rest).unwrap_or(1)..],
            None => rest,
        };
        if skipped.len() == text.len() {
            return text;
        }
        text = skipped;
    }
}

/// The bar lines that the other reader knows, the longest first.
const BAR_LINES: [&str; 14] =
    [":|1", ":|2", "|]", "||", "[|", "[1", "[2", "|1", "|2", ":|", "|:", "::", "|", ":"];

/// More than any tune needs; repeats within repeats grow fast.
const PIECES_MAX: usize = 200_000;

/// A tune whose repeats are written out.
fn unrolled(tune: &str) -> String {
    let (head, music) = head_and_music(tune);
    let music = music.replace("\\\n", "\n");
    let mut pieces: Vec<&str> = Vec::new();
    let (mut start, mut ending, mut has_notes) = (0, None, false);
    let mut at = 0;
    while at < music.len() && pieces.len() < PIECES_MAX {
        let rest = &music[at..];
        let is_line_start = at == 0 || music[..at].ends_with('\n');
        if rest.starts_with('%') || (is_line_start && is_field(rest)) {
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let is_comment = rest.starts_with('%');
            pieces.push(if is_comment { "\n" } else { &rest[..end] });
            at += end;
            continue;
        }
        let Some(&line) = BAR_LINES.iter().find(|line| rest.starts_with(**line)) else {
            let chord = rest.strip_prefix('[').and_then(|chord| chord.find(']'));
            let tuplet = rest.strip_prefix('(').map(|tuplet| {
                let digits = |c: char| c.is_ascii_digit() || c == ':';
                1 + tuplet.len() - tuplet.trim_start_matches(digits).len()
            });
            let bracket = chord.map(|end| end + 2).or(tuplet);
            let taken = words(rest).or(bracket).unwrap_or(letter(rest));
            has_notes |= rest.starts_with(|c| matches!(c, 'a'..='g' | 'A'..='G' | 'z' | '['));
            pieces.push(&rest[..taken]);
            at += taken;
            continue;
        };
        at += line.len();
        // The end of a repeat without notes since the last bar line is lost.
        if has_notes && matches!(line, ":|" | "::" | ":|1" | ":|2") {
            let again = pieces[start..ending.unwrap_or(pieces.len())].to_vec();
            pieces.push("|");
            pieces.extend(again);
            (start, ending) = (0, None);
        }
        has_notes = false;
        pieces.push("|");
        if matches!(line, "|:" | "::") {
            start = pieces.len();
        }
        if matches!(line, "[1" | "|1" | ":|1") {
            ending = Some(pieces.len());
        }
    }
    let text = pieces.concat();
    let lines = text.split_inclusive('\n').filter(|line| !line.trim().is_empty());
    head.to_owned() + &lines.collect::<String>()
}

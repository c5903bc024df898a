//! One voice of a tune while it is read: its bars, and what holds in them.

use std::collections::BTreeMap;

use cantilena_score::{Chord, Key, Meter, Pitch};

use crate::abc::UNITS_PER_QUARTER;
use crate::abc::key::Signature;
use crate::abc::notes::{Scanner, WrittenPitch};
use crate::fault::Fault;
use crate::order::Signs;
use crate::repair::Repairs;

/// A bar of a voice. Times are units since it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar {
    pub(super) notes: Vec<BarNote>,
    pub(super) chords: Vec<(u64, Chord)>,
    pub(super) keys: Vec<(u64, Key)>,
    /// Quarters a minute.
    pub(super) tempi: Vec<(u64, f64)>,
    pub(super) meter: Option<Meter>,
    pub(super) length: u64,
    pub(super) signs: Signs,
}

/// A note of a bar.
#[derive(Clone, Debug)]
pub(super) struct BarNote {
    pub(super) onset: u64,
    pub(super) duration: u64,
    pub(super) pitch: Pitch,
    pub(super) ties: bool,
    /// A syllable for each verse.
    pub(super) lyrics: Vec<String>,
}

/// What a tune says before its music, and may change in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) signature: Signature,
    pub(super) meter: Option<Meter>,
    /// The unit length, in units.
    pub(super) length: u64,
    pub(super) accidentals: Accidentals,
}

/// How far an accidental reaches within its bar (abc 2.1, § 11.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Accidentals {
    /// No further than its note.
    Not,
    /// To the notes of its own octave.
    Octave,
    /// To the notes of its letter in every octave.
    #[default]
    Pitch,
}

impl Accidentals {
    /// What `propagate-accidentals` says; `None` where that is no word of it.
    pub(super) fn parse(words: &str) -> Option<Accidentals> {
        match words.trim() {
            "not" => Some(Accidentals::Not),
            "octave" => Some(Accidentals::Octave),
            "pitch" => Some(Accidentals::Pitch),
            _ => None,
        }
    }
}

/// A voice while it is read.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) program: u8,
    pub(super) setting: Setting,
    /// Never empty: the last is the one being filled.
    pub(super) bars: Vec<Bar>,
    /// Parts by their letter, each with the bar in which it begins.
    pub(super) parts: Vec<(char, usize)>,
    position: u64,
    /// Accidentals of this bar by step and, where they do not reach beyond it, octave.
    altered: BTreeMap<(u8, i8), i8>,
    /// The passes of the ending that the bars belong to.
    ending: Vec<u32>,
    /// Notes still to come in a tuplet, and the share of their length that they last.
    tuplet: (u32, u32, u32),
    /// What broken rhythm does to the next note: a fraction of its length.
    broken: Option<(u64, u64)>,
    /// The last thing that has a length: its bar, its place and its units.
    last: Option<(usize, u64, u64)>,
    /// Where the notes of this line of music are, for the words under it: bar and note.
    pub(super) line: Vec<(usize, usize)>,
    verse: usize,
}

impl Voice {
    pub(super) fn new(id: &str, setting: Setting) -> Voice {
        Voice {
            id: id.to_owned(),
            name: String::new(),
            program: 0,
            setting,
            bars: vec![Bar::default()],
            parts: Vec::new(),
            position: 0,
            altered: BTreeMap::new(),
            ending: Vec::new(),
            tuplet: (0, 1, 1),
            broken: None,
            last: None,
            line: Vec::new(),
            verse: 0,
        }
    }

    fn bar(&mut self) -> &mut Bar {
        if self.bars.is_empty() {
            self.bars.push(Bar::default());
        }
        let last = self.bars.len() - 1;
        &mut self.bars[last]
    }

    /// Takes up a key, from here on.
    pub(super) fn set_key(&mut self, words: &str) {
        self.setting.signature = Signature::parse(words, self.setting.signature);
        let position = self.position;
        if let Some(key) = self.setting.signature.key {
            self.bar().keys.push((position, key));
        }
    }

    /// Takes up a meter, from the bar that begins here or next.
    pub(super) fn set_meter(&mut self, meter: Option<Meter>) {
        self.setting.meter = meter;
        if self.position > 0 {
            self.end_bar();
        }
        self.bar().meter = meter;
    }

    /// A part of the tune begins (`P:A`).
    pub(super) fn begin_part(&mut self, words: &str) {
        if let Some(letter) = words.trim().chars().next() {
            self.end_bar();
            self.ending.clear();
            self.parts.push((letter, self.bars.len() - 1));
        }
    }

    pub(super) fn set_tempo(&mut self, bpm: f64) {
        let position = self.position;
        self.bar().tempi.push((position, bpm));
    }

    /// Reads a line of music. `field` is told what stands in brackets: `[K:G]`.
    pub(super) fn read_line(
        &mut self,
        text: &str,
        offset: usize,
        repairs: &mut Repairs,
        mut field: impl FnMut(&mut Voice, char, &str, &mut Repairs) -> bool,
    ) {
        let mut scanner = Scanner::new(text);
        while let Some(next) = scanner.peek() {
            let place = Some(offset + scanner.place());
            match next {
                '|' | ':' => self.bar_line(&mut scanner),
                '[' => {
                    let mut letters = scanner.rest()[1..].chars();
                    match (letters.next(), letters.next()) {
                        (Some('|' | ']'), _) => self.bar_line(&mut scanner),
                        (Some(digit), _) if digit.is_ascii_digit() => {
                            scanner.next();
                            self.begin_ending(&mut scanner);
                        }
                        (Some(letter), Some(':')) if letter.is_ascii_alphabetic() => {
                            scanner.next();
                            let words = scanner.take_until(']');
                            // The rest of the line may belong to another voice.
                            if field(self, letter, &words[2..], repairs) {
                                return;
                            }
                        }
                        _ => self.chord(&mut scanner, place, repairs),
                    }
                }
                '"' => {
                    scanner.next();
                    let words = scanner.take_until('"');
                    self.chord_symbol(words, place, repairs);
                }
                '+' if old_chord(&scanner.rest()[1..]) => self.chord(&mut scanner, place, repairs),
                '!' | '+' => {
                    scanner.next();
                    let rest = scanner.rest();
                    // A lone one is an old sign for a new line.
                    if let Some(end) = rest.find(next).filter(|&end| !rest[..end].contains(' ')) {
                        self.decoration(&rest[..end]);
                        scanner.take_until(next);
                    }
                }
                '{' => {
                    scanner.next();
                    scanner.take_until('}');
                    repairs.add(Fault::GraceLeftOut, place, None);
                }
                '(' => {
                    scanner.next();
                    if scanner.peek().is_some_and(|c| c.is_ascii_digit()) {
                        self.begin_tuplet(&mut scanner);
                    }
                }
                '>' | '<' => {
                    let arrows = scanner.take_while(|c| c == next).len().min(3) as u32;
                    self.break_rhythm(next == '>', arrows);
                }
                '-' => {
                    scanner.next();
                    self.tie();
                }
                '&' => {
                    // Another voice within the bar: back to where it began.
                    scanner.next();
                    self.position = 0;
                }
                'z' | 'x' => {
                    scanner.next();
                    let length = self.length(&mut scanner);
                    self.rest(length);
                }
                'Z' | 'X' => {
                    scanner.next();
                    let bars = scanner.number().unwrap_or(1).min(1000);
                    let meter = self.setting.meter.unwrap_or(Meter::COMMON);
                    for bar in 0..bars {
                        if bar > 0 {
                            self.end_bar();
                        }
                        self.rest(bar_units(meter));
                    }
                }
                'y' => {
                    scanner.next();
                    scanner.length();
                }
                '%' => return,
                _ => match scanner.pitch() {
                    Some(pitch) => {
                        let length = self.length(&mut scanner);
                        let ties = scanner.eat("-");
                        self.strike(&[(pitch, ties)], length, place, repairs);
                    }
                    None => {
                        scanner.next();
                        let means_nothing = next.is_whitespace()
                            || next.is_ascii_alphabetic()
                            || matches!(next, ')' | '`' | '.' | '~' | '\\' | '*' | ';' | ']' | '$');
                        if !means_nothing {
                            repairs.add(Fault::Stray, place, None);
                        }
                    }
                },
            }
        }
    }

    /// A length as written, in units.
    fn length(&self, scanner: &mut Scanner<'_>) -> u64 {
        let (numerator, denominator) = scanner.length();
        // A thousand whole notes are more than any tune holds.
        let most = 4000 * UNITS_PER_QUARTER;
        (self.setting.length * u64::from(numerator) / u64::from(denominator)).min(most)
    }

    /// What a length as written lasts, after tuplets and broken rhythm.
    fn lasting(&mut self, written: u64) -> u64 {
        let mut units = written;
        if let Some((numerator, denominator)) = self.broken.take() {
            units = units * numerator / denominator;
        }
        if self.tuplet.0 > 0 {
            self.tuplet.0 -= 1;
            units = units * u64::from(self.tuplet.1) / u64::from(self.tuplet.2);
        }
        units
    }

    fn advance(&mut self, units: u64) {
        self.last = Some((self.bars.len() - 1, self.position, units));
        self.position += units;
        let position = self.position;
        let bar = self.bar();
        bar.length = bar.length.max(position);
    }

    fn rest(&mut self, written: u64) {
        let units = self.lasting(written);
        self.advance(units);
    }

    /// One or more pitches together.
    fn strike(
        &mut self,
        pitches: &[(WrittenPitch, bool)],
        written: u64,
        place: Option<usize>,
        repairs: &mut Repairs,
    ) {
        let duration = self.lasting(written);
        let onset = self.position;
        if duration > 0 {
            for &(pitch, ties) in pitches {
                match self.sounding(pitch) {
                    Some(pitch) => {
                        if self.bar().notes.last().is_none_or(|last| last.onset != onset) {
                            let at = (self.bars.len() - 1, self.bar().notes.len());
                            self.line.push(at);
                        }
                        let lyrics = Vec::new();
                        self.bar().notes.push(BarNote { onset, duration, pitch, ties, lyrics });
                    }
                    None => repairs.add(Fault::PitchRange, place, None),
                }
            }
        }
        self.advance(duration);
    }

    /// The pitch that a written one sounds; its accidental may hold to the end of the bar.
    fn sounding(&mut self, written: WrittenPitch) -> Option<Pitch> {
        let step = usize::from(written.step);
        let place = match self.setting.accidentals {
            Accidentals::Octave => (written.step, written.octave),
            Accidentals::Not | Accidentals::Pitch => (written.step, 0),
        };
        if let Some(alter) = written.alter
            && self.setting.accidentals != Accidentals::Not
        {
            self.altered.insert(place, alter);
        }
        let signature = &self.setting.signature;
        let held = self.altered.get(&place).copied();
        let alter = written.alter.or(held).unwrap_or(signature.alters[step]);
        let semitones = [0, 2, 4, 5, 7, 9, 11][step];
        let number = 12 * (i32::from(written.octave) + 1) + semitones + i32::from(alter);
        Pitch::MIDDLE_C.transposed(number + signature.transpose - 60)
    }

    /// `[ceg]2`, or `+ceg+2` in old books, each note of which may have a length of its own; the
    /// first one's counts.
    fn chord(&mut self, scanner: &mut Scanner<'_>, place: Option<usize>, repairs: &mut Repairs) {
        let end = if scanner.next() == Some('+') { '+' } else { ']' };
        let mut pitches = Vec::new();
        let mut first = None;
        loop {
            if let Some(pitch) = scanner.pitch() {
                let length = scanner.length();
                first = first.or(Some(length));
                pitches.push((pitch, scanner.eat("-")));
                continue;
            }
            match scanner.next() {
                Some(sign) if sign == end => break,
                // A decoration or an annotation on a note of the chord.
                Some(mark @ ('!' | '"' | '+')) => {
                    scanner.take_until(mark);
                }
                Some('|') | None => {
                    repairs.add(Fault::Stray, place, None);
                    break;
                }
                Some(_) => {}
            }
        }
        let (numerator, denominator) = first.unwrap_or((1, 1));
        let inner = self.setting.length * u64::from(numerator) / u64::from(denominator);
        let (numerator, denominator) = scanner.length();
        let outer = u128::from(inner) * u128::from(numerator) / u128::from(denominator);
        let length = outer.min(u128::from(4000 * UNITS_PER_QUARTER)) as u64;
        if scanner.eat("-") {
            pitches.iter_mut().for_each(|pitch| pitch.1 = true);
        }
        if !pitches.is_empty() {
            self.strike(&pitches, length, place, repairs);
        }
    }

    fn chord_symbol(&mut self, words: &str, place: Option<usize>, repairs: &mut Repairs) {
        let words = words.trim();
        // Annotations stand above, below, beside the note; figures are fingerings.
        let is_name = words.starts_with(|c: char| ('A'..='G').contains(&c));
        if !is_name {
            return;
        }
        let position = self.position;
        match chord_named(words) {
            Some((chord, is_exact)) => {
                if !is_exact {
                    repairs.add(Fault::NearestChord, place, None);
                }
                self.bar().chords.push((position, chord));
            }
            None => repairs.add(Fault::UnknownChord, place, None),
        }
    }

    fn decoration(&mut self, name: &str) {
        let signs = &mut self.bar().signs;
        match name {
            "segno" => signs.segno = true,
            "coda" => signs.coda = true,
            "fine" => signs.fine = true,
            "dacoda" => signs.to_coda = true,
            "D.C." => signs.da_capo = true,
            "D.S." => signs.dal_segno = true,
            _ => {}
        }
    }

    /// `(3`, `(3:2:3`: so many notes in the time of so many others.
    fn begin_tuplet(&mut self, scanner: &mut Scanner<'_>) {
        let played = scanner.number().unwrap_or(3).clamp(1, 64);
        let mut others = [None; 2];
        for other in &mut others {
            if scanner.eat(":") {
                *other = scanner.number();
            }
        }
        let is_compound = self
            .setting
            .meter
            .is_some_and(|meter| meter.denominator() == 8 && meter.numerator().is_multiple_of(3));
        let time = match played {
            2 | 4 | 8 => 3,
            3 | 6 => 2,
            _ if is_compound => 3,
            _ => 2,
        };
        let time = others[0].unwrap_or(time).clamp(1, 64);
        let notes = others[1].unwrap_or(played).min(256);
        self.tuplet = (notes, time, played);
    }

    /// `a>b`: the one note takes half of the other.
    fn break_rhythm(&mut self, first_is_longer: bool, arrows: u32) {
        let Some((bar, onset, units)) = self.last else { return };
        let parts = 1 << arrows;
        let (long, short) = ((2 * parts - 1, parts), (1, parts));
        let (own, next) = if first_is_longer { (long, short) } else { (short, long) };
        let new_units = units * own.0 / own.1;
        for note in &mut self.bars[bar].notes {
            if note.onset == onset {
                note.duration = new_units;
            }
        }
        if bar == self.bars.len() - 1 && onset + units == self.position {
            self.position = onset + new_units;
            let position = self.position;
            let bar = self.bar();
            if bar.length == onset + units {
                bar.length = position;
            }
            self.last = Some((self.bars.len() - 1, onset, new_units));
            self.broken = Some(next);
        }
    }

    /// Ties the notes struck last.
    fn tie(&mut self) {
        let Some((bar, onset, _)) = self.last else { return };
        for note in &mut self.bars[bar].notes {
            if note.onset == onset {
                note.ties = true;
            }
        }
    }

    /// All signs of a bar line: `|`, `||`, `|]`, `:|`, `|:`, `::`, `|1`, `:|2`.
    fn bar_line(&mut self, scanner: &mut Scanner<'_>) {
        let mut signs = String::new();
        loop {
            match scanner.peek() {
                Some(sign @ ('|' | ':')) => {
                    scanner.next();
                    signs.push(sign);
                }
                Some(']') if signs.ends_with('|') || signs == "[" => {
                    scanner.next();
                    signs.push(']');
                }
                Some('[') if scanner.rest()[1..].starts_with(['|', ']']) => {
                    scanner.next();
                    signs.push('[');
                }
                _ => break,
            }
        }
        // Colons before a line close a repeat, and colons behind the last one open one; two
        // colons alone do both.
        let colons = |text: &str| text.len() - text.trim_end_matches(':').len();
        let (closes, opens) = match signs.find(":|") {
            _ if signs.chars().all(|c| c == ':') => match signs.len() {
                1 => (1, 0),
                both => (both / 2, both / 2),
            },
            Some(at) => (colons(&signs[..=at]), colons(&signs)),
            None => (0, colons(&signs)),
        };
        let is_double = signs.contains("||") || signs.contains(']') || signs.contains('[');
        if closes > 0 {
            self.close_repeat(closes as u32 + 1);
        }
        self.end_bar();
        if closes > 0 || opens > 0 || is_double {
            self.ending.clear();
        }
        if opens > 0 {
            self.bar().signs.repeat_start = true;
        }
        // A repeat without a start goes back to the latest double bar (abc 2.1, § 4.8).
        if is_double {
            self.bar().signs.section_start = true;
        }
        if scanner.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.begin_ending(scanner);
        }
    }

    /// Marks the last bar that holds something as the end of a repeat.
    fn close_repeat(&mut self, times: u32) {
        let empty = self.bar().length == 0;
        let place = self.bars.len() - 1 - usize::from(empty && self.bars.len() > 1);
        let signs = &mut self.bars[place].signs;
        signs.repeat_end = signs.repeat_end.max(Some(times));
    }

    /// `[1`, `|1,3`, `[1-3`.
    fn begin_ending(&mut self, scanner: &mut Scanner<'_>) {
        if self.position > 0 {
            self.end_bar();
        }
        let mut numbers: Vec<u32> = Vec::new();
        while let Some(number) = scanner.number() {
            numbers.push(number.min(32));
            if scanner.eat("-") {
                let last = scanner.number().unwrap_or(number).min(32);
                numbers.extend(number.min(32) + 1..=last);
            }
            // A comma before a note is no part of the numbers.
            let mut ahead = *scanner;
            if !(ahead.eat(",") && ahead.peek().is_some_and(|c| c.is_ascii_digit())) {
                break;
            }
            *scanner = ahead;
        }
        self.ending = numbers;
        let ending = self.ending.clone();
        self.bar().signs.ending = ending;
    }

    /// A bar ends here, if it holds anything; accidentals end in any case.
    pub(super) fn end_bar(&mut self) {
        self.altered.clear();
        if self.bar().length == 0 {
            return;
        }
        self.position = 0;
        let ending = self.ending.clone();
        self.bar().signs.ending = ending;
        self.bars.push(Bar::default());
    }

    /// A new line of music begins.
    pub(super) fn begin_line(&mut self) {
        self.line.clear();
        self.verse = 0;
    }

    /// A line of words under the last line of music (abc 2.1, § 5).
    pub(super) fn read_words(&mut self, words: &str) {
        let mut notes = self.line.iter().copied().peekable();
        let mut scanner = Scanner::new(words.trim());
        let verse = self.verse;
        self.verse += 1;
        let mut word = String::new();
        let give = |bars: &mut Vec<Bar>, at: Option<(usize, usize)>, text: &str| {
            if let Some((bar, note)) = at.filter(|_| !text.is_empty()) {
                let lyrics = &mut bars[bar].notes[note].lyrics;
                lyrics.resize(verse, String::new());
                lyrics.push(text.to_owned());
            }
        };
        while let Some(letter) = scanner.next() {
            match letter {
                ' ' | '\t' if word.is_empty() => {}
                ' ' | '\t' => give(&mut self.bars, notes.next(), &std::mem::take(&mut word)),
                '-' if word.is_empty() => {
                    notes.next();
                }
                '-' => {
                    word.push('-');
                    give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                }
                '_' => {
                    if !word.is_empty() {
                        give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                    }
                    notes.next();
                }
                '*' => {
                    notes.next();
                }
                '|' => {
                    if !word.is_empty() {
                        give(&mut self.bars, notes.next(), &std::mem::take(&mut word));
                    }
                    // On to the next bar than that of the note sung last.
                    if let Some(&(bar, _)) = notes.peek() {
                        let place = self.line.len() - notes.len();
                        let sung = place.checked_sub(1).map(|last| self.line[last].0);
                        if sung == Some(bar) {
                            while notes.peek().is_some_and(|&(next, _)| next == bar) {
                                notes.next();
                            }
                        }
                    }
                }
                '~' => word.push(' '),
                // What stands behind a backslash stands for itself.
                '\\' => word.extend(scanner.next()),
                letter => word.push(letter),
            }
        }
        give(&mut self.bars, notes.next(), &word);
    }
}

/// Whether what follows a `+` is a chord of abc 1.6 and its end, and no decoration: two notes or
/// more, and not `ff` or `fff`.
fn old_chord(text: &str) -> bool {
    let Some((inside, _)) = text.split_once('+') else { return false };
    let mut scanner = Scanner::new(inside);
    let mut notes = 0;
    while scanner.pitch().is_some() {
        scanner.length();
        notes += 1;
    }
    notes > 1 && scanner.peek().is_none() && inside.contains(|c| c != 'f')
}

/// The units of a bar.
fn bar_units(meter: Meter) -> u64 {
    4 * UNITS_PER_QUARTER * u64::from(meter.numerator()) / u64::from(meter.denominator())
}

/// The chord that a name means, and whether it means just that.
///
/// Of a name that is longer than any known, the longest start that is known is taken.
fn chord_named(name: &str) -> Option<(Chord, bool)> {
    let (upper, bass) = match name.split_once('/') {
        Some((upper, bass)) => (upper, format!("/{}", bass.trim())),
        None => (name, String::new()),
    };
    let plain = upper.replace(['(', ')', ' '], "").replace("min", "m").replace('M', "maj");
    let plain = plain.replace("majaj", "maj").replace('+', "aug").replace('o', "dim");
    for end in (1..=plain.len()).rev().filter(|&end| plain.is_char_boundary(end)) {
        let start = &plain[..end];
        let with_bass = format!("{start}{bass}").parse::<Chord>();
        if let Ok(chord) = with_bass.or_else(|_| start.parse()) {
            return Some((chord, end == plain.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_have_many_names() {
        let named = |name| chord_named(name).map(|(chord, exact)| (chord.to_string(), exact));
        assert_eq!(named("Am"), Some(("Am".to_owned(), true)));
        assert_eq!(named("Bbmin7/D"), Some(("A#m7/D".to_owned(), true)));
        assert_eq!(named("G13"), Some(("G".to_owned(), false)));
        assert_eq!(named("CM7"), Some(("Cmaj7".to_owned(), true)));
        assert_eq!(named("Ddim"), Some(("Ddim".to_owned(), true)));
    }
}

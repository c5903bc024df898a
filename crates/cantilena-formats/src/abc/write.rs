//! From a score of one voice to a tune in ABC.

use cantilena_score::{Key, Mode, Note, Score, Spelling, TextKind, Ticks, Track};

use crate::error::WriteError;
use crate::fault::Fault;
use crate::page::bar::{Event, Segment, hard_to_read, segments};
use crate::page::grid::{self, Page, settle, settle_meters};
use crate::page::spelling::{key_alter, spell};
use crate::page::tuplet::BarShape;
use crate::page::voice::{ChordGroup, staves};
use crate::repair::Repairs;
use crate::writing::Writing;

/// Bars in a line: what a screen shows without turning it.
const LINE_BARS: u32 = 4;

/// Decimals of a tempo: a thousandth of a beat a minute is heard by nobody.
const DECIMALS: i32 = 3;

/// The most bars that are written, as for a printed page.
const BARS_MAX: u32 = 10_000;

/// Writes a score whose notes are one voice, chords included, as a tune.
///
/// The same score gives the same bytes. What was played off every grid is moved to the nearest
/// place that can be notated; how hard notes were struck and controllers are left out. All of it
/// is listed.
///
/// # Errors
///
/// [`WriteError::NoTracks`] where there are no notes, [`WriteError::Drums`] where drums alone have
/// some, [`WriteError::SeveralVoices`] where notes overlap or several tracks hold some,
/// [`WriteError::Bars`] where there are more bars than anybody would print.
pub fn write(score: &Score) -> Result<Writing, WriteError> {
    let sounding: Vec<&Track> = score.tracks.iter().filter(|t| !t.notes.is_empty()).collect();
    if sounding.is_empty() {
        return Err(WriteError::NoTracks);
    }
    if sounding.iter().all(|track| track.is_drums) {
        return Err(WriteError::Drums);
    }
    if sounding.len() > 1 {
        return Err(WriteError::SeveralVoices);
    }
    let mut repairs = Repairs::default();
    let clock = grid::clock(score);
    let own = score.ticks_per_quarter();
    if !clock.get().is_multiple_of(own.get()) {
        repairs.add(Fault::PageClock(own.get()), None, None);
    }
    let mut score = score.rescaled(clock);
    score.meters = settle_meters(&score, &mut repairs);
    let track = score.tracks.iter().find(|track| !track.notes.is_empty());
    let track = track.ok_or(WriteError::NoTracks)?;
    let page = Page::new(&score.meters, clock);
    list_losses(&score, track, &mut repairs);
    let (notes, places) = settle(&track.notes, &page, &mut repairs);
    // The staff of a harp would be parted in two; one voice has one staff.
    let plain = Track { program: Default::default(), is_drums: true, ..Track::default() };
    let mut staff = staves(&plain, &notes, &mut repairs);
    let voices = staff.pop().map_or(Vec::new(), |staff| staff.voices);
    let [groups] = &voices[..] else { return Err(WriteError::SeveralVoices) };
    let last = groups.last().map_or(Ticks::ZERO, |group| group.onset + group.duration);
    let bars = page.position(Ticks(last.0.saturating_sub(1))).bar + 1;
    if bars > BARS_MAX {
        return Err(WriteError::Bars { found: bars, limit: BARS_MAX });
    }

    let mut lyrics = Vec::new();
    for lyric in &track.lyrics {
        let (onset, _) = places.of(lyric.onset);
        match notes.binary_search_by_key(&onset, |note| note.onset) {
            Ok(_) => lyrics.push((onset, lyric.text.as_str())),
            Err(_) => repairs.add(Fault::LyricWithoutNote, None, Some(lyric.onset)),
        }
    }
    let text = head(&score, track);
    let (words, signs) = (String::new(), [None; 7]);
    let mut pen = Pen { score: &score, page: &page, text, words, signs, hard_to_read: 0 };
    pen.bars(groups, &lyrics, bars, &mut repairs);
    let hard_to_read = pen.hard_to_read;
    Ok(Writing { bytes: pen.text.into_bytes(), repairs: repairs.into_list(), hard_to_read })
}

/// What ABC has no sign for.
fn list_losses(score: &Score, track: &Track, repairs: &mut Repairs) {
    if !score.system_exclusive.is_empty() {
        repairs.add(Fault::SystemExclusive, None, None);
    }
    if let Some(control) = track.controls.first() {
        repairs.add(Fault::Controls, None, Some(control.onset));
    }
    let is_plain = |note: &Note| note.velocity == cantilena_score::Velocity::DEFAULT;
    if let Some(note) = track.notes.iter().find(|note| !is_plain(note)) {
        repairs.add(Fault::Velocity, None, Some(note.onset));
    }
    for text in score.texts.iter().filter(|text| composer(text).is_none()) {
        repairs.add(Fault::TextLeftOut, None, Some(text.onset));
    }
}

fn composer(text: &cantilena_score::Text) -> Option<&str> {
    let is_comment = text.kind == TextKind::Comment;
    text.text.strip_prefix("composer: ").filter(|_| is_comment)
}

/// The fields before the music.
fn head(score: &Score, track: &Track) -> String {
    let mut text = "%abc-2.1\nX:1\n".to_owned();
    let mut field = |name: char, words: &str| {
        // A field is one line.
        let words = words.replace(['\n', '\r', '%'], " ");
        text.push_str(&format!("{name}:{words}\n"));
    };
    if !score.title.is_empty() {
        field('T', &score.title);
    }
    for name in score.texts.iter().filter_map(composer) {
        field('C', name);
    }
    field('M', &score.meters.changes()[0].meter.to_string());
    field('L', "1/8");
    field('Q', &format!("1/4={}", score.tempo.changes()[0].bpm_in_words(DECIMALS)));
    if !track.name.is_empty() {
        field('V', &format!("1 name=\"{}\"", track.name.replace('"', "'")));
    }
    let key = score.keys.iter().rev().find(|change| change.onset == Ticks::ZERO);
    field('K', &key.map_or("none".to_owned(), |change| key_name(change.key)));
    if track.program.number() > 0 {
        text.push_str(&format!("%%MIDI program {}\n", track.program.number()));
    }
    text
}

/// `G`, `Em`.
fn key_name(key: Key) -> String {
    let name = key.to_string();
    let tonic = name.split(' ').next().unwrap_or_default();
    format!("{tonic}{}", if key.mode == Mode::Minor { "m" } else { "" })
}

struct Pen<'a> {
    score: &'a Score,
    page: &'a Page,
    text: String,
    /// The words under the line being written.
    words: String,
    /// Accidentals of this bar: by step, whatever the octave, as they are read.
    signs: [Option<i8>; 7],
    /// See [`Writing::hard_to_read`].
    hard_to_read: usize,
}

impl Pen<'_> {
    fn bars(
        &mut self,
        groups: &[ChordGroup],
        lyrics: &[(Ticks, &str)],
        bars: u32,
        repairs: &mut Repairs,
    ) {
        // What is said between notes, by onset; taken when its time has come.
        let mut asides = self.asides();
        asides.reverse();
        let mut next = 0;
        for bar in 0..bars {
            let (onset, shape) = (self.page.onset(bar), self.page.shape(bar));
            let end = onset + Ticks(shape.length);
            self.signs = [None; 7];
            let here: Vec<&ChordGroup> =
                groups[next..].iter().take_while(|group| group.onset < end).collect();
            let events: Vec<Event> = here.iter().map(|group| event(group, onset, end)).collect();
            let done = here.iter().take_while(|group| group.onset + group.duration <= end).count();
            next += done;
            if let Some(change) =
                self.score.meters.changes()[1..].iter().find(|change| change.onset == onset)
            {
                self.text.push_str(&format!("[M:{}]", change.meter));
            }
            let segments = segments(&shape, &events);
            self.hard_to_read += hard_to_read(&segments, |event| here[event].notes.len());
            for (at, segment) in segments.iter().enumerate() {
                let start = onset + Ticks(segment.start);
                let stop = start + Ticks(segment.length);
                while let Some((when, words)) = asides.pop_if(|(when, _)| *when < stop) {
                    if when != start {
                        repairs.add(Fault::AsideMoved, None, Some(when));
                    }
                    self.text.push_str(&words);
                }
                self.tuplet(&segments[at..]);
                self.segment(segment, &here, &shape);
                if let Some(event) = segment.event {
                    self.syllable(&segment.tied, here[event].onset, lyrics);
                }
            }
            let is_last = bar + 1 == bars;
            self.text.push_str(if is_last { " |]" } else { " |" });
            if is_last || (bar + 1).is_multiple_of(LINE_BARS) {
                self.text.push('\n');
                let words = std::mem::take(&mut self.words);
                if words.contains(|c| c != '*' && c != ' ') {
                    self.text.push_str(&format!("w:{words}\n"));
                }
            } else {
                self.text.push(' ');
            }
        }
    }

    /// Chord symbols, keys and tempi, by onset; of things at one tick, fields come first.
    fn asides(&self) -> Vec<(Ticks, String)> {
        let mut asides: Vec<(Ticks, String)> = Vec::new();
        for change in self.score.keys.iter().filter(|change| change.onset > Ticks::ZERO) {
            asides.push((change.onset, format!("[K:{}]", key_name(change.key))));
        }
        for change in &self.score.tempo.changes()[1..] {
            asides.push((change.onset, format!("[Q:1/4={}]", change.bpm_in_words(DECIMALS))));
        }
        for symbol in &self.score.chords {
            asides.push((symbol.onset, format!("\"{}\"", symbol.chord)));
        }
        asides.sort_by_key(|&(onset, _)| onset);
        asides
    }

    /// `(3:2:4` before the first of the segments under a tuplet.
    fn tuplet(&mut self, rest: &[Segment]) {
        let Some(place) = rest.first().and_then(|segment| segment.tuplet) else { return };
        if place.is_first {
            let last = rest.iter().position(|s| s.tuplet.is_some_and(|place| place.is_last));
            let count = last.map_or(rest.len(), |last| last + 1);
            self.text.push_str(&format!("({}:{}:{count}", place.ratio.actual, place.ratio.normal));
        }
    }

    fn segment(&mut self, segment: &Segment, groups: &[&ChordGroup], shape: &BarShape) {
        let length = length(segment, shape);
        let Some(event) = segment.event else {
            self.text.push_str(&format!("z{length}"));
            return;
        };
        let notes = &groups[event].notes;
        if let [note] = &notes[..] {
            self.pitch(note);
            self.text.push_str(&length);
        } else {
            self.text.push('[');
            for note in notes {
                self.pitch(note);
            }
            self.text.push_str(&format!("]{length}"));
        }
        if segment.tied.1 {
            self.text.push('-');
        }
    }

    fn pitch(&mut self, note: &Note) {
        let after = self.score.keys.partition_point(|change| change.onset <= note.onset);
        let key = after.checked_sub(1).map(|at| self.score.keys[at].key);
        let spelled = spell(note.pitch, key);
        let step = usize::from(spelled.step);
        let holds = self.signs[step].unwrap_or(key_alter(spelled.step, key));
        if holds != spelled.alter {
            self.signs[step] = Some(spelled.alter);
            self.text.push_str(match spelled.alter {
                -2 => "__",
                -1 => "_",
                1 => "^",
                2 => "^^",
                _ => "=",
            });
        }
        let letter = Spelling::STEPS[step];
        if spelled.octave >= 5 {
            self.text.push_str(&letter.to_lowercase());
            self.text.extend(std::iter::repeat_n('\'', (spelled.octave - 5) as usize));
        } else {
            self.text.push_str(letter);
            self.text.extend(std::iter::repeat_n(',', (4 - spelled.octave) as usize));
        }
    }

    /// A syllable, or the sign that this note has none.
    fn syllable(&mut self, tied: &(bool, bool), onset: Ticks, lyrics: &[(Ticks, &str)]) {
        let text = lyrics.iter().find(|&&(at, _)| at == onset && !tied.0).map(|&(_, text)| text);
        match text {
            None => self.words.push('*'),
            Some(text) => {
                let (text, goes_on) = match text.strip_suffix('-') {
                    Some(text) if !text.is_empty() => (text, true),
                    _ => (text, false),
                };
                for letter in text.trim().chars() {
                    match letter {
                        c if c.is_whitespace() => self.words.push('~'),
                        '-' | '_' | '*' | '|' | '~' | '\\' | '%' => {
                            self.words.push('\\');
                            self.words.push(letter);
                        }
                        _ => self.words.push(letter),
                    }
                }
                self.words.push(if goes_on { '-' } else { ' ' });
            }
        }
    }
}

fn event(group: &ChordGroup, onset: Ticks, end: Ticks) -> Event {
    let release = group.onset + group.duration;
    Event {
        start: (group.onset - onset).0,
        end: (release.min(end) - onset).0,
        goes_on: (group.onset < onset, release > end),
    }
}

/// The length behind a note, as a fraction of an eighth: nothing, `2`, `/2`, `3/2`.
fn length(segment: &Segment, shape: &BarShape) -> String {
    let ratio = segment.tuplet.map_or((1, 1), |place| (place.ratio.actual, place.ratio.normal));
    let numerator = 2 * segment.length * ratio.0;
    let denominator = shape.ticks_per_quarter * ratio.1;
    let common = grid::greatest_common_divisor(numerator, denominator);
    match (numerator / common, denominator / common) {
        (1, 1) => String::new(),
        (n, 1) => n.to_string(),
        (1, d) => format!("/{d}"),
        (n, d) => format!("{n}/{d}"),
    }
}

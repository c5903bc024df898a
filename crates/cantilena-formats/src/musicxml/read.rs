//! From a page to a score.

use std::num::NonZero;

use cantilena_score::{
    ChordSymbol, Key, KeyChange, Lyric, Meter, Note, Score, Text, TextKind, Ticks, Track, Velocity,
};
use roxmltree::Node;

use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::musicxml::loudness::Loudness;
use crate::musicxml::measure::{Measure, PageNote, PartState, ticks};
use crate::musicxml::part_list::{ScorePart, child, part_list};
use crate::musicxml::text;
use crate::order::{BarMeter, Played, Signs, play, play_changes, set_meters};
use crate::reading::Reading;
use crate::repair::Repairs;

/// The most bars of a page, and the most that are played where they are repeated.
const BARS_MAX: usize = 200_000;

/// Whether bytes name a root of MusicXML near their beginning.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    // Without the zeros, UTF-16 looks like ASCII.
    let start: Vec<u8> = bytes.iter().copied().filter(|&b| b != 0).take(1 << 13).collect();
    let has = |name: &str| start.windows(name.len()).any(|found| found == name.as_bytes());
    start.contains(&b'<') && (has("score-partwise") || has("score-timewise"))
}

/// Reads the bytes of a MusicXML file.
///
/// # Errors
///
/// [`ReadError::Malformed`] where it is no well-formed XML, no score, or declares entities;
/// [`ReadError::OverLimit`] where it holds more than `limits` allow.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    limits.check("bytes", bytes.len(), limits.bytes)?;
    read_text(bytes, Format::MusicXml, limits)
}

pub(super) fn read_text(
    bytes: &[u8],
    format: Format,
    limits: &Limits,
) -> Result<Reading, ReadError> {
    let text = text::decode(bytes);
    let document = text::parse(&text, format)?;
    let root = document.root_element();
    let malformed = |what| ReadError::Malformed { format, what, offset: root.range().start };
    let parts = match root.tag_name().name() {
        "score-partwise" => partwise(root),
        "score-timewise" => timewise(root),
        _ => return Err(malformed("its root is neither score-partwise nor score-timewise")),
    };
    if parts.is_empty() {
        return Err(malformed("a score without parts"));
    }
    limits.check("tracks", parts.len(), limits.tracks)?;
    let bars = parts.iter().map(|(_, measures)| measures.len()).max().unwrap_or(0);
    limits.check("bars", bars, BARS_MAX)?;

    let mut repairs = Repairs::default();
    let clock = clock(root, &mut repairs);
    let mut pages = Vec::with_capacity(parts.len());
    let mut notes = 0;
    for (index, (part, measures)) in parts.iter().enumerate() {
        repairs.enter_track(Some(index + 1));
        let mut state = PartState {
            part,
            ticks_per_quarter: u64::from(clock.get()),
            divisions: 1,
            transpose: 0,
            voices: Vec::new(),
        };
        let measures: Vec<Measure> =
            measures.iter().map(|&node| state.measure(node, &mut repairs)).collect();
        notes += measures.iter().map(|measure| measure.notes.len()).sum::<usize>();
        limits.check("notes", notes, limits.notes)?;
        pages.push(measures);
    }
    let mut play = Play::new(clock, &pages, bars);
    play.score.title = title(root);
    texts(root, &mut play.score);
    for (index, ((part, _), measures)) in parts.iter().zip(&pages).enumerate() {
        repairs.enter_track(Some(index + 1));
        play.part(part, measures, limits, &mut repairs)?;
    }
    let mut score = play.score;
    score.sort();
    score.chords.dedup();
    Ok(Reading { score, format, repairs: repairs.into_list() })
}

/// Every part with its bars.
type Parts<'a, 'i> = Vec<(ScorePart, Vec<Node<'a, 'i>>)>;

fn partwise<'a, 'i>(root: Node<'a, 'i>) -> Parts<'a, 'i> {
    let list = part_list(root);
    let parts = root.children().filter(|node| node.has_tag_name("part"));
    parts
        .map(|part| {
            let bars = part.children().filter(|node| node.has_tag_name("measure")).collect();
            (listed(&list, part), bars)
        })
        .collect()
}

fn timewise<'a, 'i>(root: Node<'a, 'i>) -> Parts<'a, 'i> {
    let list = part_list(root);
    let mut parts: Parts<'a, 'i> = Vec::new();
    for bar in root.children().filter(|node| node.has_tag_name("measure")) {
        for (index, part) in bar.children().filter(|n| n.has_tag_name("part")).enumerate() {
            match parts.get_mut(index) {
                Some((_, bars)) => bars.push(part),
                None => parts.push((listed(&list, part), vec![part])),
            }
        }
    }
    parts
}

/// The entry of the list that a part refers to.
fn listed(list: &[ScorePart], part: Node<'_, '_>) -> ScorePart {
    let found = list.iter().find(|listed| part.attribute("id") == Some(&listed.id));
    found.cloned().unwrap_or_else(|| ScorePart {
        instruments: vec![Default::default()],
        ..ScorePart::default()
    })
}

/// A clock on which every division of the page is whole ticks, and that has triplets and 32nds.
fn clock(root: Node<'_, '_>, repairs: &mut Repairs) -> NonZero<u16> {
    let mut common: u64 = 1;
    for node in root.descendants().filter(|node| node.has_tag_name("divisions")) {
        let divisions = node.text().and_then(|text| text.trim().parse::<f64>().ok());
        let divisions = divisions.filter(|&d| (1.0..=1e6).contains(&d)).unwrap_or(1.0) as u64;
        common = least_common_multiple(common, divisions).min(1 << 40);
    }
    let fitting = [
        common.is_multiple_of(24).then_some(common),
        Some(least_common_multiple(common, 480)),
        Some(common),
    ];
    let fits = |&clock: &u64| clock <= 0x7FFF;
    let clock = { fitting }.into_iter().flatten().find(fits).unwrap_or_else(|| {
        repairs.add(Fault::PageClock(common.min(0xFFFF) as u16), None, None);
        // It has nine of the ten smallest divisors.
        10_080
    });
    u16::try_from(clock).ok().and_then(NonZero::new).unwrap_or(NonZero::<u16>::MIN)
}

fn least_common_multiple(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

fn title(root: Node<'_, '_>) -> String {
    let work = child(root, "work").and_then(|work| text_of(work, "work-title"));
    work.or_else(|| text_of(root, "movement-title")).unwrap_or_default()
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    text_in(node, name).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn text_in<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    super::part_list::text(node, name)
}

/// Who wrote it, who owns it, and comments.
fn texts(root: Node<'_, '_>, score: &mut Score) {
    let Some(identification) = child(root, "identification") else { return };
    let mut add = |kind, text: String| {
        if !text.is_empty() {
            score.texts.push(Text { onset: Ticks::ZERO, kind, text });
        }
    };
    for node in identification.descendants() {
        let words = node.text().unwrap_or_default();
        match node.tag_name().name() {
            "creator" => match node.attribute("type") {
                Some(kind) => add(TextKind::Comment, format!("{kind}: {}", words.trim())),
                None => add(TextKind::Comment, words.trim().to_owned()),
            },
            "rights" => add(TextKind::Copyright, words.to_owned()),
            "miscellaneous-field" if node.attribute("name") == Some("comment") => {
                add(TextKind::Comment, words.to_owned());
            }
            _ => {}
        }
    }
}

/// A page being played.
struct Play {
    score: Score,
    order: Vec<Played>,
    /// When each bar begins on the page, were it played once.
    written: Vec<u64>,
}

impl Play {
    fn new(clock: NonZero<u16>, pages: &[Vec<Measure>], bars: usize) -> Play {
        let of_bar = |bar: usize| pages.iter().filter_map(move |measures| measures.get(bar));
        let mut meters: Vec<Meter> = Vec::with_capacity(bars);
        let mut lengths: Vec<u64> = Vec::with_capacity(bars);
        let mut signs: Vec<Signs> = Vec::with_capacity(bars);
        let mut ending: Vec<u32> = Vec::new();
        for bar in 0..bars {
            let named = of_bar(bar).find_map(|measure| measure.meter);
            let before = meters.last().copied().unwrap_or(Meter::COMMON);
            meters.push(named.unwrap_or(before));
            let filled = of_bar(bar).map(|measure| measure.length).max().unwrap_or(0);
            let nominal = u64::from(meters[bar].bar(clock).0);
            lengths.push(if filled == 0 { nominal } else { filled });
            let mut sign = Signs::default();
            for measure in of_bar(bar) {
                sign.merge(&measure.signs);
            }
            if let Some(numbers) = of_bar(bar).find_map(|measure| measure.ending_start.clone()) {
                ending = numbers;
            }
            sign.ending = ending.clone();
            if of_bar(bar).any(|measure| measure.ending_stop) {
                ending.clear();
            }
            signs.push(sign);
        }
        let mut written = Vec::with_capacity(bars);
        let mut onset = 0u64;
        for length in &lengths {
            written.push(onset);
            onset += length;
        }
        let order = play(&signs, &lengths, std::slice::from_ref(&(0..bars)), BARS_MAX);
        let score = Score::new(clock);
        let mut play = Play { score, order, written };
        let bar_meter = |bar: usize| BarMeter {
            meter: meters[bar],
            is_named: of_bar(bar).any(|measure| measure.meter.is_some()),
            length: lengths[bar],
        };
        let bars: Vec<BarMeter> = (0..bars).map(bar_meter).collect();
        set_meters(&mut play.score.meters, clock, &play.order, &bars);
        play.keys_and_tempi(pages);
        play
    }

    /// Keys and tempi of all parts; when a bar is played again, only what is then different.
    fn keys_and_tempi(&mut self, pages: &[Vec<Measure>]) {
        let bars = self.written.len();
        let (mut keys, mut tempi) = (Vec::with_capacity(bars), Vec::with_capacity(bars));
        for bar in 0..bars {
            let mut own: Vec<(u64, Key)> = Vec::new();
            let mut tempo: Vec<(u64, f64)> = Vec::new();
            for measure in pages.iter().filter_map(|page| page.get(bar)) {
                for &(at, key) in &measure.keys {
                    // The first part that names a key at a place speaks for all.
                    if own.iter().all(|&(place, _)| place != at) {
                        own.push((at, key));
                    }
                }
                for &(at, bpm) in &measure.tempi {
                    if tempo.iter().all(|&(place, _)| place != at) {
                        tempo.push((at, bpm));
                    }
                }
            }
            own.sort_by_key(|&(at, _)| at);
            tempo.sort_by_key(|&(at, _)| at);
            keys.push(own);
            tempi.push(tempo);
        }
        let keys = play_changes(&self.order, &keys);
        self.score.keys =
            keys.into_iter().map(|(onset, key)| KeyChange { onset: ticks(onset), key }).collect();
        for (onset, bpm) in play_changes(&self.order, &tempi) {
            self.score.tempo.insert_bpm(ticks(onset), bpm);
        }
    }

    /// Plays a part: its notes, chord symbols, markers and lyrics.
    fn part(
        &mut self,
        part: &ScorePart,
        measures: &[Measure],
        limits: &Limits,
        repairs: &mut Repairs,
    ) -> Result<(), ReadError> {
        let loudness = Loudness::new(measures, &self.written);
        let first = self.score.tracks.len();
        // One track for each sound; a kit's drums are one sound.
        let is_drums = part.instruments.iter().any(|i| i.is_drums || i.unpitched.is_some());
        let mut sounds: Vec<u8> = Vec::new();
        let mut by_instrument: Vec<usize> = Vec::new();
        for instrument in &part.instruments {
            let program = instrument.program.number();
            let place = match sounds.iter().position(|&sound| is_drums || sound == program) {
                Some(place) => place,
                None => {
                    sounds.push(program);
                    let program = instrument.program;
                    let name = part.name.clone();
                    let track = Track { name, program, is_drums, ..Track::default() };
                    self.score.tracks.push(track);
                    sounds.len() - 1
                }
            };
            by_instrument.push(first + place);
        }
        let mut count: usize = self.score.note_count();
        // Notes that may still be tied: track, place in it, voice.
        let mut open: Vec<(usize, usize, u32)> = Vec::new();
        let mut seen = vec![false; measures.len()];
        for &Played { bar, pass, onset } in &self.order {
            let Some(measure) = measures.get(bar) else { continue };
            let again = std::mem::replace(&mut seen[bar], true);
            for &(at, chord) in &measure.chords {
                self.score.chords.push(ChordSymbol { onset: ticks(onset + at), chord });
            }
            for (at, words) in measure.markers.iter().filter(|_| !again) {
                let (onset, kind) = (ticks(onset + at), TextKind::Marker);
                self.score.texts.push(Text { onset, kind, text: words.clone() });
            }
            for page_note in &measure.notes {
                let at = ticks((onset as i64 + page_note.onset).max(0) as u64);
                let track = by_instrument[page_note.instrument];
                if let Some(text) = syllable(page_note, pass) {
                    self.score.tracks[track].lyrics.push(Lyric { onset: at, text });
                }
                let notes = &mut self.score.tracks[track].notes;
                let duration = ticks(page_note.duration);
                let goes_on = |&&(its, place, _): &&(usize, usize, u32)| {
                    let note: &Note = &notes[place.min(notes.len().saturating_sub(1))];
                    its == track && note.pitch == page_note.pitch && note.release() == at
                };
                let before = match page_note.tied.0 {
                    true => {
                        let own = open.iter().filter(goes_on).find(|o| o.2 == page_note.voice);
                        own.or_else(|| open.iter().find(goes_on)).copied()
                    }
                    false => None,
                };
                match before {
                    Some(tie) => {
                        notes[tie.1].duration += duration;
                        if !page_note.tied.1 {
                            open.retain(|other| *other != tie);
                        }
                    }
                    None => {
                        if page_note.tied.0 {
                            repairs.add(Fault::StrayTie, None, Some(at));
                        }
                        let written = self.written[bar] as i64 + page_note.onset;
                        let velocity = page_note.velocity.unwrap_or_else(|| loudness.at(written));
                        let velocity = Velocity::clamped(velocity.round() as i32);
                        let (pitch, onset) = (page_note.pitch, at);
                        notes.push(Note { onset, pitch, duration, velocity });
                        count += 1;
                        limits.check("notes", count, limits.notes)?;
                        if page_note.tied.1 {
                            open.push((track, notes.len() - 1, page_note.voice));
                        }
                    }
                }
            }
            // What ended before this bar can no longer be tied to.
            let tracks = &self.score.tracks;
            open.retain(|&(track, place, _)| tracks[track].notes[place].release() > ticks(onset));
        }
        // A sound that is listed and never heard is no track, unless the part has no other.
        let heard = |track: &Track| !(track.notes.is_empty() && track.lyrics.is_empty());
        if self.score.tracks[first..].iter().any(heard) {
            let own = self.score.tracks.split_off(first);
            self.score.tracks.extend(own.into_iter().filter(heard));
        } else {
            self.score.tracks.truncate(first + 1);
        }
        limits.check("tracks", self.score.tracks.len(), limits.tracks)
    }
}

/// What is sung in a pass: its own verse, or the first.
fn syllable(note: &PageNote, pass: u32) -> Option<String> {
    let of = |verse| note.lyrics.iter().find(|(number, _)| *number == verse);
    of(pass).or_else(|| note.lyrics.first()).map(|(_, text)| text.clone())
}

//! From a score to text.

use super::TICKS_PER_QUARTER;
use super::error::Unspellable;
use super::header;
use super::lane::Lanes;
use super::value::{self, greatest_common_divisor};
use crate::chord::ChordSymbol;
use crate::lyric::TextKind;
use crate::meter::Meter;
use crate::program::Program;
use crate::score::Score;
use crate::tempo::{TempoChange, TempoMap};
use crate::time::Ticks;
use crate::track::Track;

/// Bars in a line: what a page has room for.
const SYSTEM_BARS: usize = 4;

/// The most bars that are spelled, about five hours of common time: a single note at the last
/// tick would otherwise make gigabytes of rests.
const BARS_MAX: usize = 10_000;

/// Writes a score in the [notation](crate::notation), so that reading the text gives it back.
///
/// The clock must be [`TICKS_PER_QUARTER`]; meters, keys, tempi and markers must change where a
/// bar begins; tracks need different names. What the notation has no sign for (controllers,
/// lyrics, system exclusive messages, other texts) is refused, never left out.
///
/// ```
/// use cantilena_score::{Score, notation};
///
/// let score: Score = "c4 e4 g4+b4 r | c5/1".parse()?;
/// assert_eq!(notation::spell(&score).as_deref(), Ok("c4 e4 g4+b4 r | c5/1 |\n"));
/// # Ok::<(), notation::NotationError>(())
/// ```
pub fn spell(score: &Score) -> Result<String, Unspellable> {
    check(score)?;
    let bars = bars(score)?;
    let end = bars.last().map_or(Ticks::ZERO, |bar| bar.onset + bar.length);

    let mut lines = preface(score)?;
    lines.extend(headers(score, Ticks::ZERO)?);
    let lanes: Vec<Lanes> = score.tracks.iter().map(Lanes::new).collect();
    let staves = score.tracks.len() + usize::from(!score.chords.is_empty());
    let marked = lanes.first().is_some_and(Lanes::has_mark);

    let mut system: Vec<Bar> = Vec::new();
    for (at, &bar) in bars.iter().enumerate() {
        system.push(bar);
        let next = bars.get(at + 1).map_or(end, |next| next.onset);
        let headers = headers(score, next)?;
        if next < end && headers.is_empty() && system.len() < SYSTEM_BARS {
            continue;
        }
        if !score.chords.is_empty() {
            lines.push(format!("chords: {}", chords(&score.chords, &system)));
        }
        for (track, lanes) in score.tracks.iter().zip(&lanes) {
            let music = lanes.spell(&system, marked);
            lines.push(if track.name.is_empty() {
                music
            } else {
                format!("{}: {music}", track.name)
            });
        }
        if next < end && headers.is_empty() && staves > 1 {
            lines.push(String::new());
        }
        lines.extend(headers);
        system.clear();
    }
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// A bar on the way to text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) onset: Ticks,
    pub(super) length: Ticks,
}

/// Refuses what the notation has no sign for.
fn check(score: &Score) -> Result<(), Unspellable> {
    let refuse = |what: String| Err(Unspellable(what));
    if score.ticks_per_quarter() != TICKS_PER_QUARTER {
        let clock = score.ticks_per_quarter();
        return refuse(format!("{clock} ticks a quarter, only {TICKS_PER_QUARTER}; rescale it"));
    }
    if !score.system_exclusive.is_empty() {
        return refuse("system exclusive messages".to_owned());
    }
    for track in &score.tracks {
        if !track.controls.is_empty() {
            return refuse(format!("the controllers of track '{}'", track.name));
        }
        if !track.lyrics.is_empty() {
            return refuse(format!("the lyrics of track '{}'", track.name));
        }
        if !track.notes.is_sorted() || track.notes.iter().any(|note| note.duration.0 == 0) {
            return refuse(format!("the notes of track '{}' out of order", track.name));
        }
    }
    for symbol in &score.chords {
        if symbol.chord.to_string().parse() != Ok(symbol.chord) {
            return refuse(format!("a chord of pitch class {} or bass", symbol.chord.root));
        }
    }
    let chords_rise = score.chords.is_sorted_by(|a, b| a.onset < b.onset);
    let keys_rise = score.keys.is_sorted_by(|a, b| a.onset < b.onset);
    if !chords_rise || !keys_rise || !score.texts.is_sorted_by_key(|text| text.onset) {
        return refuse("two chords or keys at one time, or texts out of order".to_owned());
    }
    let mut markers = score.texts.iter().skip_while(|text| text.kind == TextKind::Comment);
    let comments = score.texts.iter().take_while(|text| text.kind == TextKind::Comment);
    if markers.any(|text| text.kind != TextKind::Marker)
        || comments.into_iter().any(|text| text.onset > Ticks::ZERO)
    {
        return refuse("texts other than comments at the start and markers".to_owned());
    }
    let texts = score.texts.iter().map(|text| &text.text);
    match texts.chain([&score.title]).find(|text| text.trim() != **text || text.contains('\n')) {
        Some(text) => refuse(format!("{text:?}, which is no plain line")),
        None => Ok(()),
    }
}

/// The bars that hold the music and every change.
fn bars(score: &Score) -> Result<Vec<Bar>, Unspellable> {
    let changes = score.meters.changes();
    let headed: Vec<Ticks> = (changes.iter().map(|change| change.onset))
        .chain(score.keys.iter().map(|change| change.onset))
        .chain(score.tempo.changes().iter().map(|change| change.onset))
        .chain(markers(score).map(|(onset, _)| onset))
        .collect();
    let chords = score.chords.iter().map(|symbol| symbol.onset + Ticks(1));
    let end = headed.iter().copied().chain(chords).chain([score.length()]).max();
    let end = end.unwrap_or(Ticks::ZERO);

    let mut bars: Vec<Bar> = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let until = changes.get(index + 1).map_or(end, |next| next.onset);
        let length = change.meter.bar(TICKS_PER_QUARTER);
        let mut onset = change.onset;
        while onset < until {
            let is_short = index + 1 < changes.len() && onset + length > until;
            if is_short && onset > Ticks::ZERO {
                let bar = bars.len() + 1;
                return Err(Unspellable(format!("bar {bar}, cut short by a change of meter")));
            }
            if bars.len() == BARS_MAX {
                return Err(Unspellable(format!("more than {BARS_MAX} bars")));
            }
            let length = if is_short { until - onset } else { length };
            bars.push(Bar { onset, length });
            onset += length;
        }
    }
    let last = bars.last().map_or(Ticks::ZERO, |bar| bar.onset + bar.length);
    let begins =
        |tick: Ticks| tick == last || bars.binary_search_by_key(&tick, |bar| bar.onset).is_ok();
    if let Some(within) = headed.into_iter().find(|&tick| !begins(tick)) {
        let what = format!("a change of key, tempo or section at tick {}, within a bar", within.0);
        return Err(Unspellable(what));
    }
    if !bars.is_empty() && score.tracks.is_empty() && score.chords.is_empty() {
        return Err(Unspellable("changes of meter, key or tempo without any track".to_owned()));
    }
    Ok(bars)
}

/// The lines that stand before all music.
fn preface(score: &Score) -> Result<Vec<String>, Unspellable> {
    let mut lines = Vec::new();
    if !score.title.is_empty() {
        lines.push(format!("= {}", score.title));
    }
    let comments = score.texts.iter().filter(|text| text.kind == TextKind::Comment);
    lines.extend(comments.map(|comment| format!("origin: {}", comment.text)));

    // A piano without a name needs no declaration, but only its music shows that it is there.
    let is_plain = matches!(&score.tracks[..], [track] if track.name.is_empty()
        && !track.is_drums && track.program == Program::PIANO && !track.notes.is_empty());
    if !is_plain && !score.tracks.is_empty() {
        let tracks: Vec<String> = score.tracks.iter().map(declaration).collect();
        let text = tracks.join(", ");
        let bare = |track: &Track| (track.name.clone(), track.program, track.is_drums);
        let meant: Vec<_> = score.tracks.iter().map(bare).collect();
        let read = header::tracks(&text).map_err(Unspellable)?;
        let read: Vec<_> = read.iter().map(|(track, _)| bare(track)).collect();
        if read != meant || text.contains(['\n', '\r']) {
            return Err(Unspellable(format!("tracks of these names: {text:?}")));
        }
        lines.push(format!("tracks: {text}"));
    }
    Ok(lines)
}

fn declaration(track: &Track) -> String {
    let program = match (track.is_drums, track.program.number()) {
        (false, number) => number.to_string(),
        (true, 0) => "drums".to_owned(),
        (true, kit) => format!("drums {kit}"),
    };
    if track.name.is_empty() { program } else { format!("{} {program}", track.name) }
}

/// The lines of what changes at `onset`.
fn headers(score: &Score, onset: Ticks) -> Result<Vec<String>, Unspellable> {
    let mut lines = Vec::new();
    let changes = score.meters.changes();
    let pickup = changes.get(1).map(|change| change.onset);
    let pickup = pickup.filter(|&onset| onset < changes[0].meter.bar(TICKS_PER_QUARTER));
    for change in changes.iter().filter(|change| change.onset == onset) {
        if change.meter.denominator() > 32 {
            return Err(Unspellable(format!("a meter of {}", change.meter)));
        }
        let is_said = (onset == Ticks::ZERO && change.meter == Meter::COMMON)
            || (pickup == Some(onset) && change.meter == changes[0].meter);
        if !is_said {
            lines.push(format!("meter: {}", change.meter));
        }
    }
    if let Some(pickup) = pickup.filter(|_| onset == Ticks::ZERO) {
        lines.push(format!("pickup: {}", value::fraction(pickup)));
    }
    let keys = score.keys.iter().filter(|change| change.onset == onset);
    lines.extend(keys.map(|change| format!("key: {}", change.key)));
    for &change in score.tempo.changes().iter().filter(|change| change.onset == onset) {
        let plain = TempoMap::new(TICKS_PER_QUARTER).changes()[0];
        if change != plain {
            lines.push(format!("tempo: {}", tempo(change)?));
        }
    }
    let sections = markers(score).filter(|marker| marker.0 == onset);
    lines.extend(sections.map(|(_, name)| format!("[{name}]")));
    Ok(lines)
}

fn markers(score: &Score) -> impl Iterator<Item = (Ticks, &str)> {
    let markers = score.texts.iter().filter(|text| text.kind == TextKind::Marker);
    markers.map(|text| (text.onset, text.text.as_str()))
}

/// The shortest number of quarters a minute that is read back as this tempo.
fn tempo(change: TempoChange) -> Result<String, Unspellable> {
    // 12 digits behind the point are more than an f64 of this size holds.
    let spelled = (0..=12).map(|digits| format!("{:.digits$}", change.bpm()));
    let mut exact = spelled.filter(|text| {
        let mut map = TempoMap::new(TICKS_PER_QUARTER);
        let bpm = header::tempo(text);
        bpm.is_ok_and(|bpm| {
            map.insert_bpm(change.onset, bpm);
            map.at(change.onset).micros_per_quarter == change.micros_per_quarter
        })
    });
    let slow = || Unspellable(format!("{} microseconds a quarter", change.micros_per_quarter));
    exact.next().ok_or_else(slow)
}

/// A line of chord symbols: each bar in as few shares as show every onset.
fn chords(chords: &[ChordSymbol], system: &[Bar]) -> String {
    let mut words = Vec::new();
    for bar in system {
        let within = |symbol: &&ChordSymbol| {
            bar.onset <= symbol.onset && symbol.onset < bar.onset + bar.length
        };
        let symbols: Vec<&ChordSymbol> = chords.iter().filter(within).collect();
        let share = symbols.iter().fold(bar.length.0, |share, symbol| {
            greatest_common_divisor(share, (symbol.onset - bar.onset).0)
        });
        for onset in (0..bar.length.0).step_by(share as usize) {
            let symbol = symbols.iter().find(|symbol| symbol.onset.0 == bar.onset.0 + onset);
            words.push(symbol.map_or_else(|| ".".to_owned(), |symbol| symbol.chord.to_string()));
        }
        words.push("|".to_owned());
    }
    words.join(" ")
}

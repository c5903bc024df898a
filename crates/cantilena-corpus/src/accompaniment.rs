//! Chord symbols played by a left hand, in a few textures that every pianist knows.

use cantilena_score::{Bars, Chord, Note, Pitch, Program, Score, Ticks, Track, Velocity};

/// A texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Each chord once, held.
    Block,
    /// Bass and chord in turn, root and fifth: marches, and anything in two or four.
    March,
    /// Bass, chord, chord.
    Waltz,
    /// Bass and chord in turn, twice as fast as a march.
    Polka,
    /// Bass and chord in each dotted beat, long and short.
    Jig,
    /// Alberti's bass: low, high, middle, high.
    Broken,
    /// Up and down through the chord.
    Flowing,
}

impl Style {
    /// The style of this name.
    pub(crate) fn named(name: &str) -> Option<Style> {
        Some(match name {
            "block" => Style::Block,
            "march" => Style::March,
            "waltz" => Style::Waltz,
            "polka" => Style::Polka,
            "jig" => Style::Jig,
            "broken" => Style::Broken,
            "flowing" => Style::Flowing,
            _ => return None,
        })
    }
}

/// What is struck at one place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stroke {
    Bass,
    /// The fifth of the chord, below the bass where it can be.
    Fifth,
    /// All upper notes.
    Chord,
    /// One upper note, from the lowest.
    Tone(usize),
}

use Stroke::{Bass, Chord as Upper, Fifth, Tone};

/// The lowest bass note, E2, and the span of an octave above it.
const BASS_LOW: u8 = 40;
/// The middle about which upper notes lie: F3, so that a melody above middle C stays free.
const UPPER_MIDDLE: i32 = 53;

/// Softer than a melody at mezzo-forte, the bass a little less so.
const BASS_VELOCITY: i32 = 62;
const UPPER_VELOCITY: i32 = 54;

/// Adds a track that plays the score's chord symbols. The last bar is one held chord.
pub(crate) fn accompany(score: &mut Score, style: Style) {
    let clock = score.ticks_per_quarter();
    let bars = Bars::new(&score.meters, clock);
    let mut track = Track::new(Program::PIANO);
    "Accompaniment".clone_into(&mut track.name);
    let mut upper: Vec<u8> = Vec::new();
    let count = score.bars();
    for bar in 0..count {
        let (onset, end) = (bars.onset(bar), bars.onset(bar + 1));
        let beats = bars.position(onset).meter;
        let style = if bar + 1 == count { Style::Block } else { style };
        let quarter = u32::from(clock.get());
        for (place, length, stroke) in
            pattern(style, end.since(onset).0, quarter, beats.denominator())
        {
            let at = onset + Ticks(place);
            let Some(chord) = chord_at(score, at) else { continue };
            // A held chord ends where the harmony changes, and is struck again there.
            let next = next_change(score, at).min(end);
            let length = Ticks(length).min(next.since(at));
            upper = voiced(chord, &upper);
            strike(&mut track, at, length, chord, &upper, stroke);
        }
        if style == Style::Block {
            let changes = score.chords.iter().filter(|c| c.onset > onset && c.onset < end);
            for symbol in changes {
                let length = next_change(score, symbol.onset).min(end).since(symbol.onset);
                upper = voiced(symbol.chord, &upper);
                strike(&mut track, symbol.onset, length, symbol.chord, &upper, Bass);
                strike(&mut track, symbol.onset, length, symbol.chord, &upper, Upper);
            }
        }
    }
    track.sort();
    score.tracks.push(track);
}

/// The chord that holds at a tick.
fn chord_at(score: &Score, tick: Ticks) -> Option<Chord> {
    let after = score.chords.partition_point(|symbol| symbol.onset <= tick);
    Some(score.chords[after.checked_sub(1)?].chord)
}

/// Where the next chord begins.
fn next_change(score: &Score, tick: Ticks) -> Ticks {
    let after = score.chords.partition_point(|symbol| symbol.onset <= tick);
    score.chords.get(after).map_or(Ticks(u32::MAX), |symbol| symbol.onset)
}

/// Place, length and stroke of everything in a bar of this length.
fn pattern(style: Style, bar: u32, quarter: u32, denominator: u16) -> Vec<(u32, u32, Stroke)> {
    let (eighth, dotted) = (quarter / 2, quarter * 3 / 2);
    let beat = if denominator == 8 && style == Style::Waltz { eighth } else { quarter };
    let mut strokes = Vec::new();
    let cycle = |step: u32, of: &[Stroke], strokes: &mut Vec<_>| {
        for (place, stroke) in (0..bar).step_by(step as usize).zip(of.iter().cycle()) {
            strokes.push((place, step, *stroke));
        }
    };
    match style {
        Style::Block => strokes.extend([(0, bar, Bass), (0, bar, Upper)]),
        Style::March => cycle(beat, &[Bass, Upper, Fifth, Upper], &mut strokes),
        Style::Polka => cycle(eighth, &[Bass, Upper, Fifth, Upper], &mut strokes),
        Style::Waltz => cycle(beat, &[Bass, Upper, Upper], &mut strokes),
        Style::Jig => {
            for place in (0..bar).step_by(dotted as usize) {
                let low = if place == 0 { Bass } else { Fifth };
                strokes.extend([(place, quarter, low), (place + quarter, eighth, Upper)]);
            }
        }
        Style::Broken if bar.is_multiple_of(dotted) && denominator == 8 => {
            cycle(eighth, &[Tone(0), Tone(1), Tone(2)], &mut strokes);
        }
        Style::Broken => cycle(eighth, &[Tone(0), Tone(2), Tone(1), Tone(2)], &mut strokes),
        Style::Flowing => {
            cycle(eighth, &[Bass, Tone(0), Tone(1), Tone(2), Tone(1), Tone(0)], &mut strokes);
        }
    }
    strokes
}

/// Three upper notes of a chord, as near as can be to those before; the fifth of a seventh chord
/// is left out.
fn voiced(chord: Chord, before: &[u8]) -> Vec<u8> {
    let mut classes: Vec<u8> = chord.classes().collect();
    if classes.len() > 3 {
        classes.remove(2);
        classes.truncate(3);
    }
    let centre = match before.len() {
        0 => UPPER_MIDDLE * classes.len() as i32,
        // Half-way back to the middle, so that a long piece does not wander off.
        count => {
            let sum: i32 = before.iter().map(|&pitch| i32::from(pitch)).sum();
            (sum * classes.len() as i32 / count as i32 + UPPER_MIDDLE * classes.len() as i32) / 2
        }
    };
    let close = |inversion: usize| -> Vec<u8> {
        let mut pitches: Vec<u8> = Vec::new();
        for step in 0..classes.len() {
            let class = classes[(inversion + step) % classes.len()];
            let above = pitches.last().map_or(48, |last| last + 1);
            pitches.push(above + (class + 12 - above % 12) % 12);
        }
        pitches
    };
    let octaves = (0..classes.len()).map(close).flat_map(|close| {
        let lower = close.iter().map(|pitch| pitch - 12).collect();
        [close, lower]
    });
    let off = |pitches: &Vec<u8>| {
        let sum: i32 = pitches.iter().map(|&pitch| i32::from(pitch)).sum();
        (sum - centre).abs()
    };
    octaves.min_by_key(off).unwrap_or_default()
}

fn strike(
    track: &mut Track,
    onset: Ticks,
    length: Ticks,
    chord: Chord,
    upper: &[u8],
    stroke: Stroke,
) {
    let bass = BASS_LOW + (chord.bass + 12 - BASS_LOW % 12) % 12;
    let fifth = chord.classes().nth(2).map_or(bass, |class| {
        let below = bass - (bass % 12 + 12 - class) % 12;
        if below >= BASS_LOW - 4 { below } else { below + 12 }
    });
    let (pitches, velocity): (Vec<u8>, i32) = match stroke {
        Bass => (vec![bass], BASS_VELOCITY),
        Fifth => (vec![fifth], BASS_VELOCITY),
        Upper => (upper.to_vec(), UPPER_VELOCITY),
        Tone(place) => {
            (upper.get(place % upper.len().max(1)).copied().into_iter().collect(), UPPER_VELOCITY)
        }
    };
    let notes = pitches.into_iter().flat_map(Pitch::new).map(|pitch| Note {
        onset,
        pitch,
        duration: length,
        velocity: Velocity::clamped(velocity),
    });
    track.notes.extend(notes);
}

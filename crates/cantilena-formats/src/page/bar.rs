//! One voice of one bar as notes and rests that can be written.

use cantilena_score::Ticks;

use crate::page::tuplet::{BarShape, Ratio, Tuplet};
use crate::page::value::Value;

/// A note, chord or rest as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Ticks since the bar began.
    pub(crate) start: u32,
    /// Ticks that it lasts.
    pub(crate) length: u32,
    /// Its value; none for a rest of a whole bar.
    pub(crate) value: Option<Value>,
    pub(crate) tuplet: Option<Place>,
    /// Which of the given events sounds; none for a rest.
    pub(crate) event: Option<usize>,
    /// Whether it goes on from the segment before, and into the next.
    pub(crate) tied: (bool, bool),
}

/// A place in a tuplet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) ratio: Ratio,
    /// The value that so many of are played.
    pub(crate) unit: Option<Value>,
    pub(crate) is_first: bool,
    pub(crate) is_last: bool,
}

/// What sounds in the bar, from the one tick since it began to the other; and whether it sounded
/// before the bar, and sounds on behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) goes_on: (bool, bool),
}

/// Writes the events of a voice, in order and not overlapping, with rests between them.
pub(crate) fn segments(shape: &BarShape, events: &[Event]) -> Vec<Segment> {
    if events.is_empty() {
        return vec![Segment {
            start: 0,
            length: shape.length,
            value: None,
            tuplet: None,
            event: None,
            tied: (false, false),
        }];
    }
    let mut points: Vec<u32> = events.iter().flat_map(|event| [event.start, event.end]).collect();
    points.dedup();
    let tuplets = shape.tuplets(&points);
    let mut segments = Vec::new();
    let mut position = 0;
    for (index, event) in events.iter().enumerate() {
        put(shape, &tuplets, position, event.start, None, &mut segments);
        let first = segments.len();
        put(shape, &tuplets, event.start, event.end, Some(index), &mut segments);
        let last = segments.len() - 1;
        for (at, segment) in segments.iter_mut().enumerate().skip(first) {
            segment.tied = (at > first || event.goes_on.0, at < last || event.goes_on.1);
        }
        position = event.end;
    }
    put(shape, &tuplets, position, shape.length, None, &mut segments);
    segments
}

/// The most ties within a bar that a player reads at sight: a quarter that is late by a 32nd has
/// two.
const TIES_MAX: usize = 2;

/// Beams from which a value is too short to be read at sight: a 64th has four, and in a tuplet a
/// 32nd is as short.
const BEAMS_MANY: u8 = 4;

/// How many notes of a voice begin in this bar and are hard to read there; `notes` tells how many
/// sound in an event.
pub(crate) fn hard_to_read(segments: &[Segment], notes: impl Fn(usize) -> usize) -> usize {
    let sounding: Vec<&Segment> = segments.iter().filter(|s| s.event.is_some()).collect();
    let is_hard = |pieces: &&[&Segment]| {
        let is_short = |piece: &&Segment| {
            let beams = piece.value.map_or(0, Value::beams) + u8::from(piece.tuplet.is_some());
            beams >= BEAMS_MANY
        };
        // The first piece of a note that began in another bar is tied from there.
        !pieces[0].tied.0 && (pieces.len() > TIES_MAX + 1 || pieces.iter().any(is_short))
    };
    let events = sounding.chunk_by(|one, other| one.event == other.event).filter(is_hard);
    events.filter_map(|pieces| pieces[0].event).map(notes).sum()
}

/// Writes one note or rest, cut where a tuplet begins or ends and where values ask for it.
fn put(
    shape: &BarShape,
    tuplets: &[Tuplet],
    start: u32,
    end: u32,
    event: Option<usize>,
    segments: &mut Vec<Segment>,
) {
    let mut position = start;
    while position < end {
        let next = tuplets.iter().find(|tuplet| tuplet.end > position);
        match next {
            Some(tuplet) if tuplet.start <= position => {
                let stop = end.min(tuplet.end);
                fill_tuplet(shape, tuplet, position, stop, event, segments);
                position = stop;
            }
            _ => {
                let stop = next.map_or(end, |tuplet| end.min(tuplet.start));
                fill_plain(shape, position, stop, event, segments);
                position = stop;
            }
        }
    }
}

fn fill_tuplet(
    shape: &BarShape,
    tuplet: &Tuplet,
    start: u32,
    end: u32,
    event: Option<usize>,
    segments: &mut Vec<Segment>,
) {
    let Ratio { actual, normal } = tuplet.ratio;
    let length = tuplet.end - tuplet.start;
    // Counted on a finer clock, for a value may be no whole ticks before the tuplet shortens it.
    let written =
        |ticks: u32| Value::of(Ticks(ticks.checked_mul(actual)?), shape.ticks_per_quarter * normal);
    let unit = Value::of(Ticks(length), shape.ticks_per_quarter * normal);
    let mut position = start;
    while position < end {
        // The longest value first: five units are four and one.
        let mut piece = length / actual * actual;
        let left = end - position;
        let pieces = (0..8).flat_map(|halvings| {
            let plain = (length / actual * 4) >> halvings;
            [plain * 3 / 2, plain]
        });
        let fits = |&ticks: &u32| ticks > 0 && ticks <= left && written(ticks).is_some();
        piece = { pieces }.find(fits).unwrap_or(left.min(piece));
        segments.push(Segment {
            start: position,
            length: piece,
            value: written(piece),
            tuplet: Some(Place {
                ratio: tuplet.ratio,
                unit,
                is_first: position == tuplet.start,
                is_last: position + piece == tuplet.end,
            }),
            event,
            tied: (false, false),
        });
        position += piece;
    }
}

fn fill_plain(
    shape: &BarShape,
    start: u32,
    end: u32,
    event: Option<usize>,
    segments: &mut Vec<Segment>,
) {
    let value = Value::of(Ticks(end - start), shape.ticks_per_quarter);
    if value.is_some_and(|value| reads_well(shape, start, end, value))
        || !can_cut(shape, start, end)
    {
        let length = end - start;
        let tied = (false, false);
        segments.push(Segment { start, length, value, tuplet: None, event, tied });
        return;
    }
    let cut = strongest(shape, start, end);
    fill_plain(shape, start, cut, event, segments);
    fill_plain(shape, cut, end, event, segments);
}

/// Whether a value may stand where it would: it hides no beat that the eye looks for.
fn reads_well(shape: &BarShape, start: u32, end: u32, value: Value) -> bool {
    let length = end - start;
    if shape.is_compound() {
        let beat = 3 * shape.unit();
        let crosses = start / beat != (end - 1) / beat;
        if crosses {
            return start.is_multiple_of(beat) && end.is_multiple_of(beat);
        }
    }
    let step = if value.dots == 0 { length / 2 } else { length / 3 };
    start.is_multiple_of(step.max(shape.shortest))
}

fn can_cut(shape: &BarShape, start: u32, end: u32) -> bool {
    (start / shape.shortest + 1) * shape.shortest < end
}

/// The strongest place of the bar between two others.
fn strongest(shape: &BarShape, start: u32, end: u32) -> u32 {
    let mut level = match shape.is_compound() {
        true => 3 * shape.unit(),
        false => 4 * shape.ticks_per_quarter,
    };
    loop {
        let next = (start / level + 1) * level;
        if next < end {
            return next;
        }
        level = match level.is_multiple_of(3) && shape.is_compound() && level == 3 * shape.unit() {
            true => shape.unit(),
            false => (level / 2).max(shape.shortest),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::Meter;

    /// Writes notes given as (start, end) and tells the segments as `value:ticks`, rests with an
    /// `r`, ties with a `~`.
    #[track_caller]
    fn check(numerator: u8, denominator: u16, events: &[(u32, u32)], expected: &str) {
        let meter = Meter::new(numerator, denominator).unwrap();
        let length = 96 * u32::from(numerator) / u32::from(denominator);
        let shape = BarShape { length, meter, ticks_per_quarter: 24, shortest: 3 };
        let event = |&(start, end): &(u32, u32)| Event { start, end, goes_on: (false, false) };
        let events: Vec<Event> = events.iter().map(event).collect();
        let segments = segments(&shape, &events);
        assert_eq!(segments.iter().map(|segment| segment.length).sum::<u32>(), length);
        let words = segments.iter().map(|segment| {
            let value = segment.value.map_or("bar", Value::name);
            let dot = segment.value.map_or("", |value| ["", "."][usize::from(value.dots)]);
            let tuplet = segment.tuplet.map_or(String::new(), |t| format!("/{}", t.ratio.actual));
            let rest = if segment.event.is_none() { "r " } else { "" };
            let tie = if segment.tied.1 { "~" } else { "" };
            format!("{rest}{value}{dot}{tuplet}{tie}")
        });
        assert_eq!(words.collect::<Vec<_>>().join(", "), expected);
    }

    #[test]
    fn rests_fill_what_no_note_does() {
        check(4, 4, &[], "r bar");
        check(4, 4, &[(24, 36)], "r quarter, eighth, r eighth, r half");
        check(3, 4, &[(0, 72)], "half.");
    }

    #[test]
    fn values_that_hide_a_beat_are_tied() {
        check(4, 4, &[(12, 36), (36, 96)], "r eighth, quarter, eighth~, half");
        check(6, 8, &[(24, 48), (48, 72)], "r quarter, eighth~, eighth, quarter");
    }

    #[test]
    fn tiny_values_and_many_ties_are_hard_to_read_and_a_long_note_is_not() {
        let meter = Meter::new(4, 4).unwrap();
        let shape = BarShape { length: 384, meter, ticks_per_quarter: 96, shortest: 3 };
        let hard = |events: &[(u32, u32, bool)]| {
            let event = |&(start, end, goes_on): &(u32, u32, bool)| Event {
                start,
                end,
                goes_on: (goes_on, false),
            };
            let events: Vec<Event> = events.iter().map(event).collect();
            hard_to_read(&segments(&shape, &events), |event| event + 1)
        };
        // Quarters, 32nds, triplets, and a half that begins a 16th late.
        assert_eq!(hard(&[(0, 96, false), (96, 108, false), (192, 224, false)]), 0);
        assert_eq!(hard(&[(24, 216, false)]), 0);
        // 32nds of a triplet, and sixteenths of one.
        assert_eq!(hard(&[(0, 8, false), (8, 16, false), (16, 24, false)]), 6);
        assert_eq!(hard(&[(0, 16, false), (16, 32, false), (32, 48, false)]), 0);
        // A 64th; of the second event, which has two notes.
        assert_eq!(hard(&[(0, 96, false), (96, 102, false)]), 2);
        // From a 64th before one beat to a 64th behind another; not where it began bars ago.
        assert_eq!(hard(&[(90, 294, false)]), 1);
        assert_eq!(hard(&[(0, 294, true)]), 0);
    }

    #[test]
    fn tuplets_are_closed_by_rests() {
        check(2, 4, &[(0, 8), (8, 16)], "eighth/3, eighth/3, r eighth/3, r quarter");
        check(4, 4, &[(0, 20), (20, 96)], "eighth~, eighth/3, 16th/3~, half.");
    }
}

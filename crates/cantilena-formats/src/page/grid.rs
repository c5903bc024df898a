//! Moving what was played to where it can be written.
//!
//! A page has no ticks: it has values, dots and tuplets. So each track chooses a grid for every
//! quarter of every bar, and what stands beside it is moved to its nearest place. Music that is
//! on a grid already (halves down to 128ths, triplets, quintuplets and septuplets of them) is
//! not moved at all.

use std::num::NonZero;

use cantilena_score::{BarPosition, Bars, MeterMap, Note, Score, Ticks};

use crate::fault::Fault;
use crate::page::tuplet::BarShape;
use crate::page::value::shortest;
use crate::repair::Repairs;

/// The grids of a quarter that fit exactly or not at all, the plainest first.
const EXACT: [u32; 16] = [1, 2, 4, 3, 8, 6, 16, 12, 32, 24, 5, 10, 20, 7, 14, 28];

/// The grids of a quarter that something played freely is moved to.
const PLAYED: [u32; 6] = [1, 2, 4, 3, 8, 6];

/// What one more place in a quarter costs, as a share of the quarter by which a point is moved.
///
/// With less, every rubato becomes a 32nd; with more, sixteenths become eighths. Set so that
/// points that are off by less than a twentieth of a quarter keep to sixteenths.
const COST_OF_A_PLACE: f64 = 0.004;

/// The clock on which a score can be written: its own where that has triplets and 32nds in every
/// beat, else the smallest multiple, else 480 ticks.
pub(crate) fn clock(score: &Score) -> NonZero<u16> {
    let own = score.ticks_per_quarter();
    let denominators = score.meters.changes().iter().map(|change| change.meter.denominator());
    // A beat of a 128th is a 32nd part of a quarter.
    let finest = denominators.map(|denominator| denominator / 4).max().unwrap_or(1).max(8);
    let needed = 3 * u32::from(finest);
    let multiple = u32::from(own.get()) / greatest_common_divisor(u32::from(own.get()), needed);
    let fitting = multiple * needed;
    u16::try_from(fitting)
        .ok()
        .filter(|&clock| clock <= 0x7FFF)
        .and_then(NonZero::new)
        .unwrap_or(NonZero::new(480).expect("480 is not zero"))
}

/// The greatest number that divides both.
pub(crate) fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// The meters, each beginning a whole number of the shortest values behind the one before.
pub(crate) fn settle_meters(score: &Score, repairs: &mut Repairs) -> MeterMap {
    let shortest = shortest(u32::from(score.ticks_per_quarter().get()));
    let mut meters = MeterMap::new(score.meters.changes()[0].meter);
    for change in &score.meters.changes()[1..] {
        let settled = Ticks((change.onset.0 + shortest / 2) / shortest * shortest);
        if settled != change.onset {
            repairs.add(Fault::MeterOffGrid, None, Some(change.onset));
        }
        meters.insert(settled, change.meter);
    }
    meters
}

/// The bars as a page shows them.
#[derive(Debug)]
pub(crate) struct Page {
    bars: Bars,
    ticks_per_quarter: u32,
    shortest: u32,
}

impl Page {
    pub(crate) fn new(meters: &MeterMap, clock: NonZero<u16>) -> Page {
        let ticks_per_quarter = u32::from(clock.get());
        let shortest = shortest(ticks_per_quarter);
        Page { bars: Bars::new(meters, clock), ticks_per_quarter, shortest }
    }

    /// The tick at which a bar begins.
    pub(crate) fn onset(&self, bar: u32) -> Ticks {
        self.bars.onset(bar)
    }

    /// The bar that holds a tick.
    pub(crate) fn position(&self, tick: Ticks) -> BarPosition {
        self.bars.position(tick)
    }

    /// How long a bar is and how it is divided.
    pub(crate) fn shape(&self, bar: u32) -> BarShape {
        let onset = self.bars.onset(bar);
        BarShape {
            length: (self.bars.onset(bar + 1) - onset).0.max(1),
            meter: self.bars.position(onset).meter,
            ticks_per_quarter: self.ticks_per_quarter,
            shortest: self.shortest,
        }
    }

    /// The span that holds a tick: its onset and length.
    fn span(&self, tick: Ticks) -> (Ticks, u32) {
        let position = self.bars.position(tick);
        let (start, length) = self.shape(position.bar).span(position.position.0);
        (position.bar_onset + Ticks(start), length)
    }
}

/// The notes of a track where they can be written, in order, and the way from played to written.
pub(crate) fn settle(notes: &[Note], page: &Page, repairs: &mut Repairs) -> (Vec<Note>, Places) {
    let places = Places::new(notes, page);
    let mut settled: Vec<Note> = Vec::with_capacity(notes.len());
    for note in notes {
        let (onset, _) = places.of(note.onset);
        let (release, _) = places.of(note.release());
        let duration = match release.since(onset) {
            // What would have no length gets one place of the grid it stands on.
            Ticks(0) => Ticks(places.unit_at(onset, page)),
            duration => duration,
        };
        if (onset, duration) != (note.onset, note.duration) {
            repairs.add(Fault::OffGrid, None, Some(note.onset));
        }
        settled.push(Note { onset, duration, ..*note });
    }
    settled.sort_unstable();
    (settled, places)
}

/// Where each onset and release of a track is written.
#[derive(Debug)]
pub(crate) struct Places {
    /// By the tick that was played: where it is written, and the unit of its grid.
    moves: Vec<(Ticks, Ticks, u32)>,
    /// By onset of a span: the unit of its grid.
    units: Vec<(Ticks, u32)>,
}

impl Places {
    fn new(notes: &[Note], page: &Page) -> Places {
        let mut ticks: Vec<Ticks> =
            notes.iter().flat_map(|note| [note.onset, note.release()]).collect();
        ticks.sort_unstable();
        ticks.dedup();
        let (mut moves, mut units) = (Vec::with_capacity(ticks.len()), Vec::new());
        let mut rest = &ticks[..];
        while let Some(&first) = rest.first() {
            let (start, length) = page.span(first);
            let inside = rest.partition_point(|&tick| tick < start + Ticks(length)).max(1);
            let points: Vec<u32> = rest[..inside].iter().map(|&tick| (tick - start).0).collect();
            let unit = choose(&points, length, page);
            units.push((start, unit));
            for (&tick, &point) in rest.iter().zip(&points) {
                let place = (point + unit / 2) / unit * unit;
                moves.push((tick, start + Ticks(place), unit));
            }
            rest = &rest[inside..];
        }
        Places { moves, units }
    }

    /// Where a tick at which a note begins or ends is written, and whether there is such a note.
    pub(crate) fn of(&self, tick: Ticks) -> (Ticks, bool) {
        match self.moves.binary_search_by_key(&tick, |&(tick, ..)| tick) {
            Ok(at) => (self.moves[at].1, true),
            Err(_) => (tick, false),
        }
    }

    /// The unit of the grid at a place; where nothing chose one, a quarter of the span.
    fn unit_at(&self, place: Ticks, page: &Page) -> u32 {
        let (start, length) = page.span(place);
        match self.units.binary_search_by_key(&start, |&(start, _)| start) {
            Ok(at) => self.units[at].1,
            Err(_) => (length / 4).max(page.shortest),
        }
    }
}

/// The unit of the plainest grid on which all points of a span stand, or stand nearly.
fn choose(points: &[u32], length: u32, page: &Page) -> u32 {
    // As many places as the span has of those in a quarter.
    let unit_of = |&per_quarter: &u32| -> Option<u32> {
        let unit = page.ticks_per_quarter.checked_div(per_quarter)?;
        let is_whole = page.ticks_per_quarter.is_multiple_of(per_quarter)
            && unit > 0
            && length.is_multiple_of(unit);
        let is_plain = per_quarter.is_power_of_two();
        (is_whole && (!is_plain || unit >= page.shortest)).then_some(unit)
    };
    let fits = |unit: &u32| points.iter().all(|point| point.is_multiple_of(*unit));
    if let Some(unit) = EXACT.iter().filter_map(unit_of).find(fits) {
        return unit;
    }
    let quarter = f64::from(page.ticks_per_quarter);
    let cost = |unit: u32| {
        let off = |&point: &u32| {
            let place = (point + unit / 2) / unit * unit;
            f64::from(place.abs_diff(point)) / quarter
        };
        let moved = points.iter().map(off).sum::<f64>() / points.len() as f64;
        moved + COST_OF_A_PLACE * quarter / f64::from(unit)
    };
    PLAYED.iter().filter_map(unit_of).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::{Pitch, Velocity};

    #[track_caller]
    fn check(played: &[(u32, u32)], written: &[(u32, u32)], moved: usize) {
        let page = Page::new(&MeterMap::default(), NonZero::new(480).unwrap());
        let note = |&(onset, duration): &(u32, u32)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::MIDDLE_C,
            velocity: Velocity::DEFAULT,
        };
        let notes: Vec<Note> = played.iter().map(note).collect();
        let mut repairs = Repairs::default();
        let (settled, _) = settle(&notes, &page, &mut repairs);
        let found: Vec<_> = settled.iter().map(|note| (note.onset.0, note.duration.0)).collect();
        assert_eq!(found, written);
        assert_eq!(repairs.into_list().iter().map(|repair| repair.count).sum::<usize>(), moved);
    }

    #[test]
    fn what_stands_on_a_grid_stays() {
        let exact = [(0, 160), (160, 160), (320, 160), (480, 96), (576, 96), (960, 15)];
        check(&exact, &exact, 0);
    }

    #[test]
    fn what_was_played_freely_goes_to_the_nearest_place() {
        check(&[(3, 470), (485, 228), (715, 3)], &[(0, 480), (480, 240), (720, 240)], 3);
    }
}

//! How loud a part is at every place, from its dynamic marks and wedges.

use crate::musicxml::measure::{Level, Measure};

/// A part that says nothing is played mezzo forte.
const UNMARKED: f64 = 80.0;

/// A wedge that leads to no mark changes by one step of the dynamics.
const STEP: f64 = 16.0;

/// Velocities along a part, by ticks of the page.
#[derive(Debug)]
pub(super) struct Loudness {
    /// In order; between two points that are joined the velocity goes evenly from the one to the
    /// other, behind others it stays.
    points: Vec<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    at: i64,
    velocity: f64,
    /// Whether a wedge leads to the next point.
    is_wedge: bool,
}

impl Loudness {
    /// `written` tells when each bar begins on the page.
    pub(super) fn new(measures: &[Measure], written: &[u64]) -> Loudness {
        let in_bars = measures.iter().zip(written);
        let levels = in_bars.flat_map(|(measure, &bar)| {
            measure.levels.iter().map(move |&(at, level)| ((bar + at) as i64, level))
        });
        let mut levels: Vec<(i64, Level)> = levels.collect();
        levels.sort_by_key(|&(at, _)| at);
        let mut points: Vec<Point> = Vec::new();
        let mut velocity = UNMARKED;
        for (index, &(at, level)) in levels.iter().enumerate() {
            let is_wedge = matches!(level, Level::Crescendo | Level::Diminuendo);
            match level {
                Level::At(marked) => velocity = marked,
                Level::Crescendo | Level::Diminuendo => {}
                Level::Stop => {
                    // A mark that stands where the wedge ends says where it leads.
                    let next = levels[index + 1..].iter().take_while(|&&(next, _)| next == at);
                    let marked = next.into_iter().find_map(|&(_, level)| match level {
                        Level::At(velocity) => Some(velocity),
                        _ => None,
                    });
                    let begun = levels[..index].iter().rev().find_map(|&(_, level)| match level {
                        Level::Crescendo => Some(STEP),
                        Level::Diminuendo => Some(-STEP),
                        _ => None,
                    });
                    let led = || (velocity + begun.unwrap_or(0.0)).clamp(1.0, 127.0);
                    velocity = marked.unwrap_or_else(led);
                }
            }
            points.push(Point { at, velocity, is_wedge });
        }
        Loudness { points }
    }

    /// The velocity of a note that begins at a tick of the page.
    pub(super) fn at(&self, tick: i64) -> f64 {
        let after = self.points.partition_point(|point| point.at <= tick);
        let Some(last) = after.checked_sub(1).map(|place| self.points[place]) else {
            return UNMARKED;
        };
        match self.points.get(after).filter(|_| last.is_wedge) {
            Some(next) => {
                let share = (tick - last.at) as f64 / (next.at - last.at).max(1) as f64;
                last.velocity + (next.velocity - last.velocity) * share
            }
            None => last.velocity,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wedge_leads_evenly_from_one_mark_to_the_next() {
        let levels = vec![
            (0, Level::At(49.0)),
            (100, Level::Crescendo),
            (300, Level::Stop),
            (300, Level::At(97.0)),
            (400, Level::Diminuendo),
            (500, Level::Stop),
        ];
        let measure = Measure { levels, ..Measure::default() };
        let loudness = Loudness::new(&[measure], &[0]);
        let heard: Vec<f64> = [0, 99, 200, 300, 450, 900].map(|tick| loudness.at(tick)).to_vec();
        assert_eq!(heard, [49.0, 49.0, 73.0, 97.0, 89.0, 81.0]);
        assert_eq!(Loudness::new(&[], &[]).at(0), 80.0);
    }
}

//! Loudness over time: marks, and swells from one to the next.

use std::fmt;

use super::error::{NotationError, Place};
use super::stroke;
use crate::note::Velocity;
use crate::time::Ticks;

/// How much harder an accent is struck, in velocities: one step of [`NAMES`].
pub(super) const ACCENT: i32 = 16;

/// The marks of eight even steps; `mp` is [`Velocity::DEFAULT`].
const NAMES: [(&str, i32); 8] = [
    ("ppp", 16),
    ("pp", 32),
    ("p", 48),
    ("mp", 64),
    ("mf", 80),
    ("f", 96),
    ("ff", 112),
    ("fff", 127),
];

/// A sign above the staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// From here on it is so loud.
    Level(i32),
    /// `<`: from here on it grows louder, until the next level.
    Louder,
    /// `>`: from here on it grows softer.
    Softer,
}

/// The marks of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dynamics {
    /// By onset once [`Dynamics::settled`].
    marks: Vec<Placed>,
}

/// A mark, when it holds from and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed {
    onset: Ticks,
    mark: Mark,
    place: Place,
}

impl Mark {
    /// Reads `mf`, `@72`, `<` or `>`; `None` for any other word.
    pub(super) fn read(word: &str) -> Result<Option<Mark>, String> {
        match word {
            "<" => return Ok(Some(Mark::Louder)),
            ">" => return Ok(Some(Mark::Softer)),
            _ => {}
        }
        if let Some(digits) = word.strip_prefix('@') {
            return Ok(Some(Mark::Level(stroke::velocity(digits)?.value().into())));
        }
        let row = NAMES.iter().find(|(name, _)| *name == word);
        Ok(row.map(|&(_, level)| Mark::Level(level)))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Mark::Louder => write!(f, "<"),
            Mark::Softer => write!(f, ">"),
            Mark::Level(level) => match NAMES.iter().find(|row| row.1 == level) {
                Some((name, _)) => write!(f, "{name}"),
                None => write!(f, "@{level}"),
            },
        }
    }
}

impl Dynamics {
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(super) fn push(&mut self, onset: Ticks, mark: Mark, place: Place) {
        self.marks.push(Placed { onset, mark, place });
    }

    /// In order, every swell with a level to go to; else what is wrong with them.
    pub(super) fn settled(mut self) -> Result<Dynamics, NotationError> {
        // Voices of a bar are written one after the other, so their marks are not in order.
        self.marks.sort_by_key(|placed| placed.onset);
        let mut level = i32::from(Velocity::DEFAULT.value());
        for (at, &Placed { mark, place, .. }) in self.marks.iter().enumerate() {
            let next = self.marks.get(at + 1).map(|next| next.mark);
            match (mark, next) {
                (Mark::Level(new), _) => level = new,
                (Mark::Louder, Some(Mark::Level(next))) if next > level => {}
                (Mark::Softer, Some(Mark::Level(next))) if next < level => {}
                (Mark::Louder, _) => return Err(place.error(astray("<", "louder", level))),
                (Mark::Softer, _) => return Err(place.error(astray(">", "softer", level))),
            }
        }
        Ok(self)
    }

    /// The velocity that the marks give to a note at `tick`.
    pub(super) fn level_at(&self, tick: Ticks) -> i32 {
        let after = self.marks.partition_point(|placed| placed.onset <= tick);
        let held = |marks: &[Placed]| match marks.last() {
            Some(&Placed { mark: Mark::Level(level), .. }) => level,
            _ => i32::from(Velocity::DEFAULT.value()),
        };
        let (before, next) = self.marks.split_at(after);
        match (before.last(), next.first()) {
            (
                Some(&Placed { onset: begin, mark: Mark::Louder | Mark::Softer, .. }),
                Some(&Placed { onset: end, mark: Mark::Level(to), .. }),
            ) => {
                let from = held(&before[..after - 1]);
                let (since, whole) = (tick.since(begin).0, end.since(begin).0);
                from + (i64::from(to - from) * i64::from(since) / i64::from(whole)) as i32
            }
            _ => held(before),
        }
    }
}

fn astray(sign: &str, which: &str, level: i32) -> String {
    format!(
        "'{sign}' at velocity {level} leads nowhere; the next mark must be a {which} one, such as \
         p, mf, f or @72"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dynamics(marks: &str) -> Result<Dynamics, NotationError> {
        let mut dynamics = Dynamics::default();
        for (at, mark) in marks.split(' ').enumerate().filter(|(_, mark)| *mark != "-") {
            dynamics.push(
                Ticks(at as u32 * 24),
                Mark::read(mark).unwrap().unwrap(),
                Place { line: 1, column: 1 },
            );
        }
        dynamics.settled()
    }

    #[test]
    fn a_swell_is_linear_in_time() {
        let swell = dynamics("p < - - - f").unwrap();
        let levels = [0, 24, 36, 48, 96, 120, 999].map(|tick| swell.level_at(Ticks(tick)));
        assert_eq!(levels, [48, 48, 54, 60, 84, 96, 96]);
    }

    #[test]
    fn a_piece_begins_at_the_default_velocity() {
        let late = dynamics("- - > - pp").unwrap();
        assert_eq!([0, 48, 72, 96].map(|tick| late.level_at(Ticks(tick))), [64, 64, 48, 32]);
    }

    #[test]
    fn a_swell_needs_a_level_on_its_side() {
        for marks in ["<", "p <", "f < p", "p > f", "p < p", "p < > f"] {
            assert!(dynamics(marks).is_err(), "{marks}");
        }
    }
}

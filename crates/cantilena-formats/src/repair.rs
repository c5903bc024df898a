//! The list of what was mended.

use std::fmt;

use cantilena_score::Ticks;

use crate::fault::Fault;

/// Where in a file or a score something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The track, counted from 1: of the file when reading, of the score when writing.
    pub track: Option<usize>,
    /// Bytes from the start of the file.
    pub offset: Option<usize>,
    /// Musical time.
    pub tick: Option<Ticks>,
}

impl fmt::Display for Place {
    /// `track 2, byte 314, tick 480`, as far as they are known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        let known = [
            ("track", self.track),
            ("byte", self.offset),
            ("tick", self.tick.map(|tick| tick.0 as usize)),
        ];
        for (what, number) in known {
            if let Some(number) = number {
                write!(f, "{comma}{what} {number}")?;
                comma = ", ";
            }
        }
        Ok(())
    }
}

/// Something that was mended, guessed or left out; many of a kind in one track are one repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Repair {
    /// What was the matter, and what was done.
    pub what: Fault,
    /// Where it was found first.
    pub place: Place,
    /// How often it was found in that track; at least 1.
    pub count: usize,
}

impl fmt::Display for Repair {
    /// `zero-length note kept as one tick (track 2, tick 480, and 5 more)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        let more = self.count - 1;
        match (self.place == Place::default(), more) {
            (true, 0) => Ok(()),
            (true, _) => write!(f, " (and {more} more)"),
            (false, 0) => write!(f, " ({})", self.place),
            (false, _) => write!(f, " ({}, and {more} more)", self.place),
        }
    }
}

/// The repairs found so far; many of a kind in one track are folded into one.
#[derive(Debug, Default)]
pub(crate) struct Repairs {
    list: Vec<Repair>,
    /// Where the repairs of the present track begin in the list.
    fold_from: usize,
    track: Option<usize>,
}

impl Repairs {
    /// From here on, repairs belong to this track, counted from 1, or to none.
    pub(crate) fn enter_track(&mut self, track: Option<usize>) {
        self.track = track;
        self.fold_from = self.list.len();
    }

    /// Notes a fault at a byte and a tick.
    #[cold]
    pub(crate) fn add(&mut self, what: Fault, offset: Option<usize>, tick: Option<Ticks>) {
        match self.list[self.fold_from..].iter_mut().find(|repair| repair.what == what) {
            Some(repair) => repair.count += 1,
            None => {
                let place = Place { track: self.track, offset, tick };
                self.list.push(Repair { what, place, count: 1 });
            }
        }
    }

    /// All of them, those of the whole file first, then track by track.
    pub(crate) fn into_list(mut self) -> Vec<Repair> {
        self.list.sort_by_key(|repair| repair.place.track);
        self.list
    }
}

//! How much of what judges a model stands in what it learnt from.

use std::collections::BTreeMap;
use std::fmt;

use cantilena_score::{Score, TicksPerQuarter};
use serde::Serialize;

use crate::corpus::Corpus;
use crate::split::{Side, Split};

/// Notes in the windows that are looked for.
pub const LEAKAGE_WINDOWS: [usize; 3] = [8, 16, 32];

/// How much of one side of a split stands on the training side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leakage {
    /// The side that judges.
    pub side: Side,
    /// One for each length of [`LEAKAGE_WINDOWS`].
    pub windows: Vec<WindowLeakage>,
}

/// How many windows of one length stand on the training side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WindowLeakage {
    /// Notes in a window.
    pub notes: usize,
    /// Windows on the judging side: every run of so many notes of every piece.
    pub windows: u64,
    /// Of these, windows that stand on the training side note by note.
    pub exact: u64,
    /// Windows that stand there in some key; those that stand there exactly are among them.
    pub transposed: u64,
}

impl WindowLeakage {
    /// The share that stands in training note by note, 0 to 1.
    pub fn exact_share(&self) -> f64 {
        self.exact as f64 / self.windows.max(1) as f64
    }

    /// The share that stands in training in some key, 0 to 1.
    pub fn transposed_share(&self) -> f64 {
        self.transposed as f64 / self.windows.max(1) as f64
    }
}

impl fmt::Display for Leakage {
    /// `of 8 notes 12.1 % stand in training (34.0 % in some key), of 16 …`, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, window) in self.windows.iter().enumerate() {
            let (exact, moved) = (100.0 * window.exact_share(), 100.0 * window.transposed_share());
            match place {
                0 => write!(
                    f,
                    "of {} notes {exact:.1} % stand in training ({moved:.1} % in some key)",
                    window.notes
                )?,
                _ => write!(f, ", of {} {exact:.1} % ({moved:.1} %)", window.notes)?,
            }
        }
        Ok(())
    }
}

impl Corpus {
    /// How much of the pieces on `side` stands among those for training: for windows of 8, 16
    /// and 32 notes, the share that is found there exactly, and the share found in some key.
    ///
    /// A window is a run of notes of all pitched tracks by onset and pitch, each with its shift
    /// from the note before on a grid of 24 to the quarter and no regard to where in the bar or
    /// the piece it stands; a piece of drums alone is its drums. Eight notes of a scale recur in
    /// any music; windows of 32 say what was copied.
    pub fn leakage(&self, split: &Split, side: Side) -> Leakage {
        let lines = |side: Side| -> Vec<Line> {
            split.side(side).map(|piece| Line::of(&self.pieces[piece].score)).collect()
        };
        let (training, judging) = (lines(Side::Train), lines(side));
        let windows = LEAKAGE_WINDOWS.map(|notes| count(notes, &training, &judging));
        Leakage { side, windows: windows.to_vec() }
    }
}

/// Counts the windows of `notes` notes.
///
/// Only the judging side is held, hashed and sorted: it is the small one, and training, of
/// whatever size, passes by once.
fn count(notes: usize, training: &[Line], judging: &[Line]) -> WindowLeakage {
    let mut leakage = WindowLeakage { notes, windows: 0, exact: 0, transposed: 0 };
    for is_transposed in [false, true] {
        // How often each window stands on the judging side, and whether it was found.
        let mut wanted = BTreeMap::<u64, (u64, bool)>::new();
        for line in judging {
            line.windows(notes, is_transposed, &mut |hash| wanted.entry(hash).or_default().0 += 1);
        }
        // Nearly all windows of training are not wanted, and a bit for each says so at once.
        let mut sieve = Sieve::new();
        wanted.keys().for_each(|hash| sieve.insert(*hash));
        let mut find = |hash| {
            if sieve.may_hold(hash)
                && let Some((_, found)) = wanted.get_mut(&hash)
            {
                *found = true;
            }
        };
        training.iter().for_each(|line| line.windows(notes, is_transposed, &mut find));
        let found = wanted.values().filter(|(_, found)| *found).map(|(count, _)| count).sum();
        leakage.windows = wanted.values().map(|(count, _)| count).sum();
        match is_transposed {
            false => leakage.exact = found,
            true => leakage.transposed = found,
        }
    }
    leakage
}

/// A set that may say yes to what it does not hold: one bit for each of many hashes.
struct Sieve(Vec<u64>); // (SIEVE_BITS / 64,)

/// Two megabytes: of a million windows on the judging side, one bit in sixteen is set.
const SIEVE_BITS: u64 = 1 << 24;

impl Sieve {
    fn new() -> Sieve {
        Sieve(vec![0; (SIEVE_BITS / 64) as usize])
    }

    fn insert(&mut self, hash: u64) {
        let bit = hash % SIEVE_BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    fn may_hold(&self, hash: u64) -> bool {
        let bit = hash % SIEVE_BITS;
        self.0[(bit / 64) as usize] & 1 << (bit % 64) != 0
    }
}

/// The notes of a piece one after the other: pitch, and shift from the note before.
struct Line(Vec<(u8, u32)>);

const GRID: TicksPerQuarter = std::num::NonZero::new(24).expect("24 is not zero");

impl Line {
    fn of(score: &Score) -> Line {
        let clock = score.ticks_per_quarter();
        let gathered = |drums: bool| -> Vec<(u32, u8)> {
            let tracks = score.tracks.iter().filter(|track| track.is_drums == drums);
            let notes = tracks.flat_map(|track| &track.notes);
            notes.map(|note| (note.onset.rescaled(clock, GRID).0, note.pitch.number())).collect()
        };
        let mut notes = gathered(false);
        if notes.is_empty() {
            notes = gathered(true);
        }
        notes.sort_unstable();
        notes.dedup();
        let mut before = notes.first().map_or(0, |(onset, _)| *onset);
        let step = |(onset, pitch): (u32, u8)| {
            let shift = onset - before;
            before = onset;
            (pitch, shift)
        };
        Line(notes.into_iter().map(step).collect())
    }

    /// Gives a hash of every window: of its pitches, or of the steps between them, and of the
    /// shifts within it.
    ///
    /// It is a polynomial in the notes modulo 2⁶¹ − 1, rolled from window to window (R. M. Karp
    /// and M. O. Rabin, "Efficient randomized pattern-matching algorithms", 1987), so that long
    /// windows cost no more than short ones. Ten million windows make a chance of about one in
    /// 20,000 that any two collide.
    fn windows(&self, notes: usize, is_transposed: bool, give: &mut dyn FnMut(u64)) {
        if self.0.len() < notes {
            return;
        }
        // Of the first note only the pitch counts, and of a transposed window not even that: its
        // symbols are the steps from note to note, one fewer.
        let step = |index: usize| {
            let ((before, _), (pitch, shift)) = (self.0[index - 1], self.0[index]);
            let rise = 128 + u64::from(pitch) - u64::from(before);
            1 + rise + (u64::from(shift) << 8)
        };
        let power = (1..notes - 1).fold(1, |power, _| times(power, BASE));
        let mut hash = (1..notes).fold(0, |hash, index| plus(times(hash, BASE), step(index)));
        for first in 0..=self.0.len() - notes {
            if first > 0 {
                let gone = times(step(first), power);
                hash = plus(hash, MODULUS - gone);
                hash = plus(times(hash, BASE), step(first + notes - 1));
            }
            give(match is_transposed {
                true => hash,
                // Steps and the first pitch together are the pitches.
                false => plus(times(hash, BASE), 1 + u64::from(self.0[first].0)),
            });
        }
    }
}

/// 2⁶¹ − 1, a prime.
const MODULUS: u64 = (1 << 61) - 1;

/// Any number below the modulus that is no small power: the digits of π after the point.
const BASE: u64 = 1_415_926_535_897_932_384;

/// The product of two numbers below the modulus: 2⁶¹ is 1 there, so the high bits count once more.
fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    plus(product as u64 & MODULUS, (product >> 61) as u64)
}

fn plus(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= MODULUS { sum - MODULUS } else { sum }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::songbook;

    /// The plain count: every window as a list of notes, looked for among all others.
    fn plainly(notes: usize, training: &[Line], judging: &[Line]) -> WindowLeakage {
        let windows = |lines: &[Line], is_transposed: bool| -> Vec<Vec<(i32, u32)>> {
            let lines = lines.iter().flat_map(|line| line.0.windows(notes));
            lines
                .map(|window| {
                    let base = if is_transposed { i32::from(window[0].0) } else { 0 };
                    let shift = |index: usize| if index == 0 { 0 } else { window[index].1 };
                    (0..notes).map(|n| (i32::from(window[n].0) - base, shift(n))).collect()
                })
                .collect()
        };
        let found = |is_transposed: bool| -> u64 {
            let known: BTreeSet<_> = windows(training, is_transposed).into_iter().collect();
            let judging = windows(judging, is_transposed);
            judging.iter().filter(|window| known.contains(*window)).count() as u64
        };
        WindowLeakage {
            notes,
            windows: windows(judging, false).len() as u64,
            exact: found(false),
            transposed: found(true),
        }
    }

    #[test]
    fn rolled_hashes_count_as_comparing_does() {
        let lines: Vec<Line> =
            songbook::corpus().pieces.iter().map(|piece| Line::of(&piece.score)).collect();
        let (judging, training) = lines.split_at(lines.len() / 3);
        let mut any = 0;
        for notes in [2, 8, 16, 32] {
            let fast = count(notes, training, judging);
            assert_eq!(fast, plainly(notes, training, judging));
            any += fast.transposed;
        }
        assert!(any > 0, "pieces of a style share some windows");
    }
}

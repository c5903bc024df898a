//! What still sounds, so that the bass can be told.

use cantilena_score::{Pitch, Ticks};

use crate::field::NONE;

/// The pitches that may still sound; drums are left out.
#[derive(Clone, Debug)]
pub(super) struct Sounding {
    /// When each pitch is released at last.
    releases: [Ticks; Pitch::COUNT],
    /// A bit for each pitch that may still sound; all others are released.
    pitches: u128,
}

impl Sounding {
    /// Silence.
    pub(super) fn nothing() -> Sounding {
        Sounding { releases: [Ticks::ZERO; Pitch::COUNT], pitches: 0 }
    }

    /// Lets a pitch token sound until its release; drums do not.
    pub(super) fn strike(&mut self, pitch: u16, release: Ticks) {
        if pitch <= Pitch::COUNT as u16 {
            let number = usize::from(pitch - 1);
            self.pitches |= 1 << number;
            self.releases[number] = self.releases[number].max(release);
        }
    }

    /// Forgets, from the bottom up, what is released by `onset`: what is lowest now sounds on.
    pub(super) fn go_to(&mut self, onset: Ticks) {
        while self.lowest().is_some_and(|lowest| self.releases[lowest] <= onset) {
            self.pitches &= self.pitches - 1;
        }
    }

    /// The lowest pitch token that sounds on at an onset, the last one gone to or a later one.
    pub(super) fn bass(&self, onset: Ticks) -> u16 {
        let mut later = self.pitches;
        while later != 0 {
            let lowest = later.trailing_zeros() as usize;
            if self.releases[lowest] > onset {
                return 1 + lowest as u16;
            }
            later &= later - 1;
        }
        NONE
    }

    fn lowest(&self) -> Option<usize> {
        (self.pitches != 0).then(|| self.pitches.trailing_zeros() as usize)
    }
}

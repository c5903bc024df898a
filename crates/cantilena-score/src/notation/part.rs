//! A track while it is being read: its voices, bars and ties.

use super::dynamics::{ACCENT, Dynamics, Mark};
use super::error::{NotationError, Place};
use super::stroke::Stroke;
use super::value;
use crate::note::{Note, Velocity};
use crate::time::Ticks;
use crate::track::Track;

/// The track read so far.
#[derive(Debug)]
pub(super) struct Part {
    /// Its notes come when the part is finished.
    track: Track,
    /// Added to every velocity that is not written at a note.
    loudness: i32,
    dynamics: Dynamics,
    notes: Vec<Played>,
    /// Where the bar begins that is being written.
    pub(super) bar: Bar,
    /// Whether anything of that bar is written.
    pub(super) is_open: bool,
    /// The end of the voice being written.
    at: Ticks,
    /// Which voice is being written.
    voice: usize,
    /// The tied notes of each voice, as places in `notes`; all of a voice end at one tick.
    ties: Vec<Vec<usize>>,
}

/// A bar by its number, counted from 0, and the tick at which it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) number: u32,
    pub(super) onset: Ticks,
}

/// A note whose velocity waits for the dynamics.
#[derive(Clone, Copy, Debug)]
struct Played {
    /// Its velocity is not settled.
    note: Note,
    touch: Touch,
}

/// How hard a note is struck, beside what the dynamics say.
#[derive(Clone, Copy, Debug)]
enum Touch {
    /// Just so.
    Exact(Velocity),
    /// So much harder.
    Harder(i32),
}

impl Part {
    pub(super) fn new(track: Track, loudness: i32) -> Part {
        Part {
            track,
            loudness,
            dynamics: Dynamics::default(),
            notes: Vec::new(),
            bar: Bar::default(),
            is_open: false,
            at: Ticks::ZERO,
            voice: 0,
            ties: Vec::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.track.name
    }

    /// Where in the bar the next stroke falls.
    pub(super) fn at(&self) -> Ticks {
        self.at
    }

    /// Writes a mark of loudness, which opens no bar.
    pub(super) fn mark(&mut self, mark: Mark, place: Place) {
        self.dynamics.push(self.at, mark, place);
    }

    /// Writes a stroke of a length; `pulse` is what its beat adds to the velocity.
    pub(super) fn stroke(
        &mut self,
        stroke: &Stroke,
        duration: Ticks,
        bar_end: Ticks,
        pulse: i32,
    ) -> Result<(), String> {
        let end = self.at + duration;
        if end > bar_end {
            return Err(format!(
                "this ends {} behind the bar line; shorten it, or cut it there and tie it with ~",
                value::fraction(end - bar_end)
            ));
        }
        self.ties.resize(self.ties.len().max(self.voice + 1), Vec::new());
        let carried = std::mem::take(&mut self.ties[self.voice]);
        if let Some(&lost) = carried.iter().find(|&&tied| {
            let note = self.notes[tied].note;
            note.release() != self.at || !stroke.pitches.contains(&note.pitch)
        }) {
            return Err(self.untied(lost));
        }
        let sounding = if stroke.is_staccato { Ticks((duration.0 / 2).max(1)) } else { duration };
        let touch = match stroke.velocity {
            Some(velocity) => Touch::Exact(velocity),
            None => Touch::Harder(pulse + if stroke.is_accented { ACCENT } else { 0 }),
        };
        for &pitch in &stroke.pitches {
            let tied = carried.iter().copied().find(|&tied| self.notes[tied].note.pitch == pitch);
            let place = match tied {
                Some(place) => {
                    self.notes[place].note.duration += sounding;
                    place
                }
                None => {
                    let (onset, velocity) = (self.at, Velocity::DEFAULT);
                    let note = Note { onset, pitch, duration: sounding, velocity };
                    self.notes.push(Played { note, touch });
                    self.notes.len() - 1
                }
            };
            if stroke.is_tied {
                self.ties[self.voice].push(place);
            }
        }
        self.at = end;
        self.is_open = true;
        Ok(())
    }

    /// Ends a voice of the bar and goes back to the bar's start.
    pub(super) fn another_voice(&mut self, bar_end: Ticks) -> Result<(), String> {
        self.check_full(bar_end)?;
        self.at = self.bar.onset;
        self.voice += 1;
        Ok(())
    }

    /// Ends the bar.
    pub(super) fn bar_line(&mut self, bar_end: Ticks) -> Result<(), String> {
        self.check_full(bar_end)?;
        self.begin(Bar { number: self.bar.number + 1, onset: bar_end })
    }

    /// Ends the last bar of a piece, which may be short.
    pub(super) fn end(&mut self, bar_end: Ticks) -> Result<(), String> {
        if self.is_open {
            self.begin(Bar { number: self.bar.number + 1, onset: bar_end })?;
        }
        match self.ties.iter().flatten().next() {
            Some(&lost) => Err(self.untied(lost)),
            None => Ok(()),
        }
    }

    /// Goes on at the start of a bar.
    pub(super) fn begin(&mut self, bar: Bar) -> Result<(), String> {
        // Voices that were not written in this bar cannot take up their ties any more.
        if let Some(&lost) = self.ties.iter().skip(self.voice + 1).flatten().next() {
            return Err(self.untied(lost));
        }
        self.bar = bar;
        self.at = bar.onset;
        self.voice = 0;
        self.is_open = false;
        Ok(())
    }

    /// Checks that every swell leads somewhere. Before this, the dynamics mean nothing.
    pub(super) fn settle_dynamics(&mut self) -> Result<(), NotationError> {
        self.dynamics = std::mem::take(&mut self.dynamics).settled()?;
        Ok(())
    }

    /// The dynamics, if the track has any of its own.
    pub(super) fn dynamics(&self) -> Option<&Dynamics> {
        Some(&self.dynamics).filter(|dynamics| !dynamics.is_empty())
    }

    /// The track as these dynamics have it, notes in their order.
    pub(super) fn played(&self, dynamics: &Dynamics) -> Track {
        let mut track = self.track.clone();
        track.notes.extend(self.notes.iter().map(|&Played { note, touch }| {
            let velocity = match touch {
                Touch::Exact(velocity) => velocity,
                Touch::Harder(by) => {
                    Velocity::clamped(dynamics.level_at(note.onset) + self.loudness + by)
                }
            };
            Note { velocity, ..note }
        }));
        track.sort();
        track
    }

    fn check_full(&self, bar_end: Ticks) -> Result<(), String> {
        if self.at == bar_end {
            return Ok(());
        }
        let (found, meant) = (self.at - self.bar.onset, bar_end - self.bar.onset);
        Err(format!(
            "the bar adds up to {} of {}; {} is missing before this",
            value::fraction(found),
            value::fraction(meant),
            value::fraction(bar_end - self.at)
        ))
    }

    fn untied(&self, lost: usize) -> String {
        let pitch = self.notes[lost].note.pitch;
        format!(
            "the tie of {pitch} leads nowhere; the next note of its voice must be the same pitch"
        )
    }
}

//! A piece that goes on: what was there stays to the last tick, and what is new joins it.

use cantilena_generate::{Generation, Prompt};
use cantilena_score::{Note, Pitch, Score, Ticks, TicksPerQuarter, Track};
use cantilena_tokens::{Part, Setting};

use crate::error::StudioError;

/// The beginning of a piece, and how a model's own clock and parts are brought back to it.
#[derive(Clone, Debug)]
pub(crate) struct Continuation {
    /// The beginning as it is in the file: every note that starts before the cut, whole, with
    /// everything else that stands there. The clock is the file's.
    pub(crate) score: Score,
    /// Where the new bars begin, on the file's clock.
    at: Ticks,
    /// The same place on the model's grid.
    from: Ticks,
    grid: TicksPerQuarter,
    /// The track of `score` that each part of the model's setting is.
    tracks: Vec<usize>,
    /// How many of the tracks, the first ones, are the file's own.
    given: usize,
}

impl Continuation {
    /// The bars of a score before bar `at_bar`, counted from 1; all of them if left out.
    pub(crate) fn new(score: &Score, at_bar: Option<u32>) -> Result<Continuation, StudioError> {
        let bars = score.bars();
        let kept = match at_bar {
            None => bars,
            Some(bar) if (2..=bars.saturating_add(1)).contains(&bar) => bar - 1,
            Some(bar) => {
                return Err(StudioError::Request(format!(
                    "the piece cannot be continued at bar {bar}: it has {bars} bars, so 2 to {} \
                     will do",
                    bars.saturating_add(1)
                )));
            }
        };
        let at = score.meters.bar_onset(kept, score.ticks_per_quarter());
        let mut beginning = score.slice(Ticks::ZERO..at);
        for (track, whole) in beginning.tracks.iter_mut().zip(&score.tracks) {
            // A slice cuts what rings over its end; here it may ring on.
            track.notes = whole.notes.iter().filter(|note| note.onset < at).copied().collect();
        }
        let grid = score.ticks_per_quarter();
        let given = beginning.tracks.len();
        Ok(Continuation { score: beginning, at, from: at, grid, tracks: Vec::new(), given })
    }

    /// What the model is to hear: the beginning, cut where the new bars begin.
    pub(crate) fn heard(&self) -> Score {
        self.score.slice(Ticks::ZERO..self.at)
    }

    /// Learns where the new bars begin for the model, and which track each of its parts is.
    pub(crate) fn place(&mut self, prompt: &Prompt) {
        self.from = prompt.begins();
        self.grid = prompt.setting.tempo.ticks_per_quarter();
        let mut taken = vec![false; self.score.tracks.len()];
        for part in &prompt.setting.parts {
            let same = |track: &Track| Part::from(track) == *part;
            let mut tracks = self.score.tracks.iter().enumerate();
            let found = tracks
                .find(|(index, track)| !taken[*index] && same(track) && !track.notes.is_empty());
            let track = found.map_or(self.score.tracks.len(), |(index, _)| index);
            if track == self.score.tracks.len() {
                self.score.tracks.push(track_of(part));
                taken.push(false);
            }
            taken[track] = true;
            self.tracks.push(track);
        }
    }

    /// Takes in what was asked for over the prompt's own setting: other instruments play on
    /// tracks of their own, and tempo and key change where the new bars begin.
    pub(crate) fn cast(&mut self, setting: &Setting) {
        for (place, part) in self.tracks.iter_mut().zip(&setting.parts) {
            if self.score.tracks[*place].program != part.program {
                *place = self.score.tracks.len();
                self.score.tracks.push(track_of(part));
            }
        }
        let asked = setting.tempo.at(self.from);
        if self.score.tempo.at(self.at).micros_per_quarter != asked.micros_per_quarter {
            self.score.tempo.insert(self.at, asked.micros_per_quarter);
        }
        if let Some(change) = setting.keys.last().filter(|change| change.onset == self.from) {
            self.score.keys.push(cantilena_score::KeyChange { onset: self.at, key: change.key });
        }
    }

    /// The pitches of notes that ring on over the cut, and until when on the model's grid.
    pub(crate) fn ringing(&self) -> Vec<(Pitch, Ticks)> {
        let clock = self.score.ticks_per_quarter();
        let notes = self.score.tracks.iter().flat_map(|track| &track.notes);
        let until = |note: &Note| {
            let over = note.release().since(self.at).rescaled(clock, self.grid);
            // Whole places: what ends within one is waited for.
            self.from + Ticks(over.0 + 1)
        };
        notes
            .filter(|note| note.release() > self.at)
            .map(|note| (note.pitch, until(note)))
            .collect()
    }

    /// A note of the model, on the file's clock and track.
    pub(crate) fn placed(&self, part: usize, note: Note) -> (usize, Note) {
        let clock = self.score.ticks_per_quarter();
        let on_clock = |tick: Ticks| self.at + tick.since(self.from).rescaled(self.grid, clock);
        let onset = on_clock(note.onset);
        let duration = Ticks(on_clock(note.release()).since(onset).0.max(1));
        (self.tracks[part], Note { onset, duration, ..note })
    }

    /// The beginning with the new notes behind it.
    pub(crate) fn finish(self, generation: &Generation) -> Score {
        let mut score = self.score.clone();
        let mut parts = generation.setting.parts.iter().enumerate();
        for track in &generation.score.tracks {
            // Parts without a note have no track; the others keep their order.
            let Some((part, _)) = parts.find(|(_, part)| Part::from(track) == **part) else {
                continue;
            };
            for note in track.notes.iter().filter(|note| note.onset >= self.from) {
                let (place, note) = self.placed(part, *note);
                let notes = &mut score.tracks[place].notes;
                // A symbol of several notes may strike a pitch that still rings; that is released.
                let rings = |old: &&mut Note| {
                    old.onset < self.at && old.pitch == note.pitch && old.release() > note.onset
                };
                for old in notes.iter_mut().filter(rings) {
                    old.duration = note.onset.since(old.onset);
                }
                notes.push(note);
            }
        }
        let mut index = 0;
        score.tracks.retain(|track| {
            index += 1;
            !track.notes.is_empty() || index <= self.given && says_something(track)
        });
        score.sort();
        score
    }
}

/// Whether a track without notes is there for something else: the words of a song, the file's
/// remarks in its name, a set-up of the instruments.
fn says_something(track: &Track) -> bool {
    !track.name.is_empty() || !track.lyrics.is_empty() || !track.controls.is_empty()
}

fn track_of(part: &Part) -> Track {
    Track {
        name: part.name.clone(),
        program: part.program,
        is_drums: part.is_drums,
        ..Track::default()
    }
}

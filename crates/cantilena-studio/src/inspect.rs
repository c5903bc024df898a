//! What is in a piece, in words and numbers.

use cantilena_eval::Repetition;
use serde::Serialize;

use crate::source::Source;

/// What is in a piece, and how it was read.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The format, as its bytes say.
    pub format: String,
    /// The piece's name; may be empty.
    pub title: String,
    /// Which of its file's tunes it is, counted from 1.
    pub tune: usize,
    /// How many tunes the file holds.
    pub tunes: usize,
    /// Length in bars, the last one counted whole.
    pub bars: u32,
    /// Length in seconds, to the last release.
    pub seconds: f64,
    /// Ticks to a quarter.
    pub ticks_per_quarter: u16,
    /// Quarters a minute at every change: (bar counted from 1, bpm).
    pub tempi: Vec<(u32, f64)>,
    /// Meters at every change: (bar counted from 1, meter).
    pub meters: Vec<(u32, String)>,
    /// Keys at every change: (bar counted from 1, key).
    pub keys: Vec<(u32, String)>,
    /// All notes.
    pub notes: usize,
    /// Who plays what.
    pub tracks: Vec<TrackCard>,
    /// Chord symbols.
    pub chords: usize,
    /// How much it repeats itself.
    pub repetition: Repetition,
    /// What was wrong with the file and put right, each with its place.
    pub repairs: Vec<String>,
}

/// One track.
#[derive(Clone, Debug, Serialize)]
pub struct TrackCard {
    /// What the file calls it; may be empty.
    pub name: String,
    /// Its General MIDI sound.
    pub instrument: String,
    /// How many notes it has.
    pub notes: usize,
    /// Its lowest and highest pitch; none without notes.
    pub range: Option<(String, String)>,
    /// Its syllables.
    pub lyrics: usize,
}

/// Describes a piece that was read from a file.
pub fn inspect(source: &Source) -> Inspection {
    let reading = &source.reading;
    let score = &reading.score;
    let clock = score.ticks_per_quarter();
    let bar = |onset| score.meters.position(onset, clock).bar + 1;
    let tracks = score.tracks.iter().map(|track| {
        let pitches = || track.notes.iter().map(|note| note.pitch);
        let range = pitches().min().zip(pitches().max());
        TrackCard {
            name: track.name.clone(),
            instrument: track.instrument_name().to_owned(),
            notes: track.notes.len(),
            range: range.map(|(low, high)| (low.to_string(), high.to_string())),
            lyrics: track.lyrics.len(),
        }
    });
    let (tempi, meters) = (score.tempo.changes().iter(), score.meters.changes().iter());
    Inspection {
        format: reading.format.to_string(),
        title: score.title.clone(),
        tune: source.tune,
        tunes: source.tunes,
        bars: score.bars(),
        seconds: score.seconds().0,
        ticks_per_quarter: clock.get(),
        tempi: tempi.map(|change| (bar(change.onset), change.bpm())).collect(),
        meters: meters.map(|change| (bar(change.onset), change.meter.to_string())).collect(),
        keys: score.keys.iter().map(|c| (bar(c.onset), c.key.to_string())).collect(),
        notes: score.note_count(),
        tracks: tracks.collect(),
        chords: score.chords.len(),
        repetition: Repetition::of(score),
        repairs: reading.repairs.iter().map(ToString::to_string).collect(),
    }
}

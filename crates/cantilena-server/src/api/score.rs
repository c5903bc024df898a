//! Scores, whole and note by note.

use cantilena_score::Score;
use cantilena_studio::PlayedNote;
use serde::Serialize;
use utoipa::ToSchema;

use super::take::TakeCard;

/// A score: what stands above the notes, and the notes, on one clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ScoreBody {
    /// Its title.
    title: String,
    /// Ticks in a quarter.
    ticks_per_quarter: u16,
    /// Length in bars, the last one counted whole.
    bars: u32,
    /// Length in ticks, to the end of the last bar.
    length: u32,
    /// (tick, microseconds a quarter) at every change; the first at tick 0.
    tempi: Vec<(u32, u32)>,
    /// (tick, beats in a bar, note value of a beat) at every change; the first at tick 0.
    meters: Vec<(u32, u8, u16)>,
    /// (tick, name) at every change.
    keys: Vec<(u32, String)>,
    /// Who plays.
    tracks: Vec<TrackBody>,
}

/// A track of a score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackBody {
    /// What the file calls it; may be empty.
    name: String,
    /// Its General MIDI sound.
    instrument: &'static str,
    /// The General MIDI program, 0 to 127.
    program: u8,
    /// Whether pitches are drums.
    drums: bool,
    /// (onset, duration, pitch, velocity) by onset; onset and duration in ticks.
    notes: Vec<(u32, u32, u8, u8)>,
}

impl From<&Score> for ScoreBody {
    fn from(score: &Score) -> ScoreBody {
        let bars = score.bars();
        let tracks = score.tracks.iter().map(|track| TrackBody {
            name: track.name.clone(),
            instrument: track.instrument_name(),
            program: track.program.number(),
            drums: track.is_drums,
            notes: track
                .notes
                .iter()
                .map(|n| (n.onset.0, n.duration.0, n.pitch.number(), n.velocity.value()))
                .collect(),
        });
        let meters = score.meters.changes().iter();
        ScoreBody {
            title: score.title.clone(),
            ticks_per_quarter: score.ticks_per_quarter().get(),
            bars,
            length: score.meters.bar_onset(bars, score.ticks_per_quarter()).0,
            tempi: (score.tempo.changes().iter())
                .map(|change| (change.onset.0, change.micros_per_quarter.get()))
                .collect(),
            meters: meters
                .map(|c| (c.onset.0, c.meter.numerator(), c.meter.denominator()))
                .collect(),
            keys: score.keys.iter().map(|c| (c.onset.0, c.key.to_string())).collect(),
            tracks: tracks.collect(),
        }
    }
}

/// A piece whole: where it came from, and its score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PieceBody {
    /// Where it came from.
    pub(crate) piece: TakeCard,
    /// Its notes.
    pub(crate) score: ScoreBody,
}

/// A note as it is drawn; the data of a `note` event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NoteEvent {
    /// Which of the takes, counted from 0.
    take: usize,
    /// The track that plays it.
    track: u16,
    /// When it begins, in ticks.
    onset: u32,
    /// How long it lasts, in ticks.
    duration: u32,
    /// MIDI note number.
    pitch: u8,
    /// 1 to 127.
    velocity: u8,
}

impl NoteEvent {
    pub(crate) fn new(take: usize, played: PlayedNote) -> NoteEvent {
        let PlayedNote { track, note } = played;
        NoteEvent {
            take,
            track,
            onset: note.onset.0,
            duration: note.duration.0,
            pitch: note.pitch.number(),
            velocity: note.velocity.value(),
        }
    }
}

/// An event of a stream, as whoever parses the stream has it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written by hand")]
pub(crate) struct StreamEvent {
    /// progress, note, done or error.
    event: String,
    /// JSON: a note, a take, a training's news, or a problem.
    data: String,
    /// What to send as `Last-Event-ID` to go on behind this event.
    id: Option<String>,
}

//! What is given before the first event: who plays, in which meter, how fast.

use cantilena_score::{
    KeyChange, Meter, MeterMap, Program, Score, TempoMap, Ticks, TicksPerQuarter, Track,
};

use crate::bins::GRID;

/// A player of the ensemble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What the score calls it; may be empty.
    pub name: String,
    /// The General MIDI program, or the kit.
    pub program: Program,
    /// Whether it plays drums.
    pub is_drums: bool,
}

impl From<&Track> for Part {
    fn from(track: &Track) -> Part {
        Part { name: track.name.clone(), program: track.program, is_drums: track.is_drums }
    }
}

/// What a piece is given and a model does not predict.
///
/// Times are ticks of the tempo map's clock, which is the representation's
/// ([`Tokenizer::clock`](crate::Tokenizer::clock)): 24 to a quarter on the beat grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The piece's name; may be empty.
    pub title: String,
    /// The ensemble, in score order; at most [`Setting::PARTS_MAX`].
    pub parts: Vec<Part>,
    /// How the grid gathers into bars.
    pub meters: MeterMap,
    /// How fast the grid runs, and how many of its places are a quarter.
    pub tempo: TempoMap,
    /// Keys, where they are named.
    pub keys: Vec<KeyChange>,
    /// How many bars the piece has, or `None` where that is left open.
    pub bars: Option<u32>,
}

impl Setting {
    /// The largest ensemble: MIDI's sixteen channels.
    pub const PARTS_MAX: usize = 16;

    /// Common settings of one part: `program` in `meter` at `bpm` quarters a minute.
    pub fn solo(program: Program, meter: Meter, bpm: f64) -> Setting {
        let mut tempo = TempoMap::new(grid());
        tempo.insert_bpm(Ticks::ZERO, bpm);
        Setting {
            title: String::new(),
            parts: vec![Part { program, ..Part::default() }],
            meters: MeterMap::new(meter),
            tempo,
            keys: Vec::new(),
            bars: None,
        }
    }

    /// The same setting on another clock.
    pub fn on_clock(&self, clock: TicksPerQuarter) -> Setting {
        let score = self.empty_score().rescaled(clock);
        let Score { meters, tempo, keys, .. } = score;
        let (title, parts) = (self.title.clone(), self.parts.clone());
        Setting { title, parts, meters, tempo, keys, bars: self.bars }
    }

    /// The setting of a score in which one part plays what all but the drummers do, on a clock:
    /// the first of them. The number of bars is left open.
    pub(crate) fn of_one(score: &Score, clock: TicksPerQuarter) -> Setting {
        let mut players = score.tracks.iter().filter(|t| !t.is_drums && !t.notes.is_empty());
        let setting = Setting {
            title: score.title.clone(),
            parts: players.next().map(Part::from).into_iter().collect(),
            meters: score.meters.clone(),
            tempo: score.tempo.clone(),
            keys: score.keys.clone(),
            bars: None,
        };
        setting.on_clock(clock)
    }

    /// The setting of a score that lies on the grid.
    pub(crate) fn of(score: &Score) -> Setting {
        Setting {
            title: score.title.clone(),
            parts: score.tracks.iter().map(Part::from).collect(),
            meters: score.meters.clone(),
            tempo: score.tempo.clone(),
            keys: score.keys.clone(),
            bars: Some(score.bars()),
        }
    }

    /// A score with this setting's parts as empty tracks.
    pub(crate) fn empty_score(&self) -> Score {
        let mut score = Score::new(self.tempo.ticks_per_quarter());
        score.title = self.title.clone();
        score.meters = self.meters.clone();
        score.tempo = self.tempo.clone();
        score.keys = self.keys.clone();
        score.tracks = self.parts.iter().map(Part::track).collect();
        score
    }
}

impl Part {
    fn track(&self) -> Track {
        Track {
            name: self.name.clone(),
            program: self.program,
            is_drums: self.is_drums,
            ..Track::default()
        }
    }
}

/// The beat grid as a clock.
pub(crate) fn grid() -> TicksPerQuarter {
    std::num::NonZero::new(GRID).expect("the grid has places")
}

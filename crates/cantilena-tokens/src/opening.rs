//! How a piece opens, in a form that a checkpoint can hold and a person can read.

use cantilena_score::{Key, KeyChange, Meter, MeterMap, Mode, Program, TempoMap, Ticks};
use serde::{Deserialize, Serialize};

use crate::setting::{Part, Setting, grid};

/// The meter, tempo, key and ensemble with which a piece begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Beats in a bar and the note value of a beat.
    pub meter: (u8, u16),
    /// Quarters a minute.
    pub bpm: f64,
    /// Sharps (flats if negative) and whether it is minor, where a key is named.
    pub key: Option<(i8, bool)>,
    /// Who plays.
    pub parts: Vec<OpeningPart>,
    /// How many of a corpus' pieces open so.
    pub pieces: u32,
}

/// A player of an [`Opening`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningPart {
    /// What the score calls it; may be empty.
    pub name: String,
    /// The General MIDI program, 0 to 127, or the kit.
    pub program: u8,
    /// Whether it plays drums.
    pub drums: bool,
    /// The most notes it sounds at once, as a rule; left out where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voices: Option<u8>,
    /// Its lowest and its highest pitch, as MIDI numbers; left out where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(u8, u8)>,
}

impl Opening {
    /// How a setting opens; voices and ranges are left open.
    pub fn of(setting: &Setting) -> Opening {
        let meter = setting.meters.changes()[0].meter;
        let key = setting.keys.first().filter(|change| change.onset == Ticks::ZERO);
        let part = |part: &Part| OpeningPart {
            name: part.name.clone(),
            program: part.program.number(),
            drums: part.is_drums,
            voices: None,
            range: None,
        };
        Opening {
            meter: (meter.numerator(), meter.denominator()),
            bpm: setting.tempo.changes()[0].bpm(),
            key: key.map(|change| (change.key.fifths(), change.key.mode == Mode::Minor)),
            parts: setting.parts.iter().map(part).collect(),
            pieces: 1,
        }
    }

    /// The setting of a piece that goes on as it opened.
    ///
    /// Values that are no meter, key or program, which only a file edited by hand can hold,
    /// become common time, no key and piano.
    pub fn setting(&self) -> Setting {
        let mut tempo = TempoMap::new(grid());
        tempo.insert_bpm(Ticks::ZERO, self.bpm);
        let mode = |minor| if minor { Mode::Minor } else { Mode::Major };
        let key = self.key.and_then(|(fifths, minor)| Key::new(fifths, mode(minor)).ok());
        let part = |part: &OpeningPart| Part {
            name: part.name.clone(),
            program: Program::new(part.program).unwrap_or_default(),
            is_drums: part.drums,
        };
        Setting {
            title: String::new(),
            parts: self.parts.iter().take(Setting::PARTS_MAX).map(part).collect(),
            meters: MeterMap::new(Meter::new(self.meter.0, self.meter.1).unwrap_or(Meter::COMMON)),
            tempo,
            keys: key.map(|key| KeyChange { onset: Ticks::ZERO, key }).into_iter().collect(),
            bars: None,
        }
    }
}

//! What is known of a piece besides its notes: whose it is, what it is, how it goes.

use cantilena_analysis::{GridFit, Pulse, Texture, estimate_key};
use cantilena_score::{Key, Meter, MeterChange, Mode, Score, Ticks};
use serde::{Deserialize, Serialize};

use crate::split::Side;

/// What a model may be told of a piece, and may be asked for. What is `None` is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Who wrote it, as a label says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composer: Option<String>,
    /// Its genre or style, as a label says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Its mood, as a label says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    /// The side of the split that its publishers put it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Quarters a minute: the tempo that holds longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<Known<f64>>,
    /// Its key: the one that holds longest. A file that says C major and nothing else is not
    /// believed, for so say programs that were told no key: there it is an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Known<KeyName>>,
    /// The meter that holds longest, numerator and denominator; open where the notes were played
    /// without regard to the beats that the file names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<(u8, u16)>,
    /// Notes that begin in a second, drums aside.
    pub notes_per_second: f64,
    /// Notes sounding at once in the mean, drums aside.
    pub polyphony: f64,
    /// How well its onsets keep to the beats that the file names, 0 to 1; see [`GridFit`].
    pub grid_fit: f64,
}

/// A value, and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// How it is known.
    pub from: Origin,
}

impl<T> Known<T> {
    fn said(value: T) -> Known<T> {
        Known { value, from: Origin::Score }
    }

    fn guessed(value: T) -> Known<T> {
        Known { value, from: Origin::Estimate }
    }
}

/// How a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A label says it: a table, a folder's name or a file's.
    Label,
    /// The score says it.
    Score,
    /// It is an estimate; see `cantilena-analysis`.
    Estimate,
}

/// A [`Key`], to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(i8, bool)", into = "(i8, bool)")]
pub struct KeyName(pub Key);

impl TryFrom<(i8, bool)> for KeyName {
    type Error = String;

    /// From the number of sharps (negative: flats) and whether it is minor.
    fn try_from((fifths, is_minor): (i8, bool)) -> Result<KeyName, String> {
        let mode = if is_minor { Mode::Minor } else { Mode::Major };
        Key::new(fifths, mode).map(KeyName).map_err(|error| error.to_string())
    }
}

impl From<KeyName> for (i8, bool) {
    fn from(KeyName(key): KeyName) -> (i8, bool) {
        (key.fifths(), key.mode == Mode::Minor)
    }
}

impl Conditions {
    /// All that a score says of itself, and estimates of its key and of the tempo of a free
    /// performance where it does not.
    pub fn of(score: &Score) -> Conditions {
        let fit = GridFit::of(score);
        let texture = Texture::of(score);
        let key = longest_key(score)
            .map(|key| Known::said(KeyName(key)))
            .or_else(|| estimate_key(score).map(|estimate| Known::guessed(KeyName(estimate.key))));
        let bpm = match fit.is_free() {
            true => Pulse::tempo_of(score).map(|bpm| Known::guessed((bpm * 10.0).round() / 10.0)),
            false => Some(Known::said(longest_bpm(score))),
        };
        Conditions {
            bpm,
            key,
            meter: (!fit.is_free()).then(|| {
                let meter = longest_meter(score);
                (meter.numerator(), meter.denominator())
            }),
            notes_per_second: rounded(texture.notes_per_second),
            polyphony: rounded(texture.polyphony),
            grid_fit: rounded(fit.fit),
            ..Conditions::default()
        }
    }

    /// Whether its onsets disregard the beats that the file names.
    pub fn is_free(&self) -> bool {
        self.meter.is_none()
    }
}

/// To three places: more would be noise, and would be stored a million times.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The value that holds longest up to the last release, the first of several.
fn longest<T: Copy + PartialEq>(score: &Score, changes: &[(Ticks, T)]) -> Option<T> {
    let ends = changes.iter().skip(1).map(|(onset, _)| *onset).chain([score.length()]);
    let mut held: Vec<(T, u64)> = Vec::new();
    for ((onset, value), end) in changes.iter().zip(ends) {
        let ticks = u64::from(end.since(*onset).0);
        match held.iter().position(|(known, _)| known == value) {
            Some(place) => held[place].1 += ticks,
            // Beyond, what changes all the time has no value that holds longest.
            None if held.len() < 64 => held.push((*value, ticks)),
            None => {}
        }
    }
    let most = held.iter().map(|(_, ticks)| *ticks).max()?;
    held.iter().find(|(_, ticks)| *ticks == most).map(|(value, _)| *value)
}

fn longest_key(score: &Score) -> Option<Key> {
    let is_unsaid = |key: Key| key.fifths() == 0 && key.mode == Mode::Major;
    if score.keys.iter().all(|change| is_unsaid(change.key)) {
        return None;
    }
    let keys: Vec<_> = score.keys.iter().map(|change| (change.onset, change.key)).collect();
    longest(score, &keys)
}

/// The meter that holds longest.
pub(crate) fn longest_meter(score: &Score) -> Meter {
    let changes = score.meters.changes().iter();
    let meters: Vec<_> = changes.map(|MeterChange { onset, meter }| (*onset, *meter)).collect();
    longest(score, &meters).unwrap_or(Meter::COMMON)
}

fn longest_bpm(score: &Score) -> f64 {
    let changes = score.tempo.changes().iter();
    let tempi: Vec<_> = changes.map(|change| (change.onset, change.micros_per_quarter)).collect();
    let micros = longest(score, &tempi).map_or(500_000, |micros| micros.get());
    rounded(60e6 / f64::from(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_longest_is_said_and_what_is_not_said_is_estimated() {
        let mut score: Score = "c4/4 d4 e4 f4 | g4/8 a4/8 b4/4 c5/2 | c4/1 |".parse().unwrap();
        let quarter = u32::from(score.ticks_per_quarter().get());
        score.tempo.insert_bpm(Ticks(0), 60.0);
        score.tempo.insert_bpm(Ticks(4 * quarter), 90.0);
        let conditions = Conditions::of(&score);
        assert_eq!(conditions.bpm, Some(Known { value: 90.0, from: Origin::Score }));
        let key = conditions.key.unwrap();
        assert_eq!((key.value.0.to_string().as_str(), key.from), ("C major", Origin::Estimate));
        assert_eq!((conditions.meter, conditions.polyphony), (Some((4, 4)), 1.0));

        let c_major = Key::new(0, Mode::Major).unwrap();
        let mut in_d = score.transposed(2).unwrap();
        in_d.keys = vec![cantilena_score::KeyChange { onset: Ticks(0), key: c_major }];
        let key = Conditions::of(&in_d).key.unwrap();
        assert_eq!((key.value.0.to_string().as_str(), key.from), ("D major", Origin::Estimate));

        let key = Key::new(-3, Mode::Minor).unwrap();
        score.keys = vec![cantilena_score::KeyChange { onset: Ticks(0), key }];
        let said = Conditions::of(&score).key;
        assert_eq!(said, Some(Known { value: KeyName(key), from: Origin::Score }));
    }
}

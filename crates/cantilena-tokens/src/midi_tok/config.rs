//! What a MidiTok tokenizer file says, and which of it is understood.
//!
//! The keys and their defaults are MidiTok 3.1's `TokenizerConfig`. Options that add words
//! which are not written here are refused where they are on, for passing over them would give
//! other token ids than MidiTok's.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::TokenError;

/// Which of MidiTok's tokenizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// Bars, positions in them, and notes with durations (Huang and Yang, "Pop Music
    /// Transformer", 2020).
    #[serde(rename = "REMI")]
    Remi,
    /// Time shifts and notes with durations.
    #[serde(rename = "TSD")]
    Tsd,
    /// Time shifts, strokes and releases (Oore et al., 2018).
    #[serde(rename = "MIDILike")]
    MidiLike,
}

/// A tokenizer file: the configuration and what it configures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) config: Config,
    pub(crate) tokenization: Scheme,
    #[serde(default = "version")]
    miditok_version: String,
    /// Anything else; a learnt vocabulary is among it.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// The version whose rules are followed.
fn version() -> String {
    "3.1.0".to_owned()
}

impl File {
    pub(crate) fn new(tokenization: Scheme, config: Config) -> File {
        File { config, tokenization, miditok_version: version(), others: BTreeMap::new() }
    }

    /// The file of a JSON text.
    pub(crate) fn read(json: &str) -> Result<File, TokenError> {
        let file: File =
            serde_json::from_str(json).map_err(|error| TokenError::MidiTok(error.to_string()))?;
        file.check().map_err(TokenError::MidiTok)?;
        Ok(file)
    }

    /// Whether all of it is understood; if not, what is not.
    pub(crate) fn check(&self) -> Result<(), String> {
        // Before 3.0 other rules held for the same keys.
        if !["3.0", "3.1"].iter().any(|known| self.miditok_version.starts_with(known)) {
            return Err(format!(
                "miditok_version is {}; files of 3.0 and 3.1 are read",
                self.miditok_version
            ));
        }
        if let Some(key) = ["_model", "_vocab_base"].iter().find(|key| self.has(key)) {
            return Err(format!("{key} is there: a learnt vocabulary (BPE), and none is read"));
        }
        self.config.check()
    }

    fn has(&self, key: &str) -> bool {
        self.others.get(key).is_some_and(|value| !value.is_null())
    }
}

/// The part of MidiTok's `TokenizerConfig` that decides ids here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Config {
    /// The lowest and the highest pitch, both kept.
    pub(crate) pitch_range: (u8, u8),
    /// From which beat to which, how many places a beat has: the durations there are.
    pub(crate) beat_res: Ordered<u32>,
    pub(crate) num_velocities: u16,
    pub(crate) special_tokens: Vec<String>,
    pub(crate) use_velocities: bool,
    /// Must name every program: notes without an end are not written.
    use_note_duration_programs: Vec<i16>,
    pub(crate) use_tempos: bool,
    pub(crate) num_tempos: u16,
    pub(crate) tempo_range: (f64, f64),
    pub(crate) log_tempos: bool,
    pub(crate) delete_equal_successive_tempo_changes: bool,
    pub(crate) use_time_signatures: bool,
    /// The numerators for each denominator.
    pub(crate) time_signature_range: Ordered<Vec<u8>>,
    pub(crate) use_programs: bool,
    one_token_stream_for_programs: bool,
    /// −1 stands for drums.
    pub(crate) programs: Vec<i16>,
    pub(crate) use_pitchdrum_tokens: bool,
    pub(crate) drums_pitch_range: (u8, u8),
    pub(crate) remove_duplicated_notes: bool,
    additional_params: BTreeMap<String, Value>,
    /// All keys that decide nothing as long as they are off.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Switches that add words which are not written here.
const REFUSED: [&str; 9] = [
    "use_chords",
    "use_rests",
    "use_key_signatures",
    "use_sustain_pedals",
    "use_pitch_bends",
    "use_control_changes",
    "use_pitch_intervals",
    "program_changes",
    "sustain_pedal_duration",
];

/// Additional parameters that would change what is written.
const REFUSED_PARAMS: [&str; 4] =
    ["max_bar_embedding", "use_bar_end_tokens", "add_trailing_bars", "max_duration"];

impl Default for Config {
    fn default() -> Config {
        let all_programs: Vec<i16> = (0..128).chain([-1]).collect();
        Config {
            pitch_range: (21, 109),
            beat_res: Ordered(vec![("0_4".into(), 8), ("4_12".into(), 4)]),
            num_velocities: 32,
            special_tokens: ["PAD_None", "BOS_None", "EOS_None", "MASK_None"]
                .map(str::to_owned)
                .to_vec(),
            use_velocities: true,
            use_note_duration_programs: all_programs.clone(),
            use_tempos: false,
            num_tempos: 32,
            tempo_range: (40.0, 250.0),
            log_tempos: false,
            delete_equal_successive_tempo_changes: false,
            use_time_signatures: true,
            time_signature_range: Ordered(vec![
                ("8".into(), vec![3, 12, 6]),
                ("4".into(), vec![5, 6, 3, 2, 1, 4]),
            ]),
            use_programs: false,
            one_token_stream_for_programs: true,
            programs: all_programs,
            use_pitchdrum_tokens: true,
            drums_pitch_range: (27, 88),
            remove_duplicated_notes: false,
            additional_params: BTreeMap::new(),
            others: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The default, for corpora in which these programs play; −1 stands for drums. One player
    /// alone needs no words for who plays.
    pub(crate) fn of_programs(programs: Option<Vec<i16>>) -> Config {
        let use_programs = programs.is_some();
        let default = Config::default();
        Config { use_programs, programs: programs.unwrap_or(default.programs.clone()), ..default }
    }

    /// From each beat to another, how many places a beat has.
    pub(crate) fn beat_ranges(&self) -> Result<Vec<(u32, u32, u32)>, String> {
        let range = |(key, places): &(String, u32)| {
            let beats = key.split_once('_').and_then(|(from, to)| {
                Some((from.parse::<u32>().ok()?, to.parse::<u32>().ok()?, *places))
            });
            beats.ok_or_else(|| format!("beat_res names '{key}', and beats are written as 0_4"))
        };
        self.beat_res.0.iter().map(range).collect()
    }

    /// The meters there are words for, in the order of the vocabulary.
    pub(crate) fn meters(&self) -> Result<Vec<(u8, u16)>, String> {
        let mut meters = Vec::new();
        for (key, numerators) in &self.time_signature_range.0 {
            let denominator = key.parse::<u16>().ok().filter(|d| d.is_power_of_two() && *d <= 128);
            let denominator = denominator.ok_or_else(|| {
                format!("time_signature_range names '{key}', and 1, 2, 4 … 128 will do")
            })?;
            meters.extend(numerators.iter().map(|&numerator| (numerator, denominator)));
        }
        Ok(meters)
    }

    fn check(&self) -> Result<(), String> {
        let on = |key: &str| self.others.get(key) == Some(&Value::Bool(true));
        if let Some(key) = REFUSED.iter().find(|key| on(key)) {
            return Err(format!("{key} is on, and its words are not written here"));
        }
        let controls = self.others.iter().filter(|(key, _)| key.starts_with("ac_"));
        if let Some((key, _)) = controls.into_iter().find(|(_, value)| **value == Value::Bool(true))
        {
            return Err(format!("{key} is on, and attribute controls are not written here"));
        }
        let is_off = |value: &Value| value.is_null() || *value == Value::Bool(false);
        let changed = |key: &&&str| self.additional_params.get(**key).is_some_and(|v| !is_off(v));
        if let Some(key) = REFUSED_PARAMS.iter().find(changed) {
            return Err(format!("{key} is set, and only its default is followed"));
        }
        let missing = |program: &i16| !self.use_note_duration_programs.contains(program);
        if let Some(program) = (-1..128).find(missing) {
            return Err(format!(
                "use_note_duration_programs lacks {program}; notes without an end are not written"
            ));
        }
        if self.use_programs && !self.one_token_stream_for_programs {
            return Err("one_token_stream_for_programs is off while use_programs is on; one \
                        stream for all tracks, or no programs, will do"
                .to_owned());
        }
        self.check_ranges()
    }

    /// Whether numbers are such as a vocabulary can be made of.
    fn check_ranges(&self) -> Result<(), String> {
        for (key, (low, high)) in
            [("pitch_range", self.pitch_range), ("drums_pitch_range", self.drums_pitch_range)]
        {
            if low > high || high > 127 {
                return Err(format!(
                    "{key} is {low} to {high}; rising numbers of 0 to 127 will do"
                ));
            }
        }
        if !(1..=127).contains(&self.num_velocities) {
            return Err(format!("num_velocities is {}; 1 to 127 will do", self.num_velocities));
        }
        if self.special_tokens.len() > 64 {
            let found = self.special_tokens.len();
            return Err(format!("special_tokens holds {found}; up to 64 will do"));
        }
        if self.programs.iter().any(|program| !(-1..128).contains(program)) {
            return Err("programs names one that is none of −1 to 127".to_owned());
        }
        let mut next = 0;
        for (from, to, places) in self.beat_ranges()? {
            if from != next || to <= from || to > 64 || !(1..=64).contains(&places) {
                return Err(format!(
                    "beat_res has {places} places a beat from beat {from} to {to}; ranges from 0 \
                     on, each from where the last one ends, to beat 64, with 1 to 64 places will do"
                ));
            }
            next = to;
        }
        let places: Vec<u32> = self.beat_res.0.iter().map(|(_, places)| *places).collect();
        let most = places.iter().copied().max().unwrap_or(0);
        if most == 0 || places.iter().any(|&places| most % places != 0) {
            return Err("beat_res is empty, or one of its resolutions does not divide the finest"
                .to_owned());
        }
        let meters = self.meters()?;
        let in_quarters = meters.iter().any(|&(_, denominator)| denominator == 4);
        if meters.len() > 256 || meters.iter().any(|&(n, _)| n == 0) || !in_quarters {
            return Err("time_signature_range must hold quarters (4), no numerator 0, and 256 \
                        meters at most"
                .to_owned());
        }
        let coarsest = meters.iter().map(|&(_, denominator)| denominator).min().unwrap_or(4);
        if self.use_time_signatures && coarsest < 4 && most * u32::from(coarsest) % 4 != 0 {
            return Err(format!("beats of {coarsest} need a finer beat_res than {most}"));
        }
        let (low, high) = self.tempo_range;
        let tempi = self.num_tempos;
        if !(1.0..=1000.0).contains(&low) || !(low..=1000.0).contains(&high) || tempi > 1024 {
            return Err(format!(
                "{tempi} tempi from {low} to {high}; up to 1024 of 1 to 1000 a minute will do"
            ));
        }
        if self.use_tempos && tempi == 0 {
            return Err("use_tempos is on, and num_tempos is 0".to_owned());
        }
        Ok(())
    }
}

/// A JSON object whose order means something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ordered<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ordered<V>, D::Error> {
        struct InOrder<V>(std::marker::PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for InOrder<V> {
            type Value = Ordered<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

//! `remi`, `tsd` and `midi-like`: streams of words, as MidiTok 3.1 writes them.
//!
//! A tokenizer file of MidiTok (without a learnt vocabulary) is read and written, and a score
//! gets the token ids that MidiTok gives it, with one exception: notes struck on one tick are
//! written in the order of this project's scores (pitch, duration, velocity), where MidiTok
//! keeps the order of the file's messages. In [`Events`] a token is MidiTok's id and 2 more, for
//! [`NONE`](crate::NONE) and [`END`] come first.
//!
//! Decoded: a note is a pitch with the words that belong to it right behind; with one missing it
//! is passed over. A release is that of the pitch's first stroke still sounding; what sounds at
//! the end is released there. A program without a part plays the first part of its kind. Meters
//! and tempi that are written set the time, and the score keeps its setting's.

mod config;
mod prepare;
mod read;
mod vocabulary;
mod write;

use std::num::NonZero;

use cantilena_score::{Meter, MeterMap, Score, TempoMap, Ticks, TicksPerQuarter, Velocity};

pub(crate) use config::File;
pub use config::Scheme;
pub(crate) use read::Reading;
pub(crate) use vocabulary::Word;

use crate::error::TokenError;
use crate::event::Events;
use crate::field::{END, Field};
use crate::midi_tok::config::Config;
use crate::midi_tok::prepare::{Prepared, prepare, program};
use crate::midi_tok::vocabulary::Vocabulary;
use crate::setting::{Part, Setting};

/// A tokenizer of MidiTok: one of its tokenizations and a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct MidiTok {
    scheme: Scheme,
    config: Config,
    vocabulary: Vocabulary,
    /// Ticks in a quarter note of what is decoded.
    clock: TicksPerQuarter,
    /// Places of the finest beat.
    places: u32,
}

// Floats among the settings are finite: a configuration is checked before it is kept.
impl Eq for MidiTok {}

/// The first id's token.
const FIRST: u16 = END + 1;

impl MidiTok {
    /// MidiTok's defaults for a tokenization: no words for programs, so that each track is a
    /// stream of its own.
    pub fn new(scheme: Scheme) -> MidiTok {
        MidiTok::of(File::new(scheme, Config::default())).expect("the defaults make a vocabulary")
    }

    /// MidiTok's defaults, with words for the programs that play in the scores (−1 for drums) if
    /// any of them has more than one part.
    pub(crate) fn fit<'a>(
        scheme: Scheme,
        scores: impl Iterator<Item = &'a Score>,
    ) -> Result<MidiTok, TokenError> {
        let mut programs = std::collections::BTreeSet::new();
        let mut most = 0;
        for score in scores {
            let tracks = score.tracks.iter().filter(|track| !track.notes.is_empty());
            most = most.max(tracks.clone().count());
            programs.extend(tracks.map(|track| program(&Part::from(track))));
        }
        if most == 0 {
            return Err(TokenError::NoNotes { drums: 0 });
        }
        let programs = (most > 1).then(|| programs.into_iter().collect());
        MidiTok::of(File::new(scheme, Config::of_programs(programs)))
    }

    /// The tokenizer of a file that MidiTok 3.0 or 3.1 saved, as JSON text.
    ///
    /// Learnt vocabularies (BPE) and options whose words are not written here are refused, and
    /// the message names them.
    pub fn from_json(json: &str) -> Result<MidiTok, TokenError> {
        MidiTok::of(File::read(json)?)
    }

    /// The file as MidiTok would save it, for its `params` to load.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.file()).expect("names and numbers make JSON")
    }

    pub(crate) fn of(file: File) -> Result<MidiTok, TokenError> {
        file.check().map_err(TokenError::MidiTok)?;
        let (scheme, config) = (file.tokenization, file.config);
        let vocabulary = Vocabulary::new(scheme, &config).map_err(TokenError::MidiTok)?;
        let places = config.beat_res.0.iter().map(|(_, places)| *places).max().unwrap_or(1);
        let finest = vocabulary.meters.iter().map(|&(_, denominator)| denominator).max();
        let clock = places * u32::from(finest.unwrap_or(4)) / 4;
        let clock = u16::try_from(clock).ok().and_then(NonZero::new).ok_or_else(|| {
            TokenError::MidiTok(format!("a clock of {clock} ticks a quarter; 1 to 65535 will do"))
        })?;
        Ok(MidiTok { scheme, config, vocabulary, clock, places })
    }

    pub(crate) fn file(&self) -> File {
        File::new(self.scheme, self.config.clone())
    }

    /// Which tokenization it is.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// How many token ids there are, special ones counted.
    pub fn vocabulary_len(&self) -> usize {
        self.vocabulary.len()
    }

    /// What MidiTok calls a token: `Pitch_60`.
    pub fn name(&self, id: u16) -> Option<String> {
        self.vocabulary.word(id).map(|word| self.vocabulary.name(word))
    }

    /// MidiTok's ids of a score: one stream where programs have words, else one a track.
    pub fn ids(&self, score: &Score) -> Vec<Vec<u16>> {
        write::streams(self, &prepare(self, score))
    }

    /// The score of streams of ids, with the meters and tempi of the first.
    ///
    /// Each stream is a part; where programs have words, the first is all parts.
    pub fn score(&self, streams: &[Vec<u16>]) -> Score {
        read::score(self, streams)
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        vec![Field::predicted("token", usize::from(FIRST) + self.vocabulary.len())]
    }

    pub(crate) fn clock(&self) -> TicksPerQuarter {
        self.clock
    }

    pub(crate) fn places_per_beat(&self) -> u32 {
        self.places
    }

    /// The events of a score and its setting: of all its parts where programs have words, else
    /// of the first.
    pub(crate) fn encode(
        &self,
        score: &Score,
        adjust: impl FnOnce(&mut Setting),
    ) -> (Events, Setting) {
        let prepared = prepare(self, score);
        let stream = write::streams(self, &prepared).into_iter().next().unwrap_or_default();
        let mut setting = self.setting_of(score, &prepared);
        adjust(&mut setting);
        let tokens = stream.into_iter().map(|id| id + FIRST).chain([END]).collect();
        (Events::stream(tokens), setting)
    }

    pub(crate) fn setting(&self, score: &Score) -> Setting {
        self.setting_of(score, &prepare(self, score))
    }

    fn setting_of(&self, score: &Score, prepared: &Prepared) -> Setting {
        let mut timing = Score::new(score.ticks_per_quarter());
        (timing.tempo, timing.keys) = (score.tempo.clone(), score.keys.clone());
        let timing = timing.rescaled(self.clock);
        let scale = |tick: u32| {
            let ticks = u64::from(tick) * u64::from(self.clock.get());
            Ticks((ticks / u64::from(prepared.ticks_per_quarter)) as u32)
        };
        let meters =
            prepared.meters.iter().map(|&(tick, meter)| (scale(tick), meter)).collect::<Vec<_>>();
        let parts = if self.config.use_programs { prepared.tracks.len() } else { 1 };
        Setting {
            title: score.title.clone(),
            parts: prepared.tracks.iter().take(parts).map(|track| track.part.clone()).collect(),
            meters: meter_map(&meters),
            tempo: timing.tempo,
            keys: timing.keys,
            bars: None,
        }
    }

    pub(crate) fn decode(&self, setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let mut reading = Reading::new(self);
        let words = events.rows().filter_map(|row| self.word(row[0]));
        let mut notes: Vec<_> = words.filter_map(|word| reading.take(self, word)).collect();
        notes.extend(reading.let_go(self));
        for (program, note) in notes {
            if let Some(part) = self.part_of(&setting.parts, program) {
                score.tracks[part].notes.push(note);
            }
        }
        score.sort();
        score
    }

    /// The part that plays a program: its own, else the first of its kind.
    pub(crate) fn part_of(&self, parts: &[Part], number: i16) -> Option<usize> {
        if !self.config.use_programs {
            return (!parts.is_empty()).then_some(0);
        }
        let own = parts.iter().position(|part| program(part) == number);
        own.or_else(|| parts.iter().position(|part| part.is_drums == (number == -1)))
    }

    /// The word of a token; `None` for nothing and the end.
    pub(crate) fn word(&self, token: u16) -> Option<Word> {
        self.vocabulary.word(token.checked_sub(FIRST)?)
    }

    pub(crate) fn spell(&self, token: u16) -> String {
        match self.word(token) {
            Some(word) => self.vocabulary.name(word),
            None => if token == END { "end" } else { "-" }.to_owned(),
        }
    }

    /// All lengths of time, in ticks of which so many are a beat.
    fn ticks_of_lengths(&self, ticks_per_beat: u32) -> Vec<u32> {
        self.vocabulary.lengths.iter().map(|length| length.ticks(ticks_per_beat)).collect()
    }

    /// The nearest velocity that has a word; of two as near, the louder.
    fn velocity_index(&self, velocity: Velocity) -> u16 {
        let known = &self.vocabulary.velocities;
        let above = known.partition_point(|&known| known < velocity.value());
        let distance = |index: usize| known[index].abs_diff(velocity.value());
        match above {
            0 => 0,
            _ if above == known.len() => above as u16 - 1,
            _ if distance(above - 1) < distance(above) => above as u16 - 1,
            _ => above as u16,
        }
    }

    /// The tempo that has a word and whose quarter is nearest to one of so many microseconds; of
    /// two as near, the longer.
    fn tempo_index(&self, micros_per_quarter: f64) -> u16 {
        let distance = |bpm: &f64| (60e6 / bpm - micros_per_quarter).abs();
        let tempi = self.vocabulary.tempi.iter().zip(0..);
        let nearest = tempi.min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
        nearest.map_or(0, |(_, index)| index)
    }
}

/// Meters by tick as a map; common time where none stands at the start.
fn meter_map(meters: &[(Ticks, (u8, u16))]) -> MeterMap {
    let mut map = MeterMap::default();
    for &(tick, (numerator, denominator)) in meters {
        if let Ok(meter) = Meter::new(numerator, denominator) {
            map.insert(tick, meter);
        }
    }
    map
}

/// Tempi by tick as a map on a clock; 120 a minute where none stands at the start.
fn tempo_map(clock: TicksPerQuarter, tempi: &[(Ticks, f64)]) -> TempoMap {
    let mut map = TempoMap::new(clock);
    tempi.iter().for_each(|&(tick, bpm)| map.insert_bpm(tick, bpm));
    map
}

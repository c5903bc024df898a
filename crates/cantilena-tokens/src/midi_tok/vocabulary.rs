//! The words of a MidiTok vocabulary, in MidiTok's order.

use std::fmt;

use crate::midi_tok::config::{Config, Scheme};

/// What one token says. Indices count within their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Padding, a beginning, an end, a mask: nothing that is played.
    Special(u16),
    Bar,
    /// A pitch; in `MIDILike` its stroke.
    Pitch(u8),
    /// The stroke of a drum.
    Drum(u8),
    Off(u8),
    DrumOff(u8),
    Velocity(u16),
    Duration(u16),
    Position(u16),
    Shift(u16),
    Tempo(u16),
    Program(i16),
    Meter(u8, u16),
}

/// A length of time: whole beats, and places of so many to the beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length {
    beats: u32,
    places: u32,
    places_per_beat: u32,
}

impl Length {
    /// In ticks, of which so many are a beat.
    pub(crate) fn ticks(self, ticks_per_beat: u32) -> u32 {
        (self.beats * self.places_per_beat + self.places) * ticks_per_beat / self.places_per_beat
    }
}

/// All words in order, and what their indices mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Vocabulary {
    scheme: Scheme,
    words: Vec<Word>,
    special: Vec<String>,
    /// Rising.
    pub(crate) lengths: Vec<Length>,
    /// Rising.
    pub(crate) velocities: Vec<u8>,
    /// Quarters a minute, rising.
    pub(crate) tempi: Vec<f64>,
    pub(crate) meters: Vec<(u8, u16)>,
    /// The first id of each kind, in the order of [`Word`].
    firsts: [u16; 13],
    pitch_from: u8,
    drum_from: u8,
    programs: Vec<i16>,
}

/// A program's place among them.
const NO_PROGRAM: u16 = 0;

impl Vocabulary {
    /// The words of a configuration that was checked.
    pub(crate) fn new(scheme: Scheme, config: &Config) -> Result<Vocabulary, String> {
        let lengths = lengths(&config.beat_ranges()?);
        let velocities = match config.use_velocities {
            true => velocities(config.num_velocities),
            false => Vec::new(),
        };
        let tempi = if config.use_tempos { tempi(config) } else { Vec::new() };
        let meters = if config.use_time_signatures { config.meters()? } else { Vec::new() };
        let places = config.beat_res.0.iter().map(|(_, places)| *places).max().unwrap_or(1);
        let most_beats = meters.iter().map(|&(numerator, _)| numerator).max().unwrap_or(4);
        let positions = places * u32::from(most_beats);

        let pitches = || config.pitch_range.0..=config.pitch_range.1;
        let drums = || config.drums_pitch_range.0..=config.drums_pitch_range.1;
        let indices = |count: usize| 0..count as u16;
        let mut words: Vec<Word> =
            indices(config.special_tokens.len()).map(Word::Special).collect();
        if scheme == Scheme::Remi {
            words.push(Word::Bar);
        }
        words.extend(pitches().map(Word::Pitch));
        if scheme == Scheme::MidiLike {
            words.extend(pitches().map(Word::Off));
        }
        words.extend(indices(velocities.len()).map(Word::Velocity));
        if scheme != Scheme::MidiLike {
            words.extend(indices(lengths.len()).map(Word::Duration));
        }
        match scheme {
            Scheme::Remi => words.extend(indices(positions as usize).map(Word::Position)),
            _ => words.extend(indices(lengths.len()).map(Word::Shift)),
        }
        if config.use_pitchdrum_tokens {
            words.extend(drums().map(Word::Drum));
            if scheme == Scheme::MidiLike {
                words.extend(drums().map(Word::DrumOff));
            }
        }
        words.extend(indices(tempi.len()).map(Word::Tempo));
        if config.use_programs {
            words.extend(config.programs.iter().copied().map(Word::Program));
        }
        words.extend(meters.iter().map(|&(n, d)| Word::Meter(n, d)));
        // Two ids at the lower end are this crate's own.
        if words.len() > usize::from(u16::MAX) - 2 {
            return Err(format!("a vocabulary of {} words, and 65533 are the most", words.len()));
        }
        let mut firsts = [u16::MAX; 13];
        for (id, word) in words.iter().enumerate() {
            let first = &mut firsts[word.kind()];
            *first = (*first).min(id as u16);
        }
        Ok(Vocabulary {
            scheme,
            words,
            special: config.special_tokens.clone(),
            lengths,
            velocities,
            tempi,
            meters,
            firsts,
            pitch_from: config.pitch_range.0,
            drum_from: config.drums_pitch_range.0,
            programs: config.programs.clone(),
        })
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word of an id.
    pub(crate) fn word(&self, id: u16) -> Option<Word> {
        self.words.get(usize::from(id)).copied()
    }

    /// The id of a word that is in the vocabulary.
    pub(crate) fn id(&self, word: Word) -> u16 {
        let place = match word {
            Word::Bar => 0,
            Word::Pitch(pitch) | Word::Off(pitch) => u16::from(pitch - self.pitch_from),
            Word::Drum(pitch) | Word::DrumOff(pitch) => u16::from(pitch - self.drum_from),
            Word::Special(index)
            | Word::Velocity(index)
            | Word::Duration(index)
            | Word::Position(index)
            | Word::Shift(index)
            | Word::Tempo(index) => index,
            Word::Program(program) => {
                let place = self.programs.iter().position(|&known| known == program);
                place.map_or(NO_PROGRAM, |place| place as u16)
            }
            Word::Meter(n, d) => {
                self.meters.iter().position(|&meter| meter == (n, d)).unwrap_or(0) as u16
            }
        };
        self.firsts[word.kind()] + place
    }

    /// What MidiTok calls a word.
    pub(crate) fn name(&self, word: Word) -> String {
        let is_on_off = self.scheme == Scheme::MidiLike;
        match word {
            Word::Special(index) => self.special[usize::from(index)].clone(),
            Word::Bar => "Bar_None".to_owned(),
            Word::Pitch(pitch) if is_on_off => format!("NoteOn_{pitch}"),
            Word::Pitch(pitch) => format!("Pitch_{pitch}"),
            Word::Drum(pitch) if is_on_off => format!("DrumOn_{pitch}"),
            Word::Drum(pitch) => format!("PitchDrum_{pitch}"),
            Word::Off(pitch) => format!("NoteOff_{pitch}"),
            Word::DrumOff(pitch) => format!("DrumOff_{pitch}"),
            Word::Velocity(index) => format!("Velocity_{}", self.velocities[usize::from(index)]),
            Word::Duration(index) => format!("Duration_{}", self.lengths[usize::from(index)]),
            Word::Position(place) => format!("Position_{place}"),
            Word::Shift(index) => format!("TimeShift_{}", self.lengths[usize::from(index)]),
            Word::Tempo(index) => format!("Tempo_{:?}", self.tempi[usize::from(index)]),
            Word::Program(program) => format!("Program_{program}"),
            Word::Meter(numerator, denominator) => format!("TimeSig_{numerator}/{denominator}"),
        }
    }
}

impl Word {
    /// Its place in [`Vocabulary::firsts`].
    fn kind(self) -> usize {
        match self {
            Word::Special(_) => 0,
            Word::Bar => 1,
            Word::Pitch(_) => 2,
            Word::Drum(_) => 3,
            Word::Off(_) => 4,
            Word::DrumOff(_) => 5,
            Word::Velocity(_) => 6,
            Word::Duration(_) => 7,
            Word::Position(_) => 8,
            Word::Shift(_) => 9,
            Word::Tempo(_) => 10,
            Word::Program(_) => 11,
            Word::Meter(..) => 12,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.beats, self.places, self.places_per_beat)
    }
}

/// Every place of every beat but the very first, and the end of the last beat.
fn lengths(ranges: &[(u32, u32, u32)]) -> Vec<Length> {
    let mut lengths = Vec::new();
    for &(from, to, places_per_beat) in ranges {
        for beats in from..to {
            lengths.extend((0..places_per_beat).map(|places| Length {
                beats,
                places,
                places_per_beat,
            }));
        }
    }
    if let Some(&(_, to, places_per_beat)) = ranges.last() {
        lengths.push(Length { beats: to, places: 0, places_per_beat });
    }
    lengths.remove(0);
    lengths
}

/// So many equal steps up to 127, each rounded down.
fn velocities(count: u16) -> Vec<u8> {
    let step = 127.0 / f64::from(count);
    (1..=count)
        .map(|index| if index == count { 127 } else { (f64::from(index) * step) as u8 })
        .collect()
}

/// Equal steps, or equal ratios, from the slowest to the fastest, to hundredths.
fn tempi(config: &Config) -> Vec<f64> {
    let (low, high) = config.tempo_range;
    let last = f64::from(config.num_tempos.max(2) - 1);
    let tempo = |index: u16| {
        let part = f64::from(index) / last;
        let tempo = match config.log_tempos {
            true => (low.ln() + (high.ln() - low.ln()) * part).exp(),
            false => low + (high - low) * part,
        };
        (tempo * 100.0).round() / 100.0
    };
    (0..config.num_tempos).map(tempo).collect()
}

//! Words as notes, one by one: for decoding, and for composing, where each must make sense.

use cantilena_score::{Note, Pitch, Score, Ticks, Track, Velocity};

use crate::midi_tok::config::{Config, Scheme};
use crate::midi_tok::prepare::{bar, beat, program};
use crate::midi_tok::vocabulary::Word;
use crate::midi_tok::{MidiTok, meter_map, tempo_map};
use crate::place::Place;
use crate::setting::{Part, Setting};

/// How far time may go on without a note while composing, in quarter notes: as long as the
/// longest silence of `notes`.
const SILENCE_QUARTERS_MAX: u32 = 64;

/// What a note is struck with where velocity has no words (MidiTok's default).
const PLAIN_VELOCITY: i32 = 100;

/// A stream so far: the time, and what is open.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    clock: Ticks,
    /// Where the bar begins; `None` before the first.
    bar: Option<Ticks>,
    meter: (u8, u16),
    /// Whether a meter was said for this bar (REMI), or at all.
    has_meter: bool,
    /// Whether a position was said in this bar.
    is_placed: bool,
    program: i16,
    /// A pitch whose velocity or duration is still to be said.
    open: Option<Open>,
    /// Strokes not yet released, the first one first.
    sounding: Vec<(i16, Note)>,
    /// What was struck at this place.
    struck: Vec<(i16, Pitch)>,
    last: Option<Word>,
    last_onset: Option<Ticks>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    pitch: Pitch,
    velocity: Option<Velocity>,
}

impl Reading {
    pub(crate) fn new(tokenizer: &MidiTok) -> Reading {
        let plain = tokenizer.vocabulary.meters.contains(&(4, 4));
        let first = tokenizer.vocabulary.meters.first().copied();
        Reading {
            clock: Ticks::ZERO,
            bar: None,
            meter: if plain { (4, 4) } else { first.unwrap_or((4, 4)) },
            has_meter: false,
            is_placed: false,
            program: 0,
            open: None,
            sounding: Vec::new(),
            struck: Vec::new(),
            last: None,
            last_onset: None,
        }
    }

    /// Takes a word in; gives the note it completes and its program.
    pub(crate) fn take(&mut self, tokenizer: &MidiTok, word: Word) -> Option<(i16, Note)> {
        let complete = self.note(tokenizer, word);
        let open = self.open.take();
        let clock = self.time(tokenizer, word);
        match word {
            Word::Bar => {
                self.bar = clock;
                (self.is_placed, self.has_meter) = (false, false);
            }
            Word::Position(_) => {
                self.bar = self.bar.or(Some(Ticks::ZERO));
                self.is_placed = true;
            }
            Word::Meter(numerator, denominator) => {
                self.meter = (numerator, denominator);
                self.has_meter = true;
            }
            Word::Program(program) => self.program = program,
            Word::Pitch(pitch) | Word::Drum(pitch) => {
                if let Ok(pitch) = Pitch::new(pitch) {
                    self.open = Some(Open { pitch, velocity: None });
                    self.struck.push((self.program, pitch));
                    self.last_onset = Some(self.clock);
                    if !tokenizer.config.use_velocities {
                        let velocity = Velocity::clamped(PLAIN_VELOCITY);
                        self.say_velocity(tokenizer, pitch, velocity);
                    }
                }
            }
            Word::Velocity(index) => {
                if let Some(Open { pitch, velocity: None }) = open {
                    let velocity = tokenizer.vocabulary.velocities[usize::from(index)];
                    self.say_velocity(tokenizer, pitch, Velocity::clamped(i32::from(velocity)));
                }
            }
            Word::Off(_) | Word::DrumOff(_) => {
                if let Some(at) = self.sounding_at(word) {
                    self.sounding.remove(at);
                }
            }
            Word::Special(_) | Word::Duration(_) | Word::Shift(_) | Word::Tempo(_) => {}
        }
        if let Some(clock) = clock
            && clock != self.clock
        {
            self.clock = clock;
            self.struck.clear();
        }
        self.last = Some(word);
        complete
    }

    /// Keeps a velocity for the duration to come, or strikes the note.
    fn say_velocity(&mut self, tokenizer: &MidiTok, pitch: Pitch, velocity: Velocity) {
        if tokenizer.scheme == Scheme::MidiLike {
            let note = Note { onset: self.clock, duration: Ticks::ZERO, pitch, velocity };
            self.sounding.push((self.program, note));
            self.open = None;
        } else {
            self.open = Some(Open { pitch, velocity: Some(velocity) });
        }
    }

    /// The note that a word would complete, and its program.
    pub(crate) fn note(&self, tokenizer: &MidiTok, word: Word) -> Option<(i16, Note)> {
        match word {
            Word::Duration(index) => {
                let Open { pitch, velocity } = self.open?;
                let duration = Ticks(self.ticks(tokenizer, index));
                Some((
                    self.program,
                    Note { onset: self.clock, duration, pitch, velocity: velocity? },
                ))
            }
            Word::Off(_) | Word::DrumOff(_) => {
                let (program, note) = self.sounding[self.sounding_at(word)?];
                Some((program, self.released(tokenizer, note)))
            }
            _ => None,
        }
    }

    /// The first stroke still sounding that a release would end.
    fn sounding_at(&self, word: Word) -> Option<usize> {
        let (Word::Off(pitch) | Word::DrumOff(pitch)) = word else { return None };
        let is_it = |(program, note): &(i16, Note)| {
            *program == self.program && note.pitch.number() == pitch
        };
        self.sounding.iter().position(is_it)
    }

    /// To where a word would move the time.
    fn time(&self, tokenizer: &MidiTok, word: Word) -> Option<Ticks> {
        match word {
            Word::Bar => Some(match self.bar {
                Some(begun) => begun + Ticks(bar(self.meter, ticks_per_quarter(tokenizer))),
                None => Ticks::ZERO,
            }),
            Word::Position(place) => {
                let beat = beat(self.meter.1, ticks_per_quarter(tokenizer));
                let ticks = u32::from(place) * (beat / tokenizer.places_per_beat());
                Some(self.bar.unwrap_or_default() + Ticks(ticks))
            }
            Word::Shift(index) => Some(self.clock + Ticks(self.ticks(tokenizer, index))),
            _ => None,
        }
    }

    /// A length of time at the beat of now.
    fn ticks(&self, tokenizer: &MidiTok, index: u16) -> u32 {
        let beat = beat(self.meter.1, ticks_per_quarter(tokenizer));
        tokenizer.vocabulary.lengths[usize::from(index)].ticks(beat)
    }

    /// What a word would say of time.
    pub(crate) fn place(&self, tokenizer: &MidiTok, word: Word) -> Place {
        match word {
            Word::Bar | Word::Shift(_) => {
                self.time(tokenizer, word).map_or(Place::Silent, Place::Clock)
            }
            // A note must follow.
            Word::Position(_) => self.time(tokenizer, word).map_or(Place::Silent, Place::Onset),
            Word::Pitch(_) | Word::Drum(_) => Place::Onset(self.clock),
            Word::Program(program) if !self.can_release(program) => Place::Onset(self.clock),
            Word::Duration(index) => {
                Place::Release(self.clock + Ticks(self.ticks(tokenizer, index)))
            }
            _ => Place::Silent,
        }
    }

    /// Whether a program has a stroke from before now to release.
    fn can_release(&self, program: i16) -> bool {
        self.sounding.iter().any(|(other, note)| *other == program && note.onset < self.clock)
    }

    /// Whether a program has a pitch left to strike now.
    fn can_strike(&self, tokenizer: &MidiTok, setting: &Setting, program: i16) -> bool {
        let Config { pitch_range, drums_pitch_range, .. } = &tokenizer.config;
        let (lowest, highest) = match has_drums(tokenizer, setting, program) {
            true => *drums_pitch_range,
            false => *pitch_range,
        };
        (lowest..=highest).any(|pitch| self.is_free(program, pitch))
    }

    /// Whether a program neither sounds a pitch nor struck it at this place.
    fn is_free(&self, program: i16, pitch: u8) -> bool {
        let is_it = |other: i16, sounding: Pitch| (other, sounding.number()) == (program, pitch);
        !self.struck.iter().any(|&(other, pitch)| is_it(other, pitch))
            && !self.sounding.iter().any(|&(other, note)| is_it(other, note.pitch))
    }

    /// Whether a word makes sense here: what is open is finished first; bars, meters and places
    /// come in their order and forwards; players are the setting's; no pitch is struck that
    /// sounds or was struck at this place; nothing is silent for ever. Tempi are the setting's
    /// and not composed.
    pub(crate) fn allows(&self, tokenizer: &MidiTok, setting: &Setting, word: Word) -> bool {
        match (word, self.open) {
            (Word::Velocity(_), Some(open)) => return open.velocity.is_none(),
            (Word::Duration(_), Some(open)) => return open.velocity.is_some(),
            (_, Some(_)) => return false,
            _ => {}
        }
        if let Some(due) = self.due_meter(tokenizer, setting) {
            return word == Word::Meter(due.0, due.1);
        }
        let is_remi = tokenizer.scheme == Scheme::Remi;
        let after_program = matches!(self.last, Some(Word::Program(_)));
        let must_play = after_program || (is_remi && matches!(self.last, Some(Word::Position(_))));
        let in_time = |clock: Option<Ticks>| {
            let quarter = ticks_per_quarter(tokenizer);
            let since = |at: Ticks| at.since(self.last_onset.unwrap_or_default());
            clock.is_some_and(|at| since(at).0 <= SILENCE_QUARTERS_MAX * quarter)
        };
        let has_program = after_program == tokenizer.config.use_programs;
        match word {
            Word::Bar => !must_play && in_time(self.time(tokenizer, word)),
            Word::Position(place) => {
                let beat = beat(self.meter.1, ticks_per_quarter(tokenizer));
                let ticks = u32::from(place) * (beat / tokenizer.places_per_beat());
                let at = self.time(tokenizer, word);
                let is_ahead = at.is_some_and(|at| at > self.clock || !self.is_placed);
                let is_inside = ticks < bar(self.meter, ticks_per_quarter(tokenizer));
                !must_play && self.bar.is_some() && is_ahead && is_inside
            }
            Word::Shift(_) => {
                let at = self.time(tokenizer, word);
                let next = setting.meters.changes().iter().map(|change| change.onset);
                let next = next.filter(|&onset| onset > self.clock).min();
                let before_change = at.is_some_and(|at| next.is_none_or(|next| at <= next));
                !must_play && in_time(at) && before_change
            }
            Word::Program(program) => {
                !after_program
                    && (!is_remi || self.is_placed)
                    && plays(tokenizer, setting, program)
                    && (self.can_release(program) || self.can_strike(tokenizer, setting, program))
            }
            Word::Pitch(pitch) | Word::Drum(pitch) => {
                let drums = matches!(word, Word::Drum(_));
                has_program
                    && self.is_free(self.program, pitch)
                    && (!is_remi || self.is_placed)
                    && has_drums(tokenizer, setting, self.program) == drums
            }
            Word::Off(_) | Word::DrumOff(_) => {
                let stroke = self.sounding_at(word).map(|at| self.sounding[at].1);
                has_program
                    && stroke.is_some_and(|note| note.onset < self.clock)
                    && has_drums(tokenizer, setting, self.program)
                        == matches!(word, Word::DrumOff(_))
            }
            _ => false,
        }
    }

    /// Whether the piece may end here: nothing is half said.
    pub(crate) fn may_end(&self) -> bool {
        let half = matches!(self.last, Some(Word::Program(_) | Word::Position(_)));
        self.open.is_none() && !half
    }

    /// The meter that must be said now.
    fn due_meter(&self, tokenizer: &MidiTok, setting: &Setting) -> Option<(u8, u16)> {
        if !tokenizer.config.use_time_signatures {
            return None;
        }
        let clock = setting.tempo.ticks_per_quarter();
        let given = setting.meters.position(self.clock, clock).meter;
        let given = (given.numerator(), given.denominator());
        let known = tokenizer.vocabulary.meters.contains(&given);
        match tokenizer.scheme {
            Scheme::Remi => {
                let is_due = self.bar.is_some() && !self.has_meter;
                is_due.then_some(if known { given } else { self.meter })
            }
            _ if !self.has_meter => Some(if known { given } else { self.meter }),
            _ => (known && given != self.meter && self.last != Some(Word::Meter(given.0, given.1)))
                .then_some(given),
        }
    }

    /// When the last note was struck.
    pub(crate) fn last_onset(&self) -> Option<Ticks> {
        self.last_onset
    }

    /// Whether nothing is open.
    pub(crate) fn is_settled(&self) -> bool {
        self.sounding.is_empty() && self.may_end()
    }

    /// What still sounds, released now.
    pub(crate) fn let_go(&self, tokenizer: &MidiTok) -> impl Iterator<Item = (i16, Note)> {
        self.sounding.iter().map(|&(program, note)| (program, self.released(tokenizer, note)))
    }

    /// A note released now, or a place of the grid after its stroke: the clock may be finer than
    /// the beat's places, and nothing shorter could be written again.
    fn released(&self, tokenizer: &MidiTok, note: Note) -> Note {
        let shortest = Ticks(self.ticks(tokenizer, 0).max(1));
        Note { duration: self.clock.since(note.onset).max(shortest), ..note }
    }
}

fn ticks_per_quarter(tokenizer: &MidiTok) -> u32 {
    u32::from(tokenizer.clock().get())
}

/// Whether a program is one of the setting's. Where none of the setting's has a word, any of the
/// same kind will do: the part plays it.
fn plays(tokenizer: &MidiTok, setting: &Setting, number: i16) -> bool {
    let is_drums = number == -1;
    let same_kind = |part: &&Part| part.is_drums == is_drums;
    let has_word = |part: &Part| tokenizer.config.programs.contains(&program(part));
    let parts = setting.parts.iter();
    parts.clone().any(|part| program(part) == number)
        || (parts.clone().any(|part| same_kind(&part))
            && !parts.clone().filter(same_kind).any(has_word))
}

/// Whether a program's part plays drums that have words of their own.
fn has_drums(tokenizer: &MidiTok, setting: &Setting, program: i16) -> bool {
    let part = tokenizer.part_of(&setting.parts, program);
    let is_drums = part.is_some_and(|part| setting.parts[part].is_drums);
    is_drums && tokenizer.config.use_pitchdrum_tokens
}

/// The score of streams of ids.
pub(crate) fn score(tokenizer: &MidiTok, streams: &[Vec<u16>]) -> Score {
    let mut score = Score::new(tokenizer.clock());
    let count = if tokenizer.config.use_programs { 1 } else { streams.len() };
    for (index, stream) in streams.iter().take(count).enumerate() {
        let mut reading = Reading::new(tokenizer);
        let (mut meters, mut tempi, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for word in stream.iter().filter_map(|&id| tokenizer.vocabulary.word(id)) {
            notes.extend(reading.take(tokenizer, word));
            match word {
                Word::Meter(n, d) if meters.last().is_none_or(|&(_, last)| last != (n, d)) => {
                    meters.push((reading.clock, (n, d)));
                }
                Word::Tempo(tempo) => {
                    tempi.push((reading.clock, tokenizer.vocabulary.tempi[usize::from(tempo)]));
                }
                _ => {}
            }
        }
        notes.extend(reading.let_go(tokenizer));
        if index == 0 {
            score.meters = meter_map(&meters);
            score.tempo = tempo_map(tokenizer.clock(), &tempi);
        }
        let from = score.tracks.len();
        if !tokenizer.config.use_programs {
            score.tracks.push(Track::default());
        }
        for (number, note) in notes {
            let own = |track: &Track| program(&Part::from(track)) == number;
            let place = match tokenizer.config.use_programs {
                true => score.tracks.iter().position(own),
                false => Some(from),
            };
            let place = place.unwrap_or_else(|| {
                let program = u8::try_from(number).ok();
                let program = program.and_then(|n| cantilena_score::Program::new(n).ok());
                let program = program.unwrap_or_default();
                score.tracks.push(Track { program, is_drums: number == -1, ..Track::default() });
                score.tracks.len() - 1
            });
            score.tracks[place].notes.push(note);
        }
    }
    score.sort();
    score
}

//! The instrument that all parts are played on.

use std::thread;

use cantilena_audio::SampleRate;
use cantilena_score::{Change, Pitch, Program, Velocity};

use crate::engine::{Command, Engine};
use crate::error::SoundError;
use crate::schedule::Scheduled;
use crate::soundfont::SoundFont;

/// What a part plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The program; for drums, the kit.
    pub program: Program,
    /// Whether pitches are drums.
    pub is_drums: bool,
}

/// What a player does to the synth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Lets go of a key.
    Release(Pitch),
    /// Moves a controller or the pitch wheel. Key and channel pressure are not heard: the engine
    /// has no place for them.
    Change(Change),
    /// Strikes a key.
    Strike(Pitch, Velocity),
}

/// Any number of parts, played message by message; stereo sound, block by block.
///
/// The engine has sixteen channels, so every few parts get an engine of their own. Engines play
/// side by side on as many threads as the machine has; what they play does not depend on that.
#[derive(Debug)]
pub struct Synth {
    engines: Vec<Engine>,
    parts: Vec<PartState>,
    threads: usize,
}

/// What a part's controllers have set up besides what the engine keeps.
#[derive(Debug)]
struct PartState {
    is_drums: bool,
    /// The registered parameter that was named last (MIDI 1.0, controllers 101 and 100).
    parameter: [u8; 2],
}

/// Parts that an engine plays. Its sixteen channels would take more, but the engines of a band are
/// to keep several processors busy; an engine's reverb costs no more than a voice or two.
const PARTS_OF_AN_ENGINE: usize = 4;
/// The bank that drum kits have in SoundFonts.
const DRUM_BANK: i32 = 128;
/// 256 engines take 90 MB.
const PARTS_MAX: usize = 1_024;

/// Controllers that stand for something else than a value (MIDI 1.0, table of controllers).
pub(crate) mod controller {
    pub(crate) const BANK: u8 = 0;
    pub(crate) const BANK_FINE: u8 = 32;
    pub(super) const DATA_ENTRY: u8 = 6;
    pub(super) const REGISTERED_FINE: u8 = 100;
    pub(super) const REGISTERED: u8 = 101;
}

/// Registered parameters (MIDI 1.0): how far the pitch wheel reaches, and tuning, in semitones.
const BEND_RANGE: [u8; 2] = [0, 0];
const COARSE_TUNE: [u8; 2] = [0, 2];
const NO_PARAMETER: [u8; 2] = [127, 127];
/// Two octaves. More would let the engine leap over short loops, and nobody bends further.
const BEND_SEMITONES_MAX: u8 = 24;

impl Synth {
    /// Frames a second.
    pub const SAMPLE_RATE: SampleRate = SampleRate::CD;
    /// Messages take effect at multiples of so many frames. [`Renderer`](crate::Renderer) picks the
    /// nearest, so notes come a third of a millisecond early or late at most, a tenth of what is
    /// heard in rhythm. Rendering takes no longer than with the engine's usual 64 frames; with 16
    /// it takes a third more.
    pub const BLOCK: usize = 32;

    /// A synth with these parts, all keys up.
    pub fn new(soundfont: &SoundFont, parts: &[Part]) -> Result<Synth, SoundError> {
        if parts.len() > PARTS_MAX {
            let found = parts.len();
            return Err(SoundError::OverLimit { what: "parts", found, limit: PARTS_MAX });
        }
        let engines = (0..parts.len().div_ceil(PARTS_OF_AN_ENGINE))
            .map(|_| Engine::new(soundfont, Self::SAMPLE_RATE, Self::BLOCK))
            .collect::<Result<Vec<_>, _>>()?;
        let states =
            parts.iter().map(|part| PartState { is_drums: part.is_drums, parameter: NO_PARAMETER });
        let mut synth = Synth {
            engines,
            parts: states.collect(),
            threads: thread::available_parallelism().map_or(1, usize::from),
        };
        for (index, part) in parts.iter().enumerate() {
            let (engine, channel) = place(index);
            let mut set_up = |status, first, second| {
                synth.engines[engine].obey(Command { channel, status, first, second })
            };
            if part.is_drums {
                set_up(0xB0, controller::BANK.into(), DRUM_BANK)?;
            }
            set_up(0xC0, part.program.number().into(), 0)?;
        }
        Ok(synth)
    }

    /// Does what a player does to part `part`, counted from 0; it is heard from the next block on.
    ///
    /// # Panics
    ///
    /// Where the synth has no such part.
    pub fn send(&mut self, part: usize, message: Message) -> Result<(), SoundError> {
        match self.command(part, message) {
            Some(command) => self.engines[place(part).0].obey(command),
            None => Ok(()),
        }
    }

    /// Lifts every pedal.
    pub fn lift_pedals(&mut self) -> Result<(), SoundError> {
        let number = cantilena_score::controller::SUSTAIN;
        let lifted = Message::Change(Change::Controller { number, value: 0 });
        (0..self.parts.len()).try_for_each(|part| self.send(part, lifted))
    }

    /// Plays on, over what stands in the two channels; any number of whole
    /// [`BLOCK`](Self::BLOCK)s, both of one length.
    ///
    /// # Panics
    ///
    /// Where the channels are not such.
    pub fn play(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<(), SoundError> {
        self.perform(0, &[], left, right)
    }

    /// Plays on from frame `start`, doing what is scheduled within that time; see
    /// [`play`](Self::play).
    pub(crate) fn perform(
        &mut self,
        start: u64,
        schedule: &[Scheduled],
        left: &mut [f32],
        right: &mut [f32],
    ) -> Result<(), SoundError> {
        assert!(left.len() == right.len() && left.len().is_multiple_of(Self::BLOCK));
        let frames = left.len();
        // What each engine has to do, (frame from the start, command).
        let mut commands: Vec<Vec<(usize, Command)>> = vec![Vec::new(); self.engines.len()];
        for scheduled in schedule {
            let part = usize::from(scheduled.part);
            if let Some(command) = self.command(part, scheduled.message) {
                let frame = scheduled.frame.saturating_sub(start) as usize;
                commands[place(part).0].push((frame, command));
            }
        }

        let of_a_thread = self.engines.len().div_ceil(self.threads).max(1);
        let work = |engines: &mut [Engine], commands: &[Vec<(usize, Command)>]| {
            let mut both = engines.iter_mut().zip(commands);
            both.try_for_each(|(engine, commands)| engine.perform(commands, frames))
        };
        let shares = self.engines.chunks_mut(of_a_thread).zip(commands.chunks(of_a_thread));
        thread::scope(|scope| {
            let mut shares = shares.into_iter();
            let own = shares.next();
            let others: Vec<_> = shares
                .map(|(engines, commands)| scope.spawn(move || work(engines, commands)))
                .collect();
            let own = own.map_or(Ok(()), |(engines, commands)| work(engines, commands));
            others
                .into_iter()
                .map(|other| other.join().unwrap_or(Err(SoundError::Engine)))
                .fold(own, Result::and)
        })?;

        left.fill(0.0);
        right.fill(0.0);
        for engine in &self.engines {
            engine.mix_into(left, right);
        }
        Ok(())
    }

    /// The engine's command for a message, if it has one.
    fn command(&mut self, part: usize, message: Message) -> Option<Command> {
        let (_, channel) = place(part);
        let (status, first, second) = match message {
            Message::Release(pitch) => (0x80, pitch.number(), 0),
            Message::Strike(pitch, velocity) => (0x90, pitch.number(), velocity.value()),
            Message::Change(Change::PitchBend(bend)) => {
                let bend = (i32::from(bend) + 8_192).clamp(0, 16_383);
                (0xE0, (bend & 0x7F) as u8, (bend >> 7) as u8)
            }
            Message::Change(Change::Controller { number, value }) => {
                let value = self.parts[part].controlled(number.min(127), value.min(127))?;
                (0xB0, number.min(127), value)
            }
            Message::Change(Change::ChannelPressure(_) | Change::KeyPressure { .. }) => {
                return None;
            }
        };
        Some(Command { channel, status, first: first.into(), second: second.into() })
    }
}

/// The engine that plays a part, and the channel.
fn place(part: usize) -> (usize, i32) {
    (part / PARTS_OF_AN_ENGINE, (part % PARTS_OF_AN_ENGINE) as i32)
}

impl PartState {
    /// The value that the engine may be given for a controller, if any.
    fn controlled(&mut self, number: u8, value: u8) -> Option<u8> {
        match number {
            // A drum part stays one.
            controller::BANK | controller::BANK_FINE if self.is_drums => return None,
            controller::REGISTERED => self.parameter[0] = value,
            controller::REGISTERED_FINE => self.parameter[1] = value,
            controller::DATA_ENTRY if self.parameter == BEND_RANGE => {
                return Some(value.min(BEND_SEMITONES_MAX));
            }
            controller::DATA_ENTRY if self.parameter == COARSE_TUNE => {
                return Some(value.clamp(64 - BEND_SEMITONES_MAX, 64 + BEND_SEMITONES_MAX));
            }
            _ => {}
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_played_does_not_depend_on_the_threads() {
        let play = |threads: usize| {
            let parts: Vec<Part> = (0..14)
                .map(|n| Part { program: Program::new(n * 9).unwrap(), is_drums: n == 3 })
                .collect();
            let mut synth = Synth::new(&SoundFont::built_in(), &parts).unwrap();
            synth.threads = threads;
            let schedule: Vec<Scheduled> = (0..14)
                .map(|part| Scheduled {
                    frame: 5_000 + 300 * u64::from(part),
                    part,
                    message: Message::Strike(
                        Pitch::new(50 + part as u8).unwrap(),
                        Velocity::DEFAULT,
                    ),
                })
                .collect();
            let [mut left, mut right] = [vec![0.0; 16_384], vec![0.0; 16_384]];
            synth.perform(5_000, &schedule, &mut left, &mut right).unwrap();
            (left, right)
        };
        let plain = play(1);
        assert!(plain.0.iter().any(|sample| sample.abs() > 0.01));
        for threads in [2, 3, 16] {
            assert!(play(threads) == plain, "{threads} threads");
        }
    }
}

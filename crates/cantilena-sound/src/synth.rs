//! The instrument that all parts are played on.

use cantilena_audio::SampleRate;
use cantilena_score::{Change, Pitch, Program, Velocity};
use rustysynth::{Synthesizer, SynthesizerSettings};

use crate::error::SoundError;
use crate::fence::fenced;
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
/// The engine has sixteen channels, so every fifteen parts get an engine of their own and all
/// engines are mixed.
#[derive(Debug)]
pub struct Synth {
    engines: Vec<Synthesizer>,
    parts: Vec<PartState>,
    /// What one engine plays, before it is mixed: (block,) each.
    left: Vec<f32>,
    right: Vec<f32>,
}

/// What a part's controllers have set up besides what the engine keeps.
#[derive(Debug)]
struct PartState {
    is_drums: bool,
    /// The registered parameter that was named last (MIDI 1.0, controllers 101 and 100).
    parameter: [u8; 2],
}

/// Parts that an engine plays. Its channel 9 adds 128 to whatever bank it is given, so it is left
/// out; the other channels are told the drum bank where they need it.
const PARTS_OF_AN_ENGINE: usize = 15;
const SKIPPED_CHANNEL: usize = 9;
/// The bank that drum kits have in SoundFonts.
const DRUM_BANK: i32 = 128;
/// 69 engines are 20 MB of voices and play still faster than real time.
const PARTS_MAX: usize = 1_024;
/// What the engine allows. A piano under pedal comes to some 60; when they run out, the engine
/// silences the voice that is farthest gone.
const VOICES_OF_AN_ENGINE: usize = 256;

/// Controllers that stand for something else than a value (MIDI 1.0, table of controllers).
mod controller {
    pub(super) const BANK: u8 = 0;
    pub(super) const BANK_FINE: u8 = 32;
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
    /// Messages take effect at multiples of so many frames, a third of a millisecond: a hundredth
    /// of what the ear can tell apart in rhythm. The engine's usual 64 frames would make a roll
    /// of drums limp; 8 take half as long again to render.
    pub const BLOCK: usize = 16;

    /// A synth with these parts, all keys up.
    pub fn new(soundfont: &SoundFont, parts: &[Part]) -> Result<Synth, SoundError> {
        if parts.len() > PARTS_MAX {
            let found = parts.len();
            return Err(SoundError::OverLimit { what: "parts", found, limit: PARTS_MAX });
        }
        let mut settings = SynthesizerSettings::new(Self::SAMPLE_RATE.hertz().cast_signed());
        settings.block_size = Self::BLOCK;
        settings.maximum_polyphony = VOICES_OF_AN_ENGINE;
        let engines = (0..parts.len().div_ceil(PARTS_OF_AN_ENGINE))
            .map(|_| {
                fenced(|| Synthesizer::new(&soundfont.engine, &settings))?
                    .map_err(|_| SoundError::Engine)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let states =
            parts.iter().map(|part| PartState { is_drums: part.is_drums, parameter: NO_PARAMETER });
        let mut synth = Synth {
            engines,
            parts: states.collect(),
            left: vec![0.0; Self::BLOCK],
            right: vec![0.0; Self::BLOCK],
        };
        for (index, part) in parts.iter().enumerate() {
            let (engine, channel) = synth.channel(index);
            if part.is_drums {
                engine.process_midi_message(channel, 0xB0, controller::BANK.into(), DRUM_BANK);
            }
            engine.process_midi_message(channel, 0xC0, part.program.number().into(), 0);
        }
        Ok(synth)
    }

    /// Does what a player does to part `part`, counted from 0; it is heard from the next block on.
    ///
    /// # Panics
    ///
    /// Where the synth has no such part.
    pub fn send(&mut self, part: usize, message: Message) -> Result<(), SoundError> {
        let Some((command, first, second)) = self.translate(part, message) else { return Ok(()) };
        let (engine, channel) = self.channel(part);
        fenced(|| engine.process_midi_message(channel, command, first.into(), second.into()))
    }

    /// The engine's command for a message and its two data, if it has one.
    fn translate(&mut self, part: usize, message: Message) -> Option<(i32, u8, u8)> {
        let state = &mut self.parts[part];
        Some(match message {
            Message::Release(pitch) => (0x80, pitch.number(), 0),
            Message::Strike(pitch, velocity) => (0x90, pitch.number(), velocity.value()),
            Message::Change(Change::PitchBend(bend)) => {
                let bend = (i32::from(bend) + 8_192).clamp(0, 16_383);
                (0xE0, (bend & 0x7F) as u8, (bend >> 7) as u8)
            }
            Message::Change(Change::Controller { number, value }) => {
                let value = state.controlled(number.min(127), value.min(127))?;
                (0xB0, number.min(127), value)
            }
            Message::Change(Change::ChannelPressure(_) | Change::KeyPressure { .. }) => {
                return None;
            }
        })
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
        assert!(left.len() == right.len() && left.len().is_multiple_of(Self::BLOCK));
        left.fill(0.0);
        right.fill(0.0);
        let Synth { engines, left: engine_left, right: engine_right, .. } = self;
        fenced(|| {
            for engine in engines {
                let blocks = left.chunks_exact_mut(Self::BLOCK);
                for (left, right) in blocks.zip(right.chunks_exact_mut(Self::BLOCK)) {
                    engine.render(engine_left, engine_right);
                    mix(engine_left, left);
                    mix(engine_right, right);
                }
            }
        })
    }

    fn channel(&mut self, part: usize) -> (&mut Synthesizer, i32) {
        let channel = part % PARTS_OF_AN_ENGINE;
        let channel = if channel < SKIPPED_CHANNEL { channel } else { channel + 1 };
        (&mut self.engines[part / PARTS_OF_AN_ENGINE], channel as i32)
    }
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

/// Adds a block to another. A SoundFont's filter may be tuned until it explodes: what is no number
/// is left out, and what is far beyond sound is cut, so that sums stay finite.
fn mix(from: &[f32], to: &mut [f32]) {
    const FAR_BEYOND: f32 = 1e6;
    for (to, &from) in to.iter_mut().zip(from) {
        *to += if from.is_nan() { 0.0 } else { from.clamp(-FAR_BEYOND, FAR_BEYOND) };
    }
}

//! One synthesizer of rustysynth's, behind the fence.

use cantilena_audio::SampleRate;
use rustysynth::{Synthesizer, SynthesizerSettings};

use crate::error::SoundError;
use crate::fence::fenced;
use crate::soundfont::SoundFont;

/// A few channels of voices with an effects section.
#[derive(Debug)]
pub(crate) struct Engine {
    synthesizer: Synthesizer,
    /// What was performed last, (frames,) each.
    left: Vec<f32>,
    right: Vec<f32>,
}

/// A MIDI message as the synthesizer takes it: status without the channel, and two data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) channel: i32,
    pub(crate) status: i32,
    pub(crate) first: i32,
    pub(crate) second: i32,
}

/// For four parts. A piano under pedal comes to some 120 voices; when they run out, the one that is
/// farthest gone falls silent. The synthesizer allows 256.
const VOICES: usize = 192;

impl Engine {
    /// An engine that plays in blocks of so many frames.
    pub(crate) fn new(
        soundfont: &SoundFont,
        sample_rate: SampleRate,
        block: usize,
    ) -> Result<Engine, SoundError> {
        let mut settings = SynthesizerSettings::new(sample_rate.hertz().cast_signed());
        settings.block_size = block;
        settings.maximum_polyphony = VOICES;
        let synthesizer = fenced(|| Synthesizer::new(&soundfont.engine, &settings))?
            .map_err(|_| SoundError::Engine)?;
        Ok(Engine { synthesizer, left: Vec::new(), right: Vec::new() })
    }

    /// Does what a command says.
    pub(crate) fn obey(&mut self, command: Command) -> Result<(), SoundError> {
        let Command { channel, status, first, second } = command;
        fenced(|| self.synthesizer.process_midi_message(channel, status, first, second))
    }

    /// Plays so many frames, whole blocks of them; each command, (frame, command) by frame, is
    /// obeyed at the nearest start of a block.
    pub(crate) fn perform(
        &mut self,
        commands: &[(usize, Command)],
        frames: usize,
    ) -> Result<(), SoundError> {
        self.left.resize(frames, 0.0);
        self.right.resize(frames, 0.0);
        let block = self.synthesizer.get_block_size();
        let mut played = 0;
        for &(frame, command) in commands {
            let until = ((frame + block / 2) / block * block).min(frames);
            self.play(played, until)?;
            played = played.max(until);
            self.obey(command)?;
        }
        self.play(played, frames)
    }

    fn play(&mut self, from: usize, until: usize) -> Result<(), SoundError> {
        if from >= until {
            return Ok(());
        }
        let Engine { synthesizer, left, right } = self;
        fenced(|| synthesizer.render(&mut left[from..until], &mut right[from..until]))
    }

    /// Adds what was performed last to a mix.
    ///
    /// A SoundFont's filter may be tuned until it explodes: what is no number is left out, and what
    /// is far beyond sound is cut, so that sums stay finite.
    pub(crate) fn mix_into(&self, left: &mut [f32], right: &mut [f32]) {
        const FAR_BEYOND: f32 = 1e6;
        for (from, to) in [(&self.left, left), (&self.right, right)] {
            for (&from, to) in from.iter().zip(to) {
                *to += if from.is_nan() { 0.0 } else { from.clamp(-FAR_BEYOND, FAR_BEYOND) };
            }
        }
    }
}

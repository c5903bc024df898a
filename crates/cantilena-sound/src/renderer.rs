//! A score as blocks of sound, from its start until it has died away.

use cantilena_score::Score;

use crate::error::SoundError;
use crate::render::RenderOptions;
use crate::schedule::{Schedule, Scheduled};
use crate::soundfont::SoundFont;
use crate::synth::Synth;

/// Plays a score block by block, and holds no more sound than a block.
///
/// The sound is as loud as the parts happen to be, and may pass full scale: whoever streams it
/// multiplies it with a gain and sends it through a [`Limiter`](crate::Limiter).
#[derive(Debug)]
pub struct Renderer {
    synth: Synth,
    /// By frame.
    messages: Vec<Scheduled>,
    /// The next message.
    next: usize,
    /// The frame at which the last note is released.
    end: u64,
    /// The next frame to play.
    frame: u64,
    /// Frames in a row at which nothing was heard after the end.
    silent: u64,
    is_finished: bool,
}

/// Where a pedal is still down at the end, the last chord rings so long before it is lifted.
const RING_SECONDS: f64 = 3.0;
/// The sound has died away when it stays below −80 dB of full scale so long. Shorter, and the gap
/// between a struck key and its echo would end the piece; the level is that of a quiet room under
/// loud music.
const SILENCE_SECONDS: f64 = 0.25;
const SILENCE: f32 = 1e-4;
/// What has not died away so long after the end fades within its last second.
const TAIL_SECONDS_MAX: f64 = 12.0;
const FADE_SECONDS: f64 = 1.0;

impl Renderer {
    /// Frames in a block, a tenth of a second or so.
    pub const BLOCK: usize = 4_096;

    /// A renderer at the start of a score.
    ///
    /// Of the options it heeds [`RenderOptions::seconds_max`].
    pub fn new(
        score: &Score,
        soundfont: &SoundFont,
        options: &RenderOptions,
    ) -> Result<Renderer, SoundError> {
        let (seconds, limit) = (score.seconds().0, options.seconds_max);
        if seconds > limit || limit.is_nan() {
            return Err(SoundError::TooLong { seconds, limit });
        }
        let schedule = Schedule::new(score, Synth::SAMPLE_RATE);
        let synth = Synth::new(soundfont, &schedule.parts)?;
        Ok(Renderer {
            synth,
            is_finished: schedule.messages.is_empty(),
            messages: schedule.messages,
            next: 0,
            end: schedule.end,
            frame: 0,
            silent: 0,
        })
    }

    /// How long the score lasts until its last note is released, in seconds.
    pub fn seconds(&self) -> f64 {
        Synth::SAMPLE_RATE.seconds_of(self.end)
    }

    /// The next block, [left, right] of [`BLOCK`](Self::BLOCK) frames; `None` when all has died
    /// away. After an error there is nothing more.
    pub fn next_block(&mut self) -> Result<Option<[Vec<f32>; 2]>, SoundError> {
        if self.is_finished {
            return Ok(None);
        }
        let block = self.play_block();
        self.is_finished |= block.is_err();
        block.map(Some)
    }

    fn play_block(&mut self) -> Result<[Vec<f32>; 2], SoundError> {
        let frames_of = |seconds| Synth::SAMPLE_RATE.frame_at(seconds);
        let mut block = [vec![0.0; Self::BLOCK], vec![0.0; Self::BLOCK]];
        let [left, right] = &mut block;
        let block_end = self.frame + Self::BLOCK as u64;
        let upcoming = &self.messages[self.next..];
        // A message in the second half of the synth's last block belongs to the next one.
        let due = upcoming.partition_point(|m| m.frame + (Synth::BLOCK as u64) / 2 < block_end);
        self.synth.perform(self.frame, &upcoming[..due], left, right)?;
        self.next += due;
        if self.next == self.messages.len() && block_end >= self.end + frames_of(RING_SECONDS) {
            self.synth.lift_pedals()?;
        }

        let last = self.end + frames_of(TAIL_SECONDS_MAX);
        if block_end > last - frames_of(FADE_SECONDS) {
            for (index, (left, right)) in left.iter_mut().zip(right).enumerate() {
                let remaining = last.saturating_sub(self.frame + index as u64);
                let gain = (remaining as f32 / frames_of(FADE_SECONDS) as f32).min(1.0);
                *left *= gain;
                *right *= gain;
            }
        }
        self.frame = block_end;
        if self.frame > self.end {
            let is_silent = block.iter().flatten().all(|sample| sample.abs() < SILENCE);
            self.silent = if is_silent { self.silent + Self::BLOCK as u64 } else { 0 };
            self.is_finished = self.silent > frames_of(SILENCE_SECONDS) || self.frame >= last;
        }
        Ok(block)
    }
}

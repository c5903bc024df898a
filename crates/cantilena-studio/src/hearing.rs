//! The notes of one voice in a recording.

use std::num::NonZero;

use cantilena_audio::{Audio, DecodeLimits, PitchOptions, SampleRate, decode, resample};
use cantilena_score::{Program, Score, TempoMap, Ticks, TicksPerQuarter};
use cantilena_transcribe::transcribe;

/// The rate that is listened at, in hertz: twenty times the highest tone that is looked for.
const RATE_HERTZ: u32 = 44_100;

/// How finely what is heard is written down: at [`BPM`] a tick is about a millisecond, far below
/// what a pitch track can tell.
const TICKS_PER_QUARTER: TicksPerQuarter = NonZero::new(480).expect("480 is not zero");

/// Quarters a minute of what has no beat yet.
pub(crate) const BPM: f64 = 120.0;

/// All channels of a recording as one voice, at the rate that is listened at; or why it is none.
pub(crate) fn voice(bytes: &[u8], limits: &DecodeLimits) -> Result<Audio, String> {
    let audio = decode(bytes, limits).map_err(|error| error.to_string())?.audio;
    let rate = SampleRate::new(RATE_HERTZ).map_err(|error| error.to_string())?;
    let mono = Audio::new(audio.sample_rate(), vec![audio.mono()]);
    Ok(resample(&mono.map_err(|error| error.to_string())?, rate))
}

/// The notes of a voice at [`BPM`], from the recording's beginning on. There may be none.
pub(crate) fn hear(voice: &Audio, threads: NonZero<usize>) -> Score {
    let options = PitchOptions::default();
    transcribe(voice, Program::PIANO, &steady(BPM), &options, threads)
}

/// A tempo that never changes.
pub(crate) fn steady(bpm: f64) -> TempoMap {
    let mut tempo = TempoMap::new(TICKS_PER_QUARTER);
    tempo.insert_bpm(Ticks::ZERO, bpm);
    tempo
}

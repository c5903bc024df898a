//! How much of what was composed is played back: `copying RECORDING… -- SOUND…` prints, in seconds,
//! how long each sound goes on as one of the recordings does, and each recording as one of the
//! others: frame for frame by single frames, and by passages of half a second, give or take a tenth.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::error::Error;
use std::num::NonZero;

use cantilena_audio::{
    Audio, DecodeLimits, MelOptions, SampleRate, Spectrogram, decode, log_mel, longest_copy,
    resample,
};

/// The rate at which the models hear, in hertz.
const RATE_HERTZ: u32 = 22_050;

/// How long a passage is: a note or two. What goes on as none of the recordings is still nearest to
/// one of them for so long.
const PASSAGE_SECONDS: f64 = 0.5;

/// How far a passage may run ahead or behind, in seconds.
const SLACK_SECONDS: f64 = 0.1;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let recorded = paths.iter().position(|path| path == "--").unwrap_or(paths.len());
    let (recordings, sounds) = (&paths[..recorded], paths.get(recorded + 1..).unwrap_or_default());
    let heard = recordings.iter().map(|path| levels(path)).collect::<Result<Vec<_>, _>>()?;
    println!("{:>9} {:>9}  file", "frames", "passages");
    for (index, path) in recordings.iter().enumerate() {
        let mut others = heard.clone();
        let own = others.remove(index);
        tell(path, &own, &others)?;
    }
    for path in sounds {
        tell(path, &levels(path)?, &heard)?;
    }
    Ok(())
}

fn tell(path: &str, sound: &Spectrogram, recordings: &[Spectrogram]) -> Result<(), Box<dyn Error>> {
    let hop = SampleRate::new(RATE_HERTZ)?.seconds_of(MelOptions::default().stft.hop as u64);
    let frames = |seconds: f64| (seconds / hop).round() as usize;
    let (passage, slack) = (frames(PASSAGE_SECONDS), frames(SLACK_SECONDS));
    let by_frames = longest_copy(sound, recordings, 1, 0) as f64 * hop;
    let by_passages = longest_copy(sound, recordings, passage, slack) as f64 * hop;
    println!("{by_frames:>9.2} {by_passages:>9.2}  {path}");
    Ok(())
}

/// A file's levels as the models hear them.
fn levels(path: &str) -> Result<Spectrogram, Box<dyn Error>> {
    let audio = decode(&std::fs::read(path)?, &DecodeLimits::default())?.audio;
    let mono = Audio::new(audio.sample_rate(), vec![audio.mono()])?;
    let audio = resample(&mono, SampleRate::new(RATE_HERTZ)?);
    Ok(log_mel(&audio, &MelOptions::default(), NonZero::<usize>::MIN)?.levels)
}

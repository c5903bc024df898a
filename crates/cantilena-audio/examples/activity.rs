//! How much happens in recordings: `activity FILE…` prints spectral flux, onsets a second,
//! loudness, and how far from noise each is, so that what a model composes can be set beside what it heard.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::error::Error;
use std::num::NonZero;

use cantilena_audio::{Activity, DecodeLimits, decode};

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:>9} {:>10} {:>10} {:>10}  file", "flux", "onsets/s", "LUFS", "tonality");
    for path in std::env::args().skip(1) {
        let audio = decode(&std::fs::read(&path)?, &DecodeLimits::default())?.audio;
        let activity = Activity::of(&audio, NonZero::<usize>::MIN)?;
        let loudness = activity.loudness.map_or("silent".to_owned(), |lufs| format!("{lufs:.1}"));
        let tonality = activity.tonality.map_or("silent".to_owned(), |above| format!("{above:.1}"));
        println!(
            "{:>9.3} {:>10.2} {loudness:>10} {tonality:>10}  {path}",
            activity.spectral_flux,
            activity.onsets_a_second(),
        );
    }
    Ok(())
}

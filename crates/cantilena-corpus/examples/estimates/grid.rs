//! The declared grid: sets played to a click, written on one, and played freely.

use std::path::Path;

use cantilena_analysis::GridFit;

use crate::archive::Archive;
use crate::{Outcome, percent};

pub(crate) fn measure(data: &Path) -> Outcome {
    println!(
        "\n## Fit to the declared grid\n\n| set | how it came to be | pieces | 1 % below | middle | 99 % below | free |"
    );
    println!("|---|---|---|---|---|---|---|");
    let sets = [
        ("MAESTRO", "recorded without a click", "maestro-v3/maestro-v3.0.0-midi.zip"),
        ("GiantMIDI", "transcribed from recordings", "emotion-piano/giantmidi_piano_sample.zip"),
        ("EMOPIA", "transcribed from recordings", "emotion-piano/emopia_midi.zip"),
        ("jazz solos", "transcribed, one mean tempo", "genre/wjazzd_solos_midi.zip"),
        ("Groove", "played to a click", "genre/groove_drums.zip"),
        ("POP909", "played to a click", "pop909/pop909.zip"),
        ("folk tunes", "written", "folk/ryans_oneills_airds_midi_converted.zip"),
        ("five genres", "sequenced, by anybody", "genre/five_genres_quarter.zip"),
    ];
    for (set, origin, path) in sets {
        let scores = Archive::open(&data.join(path))?.scores();
        let fits: Vec<GridFit> = scores.iter().map(|(_, score)| GridFit::of(score)).collect();
        let free = fits.iter().filter(|fit| fit.is_free()).count() as f64;
        let long = fits.iter().filter(|fit| fit.onsets >= GridFit::ONSETS_MIN);
        let mut values: Vec<f64> = long.map(|fit| fit.fit).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
        println!(
            "| {set} | {origin} | {} | {:.3} | {:.3} | {:.3} | {} |",
            values.len(),
            at(0.01),
            at(0.5),
            at(0.99),
            percent(free, values.len() as f64)
        );
    }
    Ok(())
}

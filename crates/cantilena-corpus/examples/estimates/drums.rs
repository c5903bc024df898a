//! Drums without their mark: the marked drums of real files, names and marks taken away.

use std::path::Path;

use cantilena_analysis::looks_like_drums;

use crate::archive::Archive;
use crate::{Outcome, percent};

pub(crate) fn measure(data: &Path) -> Outcome {
    println!(
        "\n## Drums told by their notes alone\n\n| set | drum tracks | found | other tracks | taken for drums |"
    );
    println!("|---|---|---|---|---|");
    let sets = [
        ("Groove", "genre/groove_drums.zip"),
        ("five genres", "genre/five_genres_quarter.zip"),
        ("POP909", "pop909/pop909.zip"),
        ("jazz solos", "genre/wjazzd_solos_midi.zip"),
        ("Nottingham", "folk/nottingham_midi.zip"),
    ];
    for (set, path) in sets {
        let (mut drums, mut found, mut others, mut mistaken) = (0.0, 0.0, 0.0, 0.0);
        for (_, score) in Archive::open(&data.join(path))?.scores() {
            let clock = score.ticks_per_quarter();
            for mut track in score.tracks.into_iter().filter(|track| track.notes.len() >= 32) {
                let was_drums = track.is_drums;
                (track.is_drums, track.name) = (false, String::new());
                let suspected = f64::from(looks_like_drums(&track, clock));
                if was_drums {
                    (drums, found) = (drums + 1.0, found + suspected);
                } else {
                    (others, mistaken) = (others + 1.0, mistaken + suspected);
                }
            }
        }
        let (found, mistaken) = (percent(found, drums), percent(mistaken, others));
        println!("| {set} | {drums} | {found} | {others} | {mistaken} |");
    }
    Ok(())
}

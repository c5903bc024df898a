//! Chords: POP909's two annotations, from the notes and from the recording.

use std::path::Path;

use cantilena_analysis::estimate_chords;
use cantilena_score::{Chord, Quality, Score};

use crate::archive::Archive;
use crate::key::class;
use crate::{Outcome, percent};

/// How often songs are compared, in seconds, as chord recognition is commonly judged.
const EVERY: f64 = 0.1;

#[derive(Default)]
struct Tally {
    moments: f64,
    root: f64,
    triad: f64,
    quality: f64,
}

pub(crate) fn measure(data: &Path) -> Outcome {
    println!("\n## Chords, share of the time\n");
    println!(
        "| annotation | songs | root | root and third | whole quality of those we tell apart |"
    );
    println!("|---|---|---|---|---|");
    let mut archive = Archive::open(&data.join("pop909/pop909.zip"))?;
    let names: Vec<String> =
        archive.names().into_iter().filter(|name| name.ends_with(".mid")).collect();
    for annotation in ["chord_midi.txt", "chord_audio.txt"] {
        let (mut tally, mut songs) = (Tally::default(), 0);
        for name in &names {
            let Some((folder, _)) = name.rsplit_once('/') else { continue };
            let text = archive.text(&format!("{folder}/{annotation}"));
            let (Some(text), Some(score)) = (text, archive.score(name)) else { continue };
            compare(&score, &text, &mut tally);
            songs += 1;
        }
        println!(
            "| {annotation} | {songs} | {} | {} | {} |",
            percent(tally.root, tally.moments),
            percent(tally.triad, tally.moments),
            percent(tally.quality, tally.moments),
        );
    }
    Ok(())
}

/// Compares at every moment for which a chord is annotated.
fn compare(score: &Score, text: &str, tally: &mut Tally) {
    let chords = estimate_chords(score);
    let times: Vec<f64> =
        chords.iter().map(|symbol| score.tempo.seconds_at(symbol.onset).0).collect();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [from, to, name] = words[..] else { continue };
        let (Ok(from), Ok(to)) = (from.parse::<f64>(), to.parse::<f64>()) else { continue };
        let Some((root, minor, quality)) = annotated(name) else { continue };
        let mut moment = from + EVERY / 2.0;
        while moment < to {
            tally.moments += 1.0;
            let index = times.partition_point(|time| *time <= moment);
            if let Some(Chord { root: ours, quality: our_quality, .. }) =
                index.checked_sub(1).map(|index| chords[index].chord)
                && ours == root
            {
                tally.root += 1.0;
                let third = our_quality.intervals().contains(&3);
                tally.triad += f64::from(third == minor);
                tally.quality += f64::from(Some(our_quality) == quality);
            }
            moment += EVERY;
        }
    }
}

/// `Bb:min7/b3` as root, whether the third is minor, and quality; `None` for no chord.
fn annotated(name: &str) -> Option<(u8, bool, Option<Quality>)> {
    let (root, rest) = name.split_once(':')?;
    let quality = rest.split(['/', '(']).next()?;
    let minor = quality.starts_with("min") || quality.starts_with("dim") || quality == "hdim7";
    let same = match quality {
        "maj" => Some(Quality::Major),
        "min" => Some(Quality::Minor),
        "dim" => Some(Quality::Diminished),
        "aug" => Some(Quality::Augmented),
        "sus4" | "sus4(b7)" => Some(Quality::Suspended4),
        "7" => Some(Quality::Dominant7),
        "maj7" => Some(Quality::Major7),
        "min7" => Some(Quality::Minor7),
        "hdim7" => Some(Quality::HalfDiminished7),
        "dim7" => Some(Quality::Diminished7),
        _ => None,
    };
    Some((class(root)?, minor, same))
}

//! Tempo and beats of performances, as if the file did not know them.

use std::path::Path;

use cantilena_analysis::Pulse;
use cantilena_score::{Score, Ticks};

use crate::archive::Archive;
use crate::{Outcome, percent};

/// Beats nearer than this are the same, in seconds (the customary window of beat tracking).
const WINDOW: f64 = 0.07;

pub(crate) fn measure(data: &Path) -> Outcome {
    println!("\n## Tempo and beats\n");
    println!(
        "| set | pieces | tempo within 4 % | also if doubled, halved or by three | beats, F | best of doubled and halved |"
    );
    println!("|---|---|---|---|---|---|");
    let mut archive = Archive::open(&data.join("pop909/pop909.zip"))?;
    let mut pieces = Vec::new();
    for name in archive.names().into_iter().filter(|name| name.ends_with(".mid")) {
        let Some((folder, _)) = name.rsplit_once('/') else { continue };
        let Some(text) = archive.text(&format!("{folder}/beat_midi.txt")) else { continue };
        let beats: Vec<f64> =
            text.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
        pieces.extend(archive.score(&name).map(|score| (score, beats)));
    }
    print("POP909", &pieces);
    let mut archive = Archive::open(&data.join("genre/groove_drums.zip"))?;
    let scores = archive.scores().into_iter().filter(|(name, _)| name.contains("_beat_"));
    print("Groove", &scores.map(|(_, score)| quarters(score)).collect::<Vec<_>>());
    let mut archive = Archive::open(&data.join("genre/wjazzd_solos_midi.zip"))?;
    let scores = archive.scores().into_iter().filter(|(_, s)| s.tempo.changes().len() == 1);
    print("jazz solos (tempo only)", &scores.map(|(_, score)| quarters(score)).collect::<Vec<_>>());
    Ok(())
}

/// A score with the quarters that its tempo says.
fn quarters(score: Score) -> (Score, Vec<f64>) {
    let quarter = u32::from(score.ticks_per_quarter().get());
    let last = score.length().0;
    let beats = (0..=last / quarter).map(|beat| score.tempo.seconds_at(Ticks(beat * quarter)).0);
    let beats = beats.collect();
    (score, beats)
}

fn print(set: &str, pieces: &[(Score, Vec<f64>)]) {
    let (mut count, mut same, mut related, mut sum, mut best_sum) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (score, beats) in pieces.iter().filter(|(_, beats)| beats.len() > 8) {
        count += 1.0;
        let Some(pulse) = Pulse::of(score) else { continue };
        let mut gaps: Vec<f64> = beats.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_by(f64::total_cmp);
        let truth = 60.0 / gaps[gaps.len() / 2];
        let near = |factor: f64| (pulse.bpm / (truth * factor) - 1.0).abs() < 0.04;
        same += f64::from(near(1.0));
        related += f64::from([1.0, 2.0, 0.5, 3.0, 1.0 / 3.0].into_iter().any(near));
        let found: Vec<f64> = pulse.beats.iter().map(|beat| beat.0).collect();
        // Beats are judged where there is music.
        let (from, to) = (found[0] - 0.5, found[found.len() - 1] + 0.5);
        let truth: Vec<f64> = beats.iter().copied().filter(|b| (from..to).contains(b)).collect();
        let level = f_measure(&found, &truth);
        sum += level;
        let halves = [0, 1].map(|first| every_second(&found, first));
        let halves = halves.iter().map(|found| f_measure(found, &truth));
        best_sum += halves.chain([f_measure(&doubled(&found), &truth)]).fold(level, f64::max);
    }
    println!(
        "| {set} | {count} | {} | {} | {:.3} | {:.3} |",
        percent(same, count),
        percent(related, count),
        sum / count,
        best_sum / count
    );
}

fn every_second(beats: &[f64], first: usize) -> Vec<f64> {
    beats.iter().skip(first).step_by(2).copied().collect()
}

fn doubled(beats: &[f64]) -> Vec<f64> {
    beats.windows(2).flat_map(|pair| [pair[0], (pair[0] + pair[1]) / 2.0]).collect()
}

/// The harmonic mean of how many beats found are beats, and how many beats are found.
fn f_measure(found: &[f64], truth: &[f64]) -> f64 {
    let (mut hits, mut next) = (0.0, 0);
    for beat in truth {
        while next < found.len() && found[next] < beat - WINDOW {
            next += 1;
        }
        if next < found.len() && found[next] <= beat + WINDOW {
            (hits, next) = (hits + 1.0, next + 1);
        }
    }
    let both = (found.len() + truth.len()) as f64;
    if both > 0.0 { 2.0 * hits / both } else { 0.0 }
}

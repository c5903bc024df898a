//! Meters: folk tunes and drum grooves of known meter.

use std::collections::BTreeMap;
use std::path::Path;

use cantilena_analysis::{estimate_meter, meter_accents};

use crate::archive::Archive;
use crate::{Outcome, percent};

/// The first two taught the tables with every other piece.
const SETS: [(&str, &str); 4] = [
    ("Ryan's, O'Neill's, Aird's", "folk/ryans_oneills_airds_midi_converted.zip"),
    ("Nottingham", "folk/nottingham_midi.zip"),
    ("Groove", "genre/groove_drums.zip"),
    ("five genres", "genre/five_genres_quarter.zip"),
];

pub(crate) fn measure(data: &Path) -> Outcome {
    println!(
        "\n## Meter\n\n| set | annotated | pieces | right | bar divided alike | most taken for |"
    );
    println!("|---|---|---|---|---|---|");
    for (set, path) in SETS {
        let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (name, score) in
            Archive::open(&data.join(path))?.scores().into_iter().skip(1).step_by(2)
        {
            if set == "Groove" && !name.contains("_beat_") {
                continue;
            }
            let changes = score.meters.changes();
            // A first short bar is often written as a meter of its own.
            let meter = common(&changes[(changes.len() - 1).min(1)].meter.to_string());
            let estimate = estimate_meter(&score);
            let estimate = estimate.map_or("none".to_owned(), |found| found.meter.to_string());
            *found.entry(meter).or_default().entry(estimate).or_default() += 1;
        }
        let (mut pieces, mut right, mut alike) = (0, 0, 0);
        let mut rows = Vec::new();
        for (meter, estimates) in &found {
            let count: usize = estimates.values().sum();
            let same = estimates.get(meter).copied().unwrap_or(0);
            let divided: usize = estimates
                .iter()
                .filter(|(estimate, _)| class(estimate) == class(meter))
                .map(|(_, count)| count)
                .sum();
            let most = estimates.iter().max_by_key(|(_, count)| **count);
            let most = most.map_or(String::new(), |(name, count)| format!("{name} ({count})"));
            (pieces, right, alike) = (pieces + count, right + same, alike + divided);
            if count >= 10 {
                let (same, divided) = (same as f64, divided as f64);
                rows.push(format!(
                    "| {set} | {meter} | {count} | {} | {} | {most} |",
                    percent(same, count as f64),
                    percent(divided, count as f64),
                ));
            }
        }
        let all = pieces as f64;
        let (right, alike) = (percent(right as f64, all), percent(alike as f64, all));
        println!("| {set} | all | {pieces} | {right} | {alike} | |");
        rows.iter().for_each(|row| println!("{row}"));
    }
    Ok(())
}

/// Counts the tables of `cantilena-analysis/src/meter.rs` on every other folk tune; the other
/// half is what [`measure`] judges by.
///
/// Where the first barline stands is not trusted, for many files hide their upbeat: each tune is
/// laid where it fits the table so far best, and the table counted anew, until it stands.
pub(crate) fn learn(data: &Path) -> Outcome {
    for (set, path) in &SETS[..2] {
        println!("{set}");
        let mut tunes: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
        for (_, score) in Archive::open(&data.join(path))?.scores().into_iter().step_by(2) {
            let changes = score.meters.changes();
            let meter = changes[(changes.len() - 1).min(1)].meter;
            let bar = meter.bar(std::num::NonZero::new(4).expect("4 is not zero")).0 as usize;
            let mut folded = vec![0.0; bar];
            let accents = meter_accents(&score);
            // A tune says as much as any other, however long it is.
            let total: f64 = accents.iter().sum();
            accents.iter().enumerate().for_each(|(n, accent)| folded[n % bar] += accent / total);
            tunes.entry(common(&meter.to_string())).or_default().push(folded);
        }
        for (meter, tunes) in tunes.iter().filter(|(_, tunes)| tunes.len() >= 10) {
            let shares: Vec<String> = table(tunes).iter().map(|s| format!("{s:.1}")).collect();
            println!("{meter} {} [{}]", tunes.len(), shares.join(", "));
        }
    }
    Ok(())
}

/// The shares in percent of each place, from tunes folded into bars.
fn table(tunes: &[Vec<f64>]) -> Vec<f64> {
    let bar = tunes[0].len();
    // A place where nothing began in these tunes is rare elsewhere, not impossible.
    let smoothed = |table: &[f64]| -> Vec<f64> {
        let total: f64 = table.iter().sum();
        let least = 0.003;
        table.iter().map(|x| 100.0 * (x / total + least) / (1.0 + least * bar as f64)).collect()
    };
    let begun: Vec<f64> = (0..bar).map(|place| if place == 0 { 2.0 } else { 1.0 }).collect();
    let mut shares = smoothed(&begun);
    for _ in 0..20 {
        let mut table = vec![0.0; bar];
        for folded in tunes {
            let fit = |upbeat: usize| -> f64 {
                (0..bar).map(|place| folded[(place + upbeat) % bar] * shares[place].ln()).sum()
            };
            let best = (0..bar).max_by(|a, b| fit(*a).total_cmp(&fit(*b))).unwrap_or(0);
            (0..bar).for_each(|place| table[place] += folded[(place + best) % bar]);
        }
        shares = smoothed(&table);
    }
    shares
}

/// Cut time is counted as common time: the same bar, beaten otherwise.
fn common(meter: &str) -> String {
    if meter == "2/2" { "4/4".to_owned() } else { meter.to_owned() }
}

/// How a meter divides: in twos, in threes, its beats in threes, or otherwise.
fn class(meter: &str) -> &'static str {
    match meter {
        "2/4" | "4/4" | "2/2" | "4/8" | "2/8" | "4/2" => "twos",
        "3/4" | "3/8" | "3/2" => "threes",
        "6/8" | "12/8" | "6/4" => "twos of threes",
        "9/8" | "9/4" => "threes of threes",
        _ => "otherwise",
    }
}

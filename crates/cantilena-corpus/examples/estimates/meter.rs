//! Meters: folk tunes, drum grooves, arrangements and chorales of known meter.

use std::collections::BTreeMap;
use std::path::Path;

use cantilena_analysis::{Recurrence, estimate_meter};
use cantilena_score::Score;

use crate::archive::Archive;
use crate::{Outcome, percent};

/// Of the first four, every other piece taught the weights and the rest are judged.
const SETS: [(&str, &str); 6] = [
    ("Ryan's, O'Neill's, Aird's", "folk/ryans_oneills_airds_midi_converted.zip"),
    ("Nottingham", "folk/nottingham_midi.zip"),
    ("Groove", "genre/groove_drums.zip"),
    ("five genres", "genre/five_genres_quarter.zip"),
    ("Essen", "folk/essen_midi_converted.zip"),
    ("Bach", "jsb-chorales/bach_music21_midi_converted.zip"),
];
const TAUGHT: usize = 4;

/// The pieces of a set in the order of their names, with the meters that their files name.
fn pieces(data: &Path, (set, path): (&str, &str)) -> Result<Vec<(Score, String)>, crate::Error> {
    let scores = Archive::open(&data.join(path))?.scores().into_iter();
    let whole = scores.filter(|(name, _)| set != "Groove" || name.contains("_beat_"));
    Ok(whole
        .map(|(_, score)| {
            let changes = score.meters.changes();
            // A first short bar is often written as a meter of its own.
            let meter = common(&changes[(changes.len() - 1).min(1)].meter.to_string());
            (score, meter)
        })
        .collect())
}

pub(crate) fn measure(data: &Path) -> Outcome {
    println!(
        "\n## Meter\n\n| set | annotated | pieces | right | bar divided alike | most taken for |"
    );
    println!("|---|---|---|---|---|---|");
    for (place, set) in SETS.into_iter().enumerate() {
        let all = pieces(data, set)?;
        let judged: Vec<(Score, String)> = match place < TAUGHT {
            true => all.into_iter().skip(1).step_by(2).collect(),
            false => all,
        };
        print(set.0, &judged);
    }
    Ok(())
}

fn print(set: &str, judged: &[(Score, String)]) {
    let mut found: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for (score, meter) in judged {
        let estimate = estimate_meter(score);
        let estimate = estimate.map_or("none".to_owned(), |found| found.meter.to_string());
        *found.entry(meter).or_default().entry(estimate).or_default() += 1;
    }
    let (mut pieces, mut right, mut alike) = (0, 0, 0);
    let mut rows = Vec::new();
    for (meter, estimates) in &found {
        let count: usize = estimates.values().sum();
        let same = estimates.get(*meter).copied().unwrap_or(0);
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

/// The meters told apart: those with enough pieces to learn from.
const METERS: [&str; 5] = ["2/4", "3/4", "4/4", "6/8", "9/8"];

/// Values that describe a piece.
const VALUES: usize = 3 * Recurrence::LAGS.len();

/// A piece to learn from.
struct Lesson {
    values: [f64; VALUES],
    meter: usize,
    /// All pieces of a set weigh as much together as those of any other.
    weight: f64,
}

/// Prints the weights of `cantilena-analysis/src/meter/weights.rs`: multinomial logistic
/// regression on every other piece of the first four sets; [`measure`] judges by the other half.
pub(crate) fn learn(data: &Path) -> Outcome {
    let mut lessons: Vec<Lesson> = Vec::new();
    for set in &SETS[..TAUGHT] {
        let all = pieces(data, *set)?;
        let taught = all.iter().step_by(2).filter_map(|(score, meter)| {
            let meter = METERS.iter().position(|known| known == meter)?;
            let rows = Recurrence::of(score)?.0;
            let values = std::array::from_fn(|value| rows.as_flattened()[value]);
            Some(Lesson { values, meter, weight: 0.0 })
        });
        let from = lessons.len();
        lessons.extend(taught);
        let weight = 1.0 / (TAUGHT * (lessons.len() - from)) as f64;
        lessons[from..].iter_mut().for_each(|lesson| lesson.weight = weight);
    }
    for (meter, (bias, weights)) in METERS.iter().zip(regression(&lessons)) {
        println!(
            "    MeterWeights {{\n        meter: ({}),\n        bias: {bias:.2},",
            meter.replace('/', ", ")
        );
        println!("        lags: [");
        for row in weights.chunks(Recurrence::LAGS.len()) {
            let row: Vec<String> = row.iter().map(|weight| format!("{weight:.2}")).collect();
            println!("            [{}],", row.join(", "));
        }
        println!("        ],\n    }},");
    }
    Ok(())
}

/// The bias and the weights of each meter, found with Adam (Kingma and Ba 2015) on all pieces at
/// once, for values scaled to mean 0 and deviation 1 and then for the values as they are.
fn regression(lessons: &[Lesson]) -> [(f64, [f64; VALUES]); METERS.len()] {
    /// Found over 300 to 1000 and 1e-4 to 1e-2: flat.
    const UPDATES: i32 = 400;
    const DECAY: f64 = 1e-3;
    const RATE: f64 = 0.03;
    let count = lessons.len() as f64;
    let mean: [f64; VALUES] =
        std::array::from_fn(|v| lessons.iter().map(|l| l.values[v]).sum::<f64>() / count);
    let deviation: [f64; VALUES] = std::array::from_fn(|v| {
        let squares = lessons.iter().map(|lesson| (lesson.values[v] - mean[v]).powi(2));
        (squares.sum::<f64>() / count).sqrt().max(1e-6)
    });
    // The last input is always 1, and its weight the bias.
    let input = |lesson: &Lesson| -> [f64; VALUES + 1] {
        std::array::from_fn(|v| match v {
            VALUES => 1.0,
            _ => (lesson.values[v] - mean[v]) / deviation[v],
        })
    };
    let inputs: Vec<[f64; VALUES + 1]> = lessons.iter().map(input).collect();
    let mut weights = [[0.0; VALUES + 1]; METERS.len()];
    let mut moments = [[(0.0, 0.0); VALUES + 1]; METERS.len()];
    for update in 1..=UPDATES {
        let mut gradient = weights.map(|row| row.map(|weight| DECAY * weight));
        for (lesson, input) in lessons.iter().zip(&inputs) {
            let sums = weights.map(|row| row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>());
            let highest = sums.into_iter().fold(f64::MIN, f64::max);
            let shares = sums.map(|sum| (sum - highest).exp());
            let all: f64 = shares.iter().sum();
            for (meter, row) in gradient.iter_mut().enumerate() {
                let target = f64::from(u8::from(meter == lesson.meter));
                let error = lesson.weight * (shares[meter] / all - target);
                row.iter_mut().zip(input).for_each(|(slope, x)| *slope += error * x);
            }
        }
        let slopes = gradient.as_flattened().iter();
        let moments = moments.as_flattened_mut().iter_mut();
        let all = weights.as_flattened_mut().iter_mut().zip(slopes.zip(moments));
        for (weight, (slope, (first, second))) in all {
            *first = 0.9 * *first + 0.1 * slope;
            *second = 0.999 * *second + 0.001 * slope * slope;
            let (first, second) =
                (*first / (1.0 - 0.9_f64.powi(update)), *second / (1.0 - 0.999_f64.powi(update)));
            *weight -= RATE * first / (second.sqrt() + 1e-8);
        }
    }
    weights.map(|row| {
        let plain: [f64; VALUES] = std::array::from_fn(|v| row[v] / deviation[v]);
        let bias = row[VALUES] - plain.iter().zip(&mean).map(|(w, mean)| w * mean).sum::<f64>();
        (bias, plain)
    })
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

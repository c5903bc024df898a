//! Keys: POP909's annotations, the jazz solos' signatures, the titles of MAESTRO.

use std::path::Path;

use cantilena_analysis::{ClassWeights, KeyProfiles, estimate_key_with};
use cantilena_corpus::csv;
use cantilena_score::{Key, Mode, Score};

use crate::archive::Archive;
use crate::{Outcome, percent};

/// How an estimate can miss, and what each is worth in the contest of key finding by MIREX:
/// 1, 0.5, 0.3, 0.2.
#[derive(Default)]
struct Tally {
    pieces: f64,
    right: f64,
    fifth: f64,
    relative: f64,
    parallel: f64,
}

impl Tally {
    fn count(&mut self, tonic: u8, mode: Mode, found: Option<Key>) {
        self.pieces += 1.0;
        let Some(found) = found else { return };
        let away = (found.tonic() + 12 - tonic) % 12;
        match (away, found.mode == mode, mode) {
            (0, true, _) => self.right += 1.0,
            (5 | 7, true, _) => self.fifth += 1.0,
            (9, false, Mode::Major) | (3, false, Mode::Minor) => self.relative += 1.0,
            (0, false, _) => self.parallel += 1.0,
            _ => {}
        }
    }

    fn row(&self) -> String {
        let points = self.right + 0.5 * self.fifth + 0.3 * self.relative + 0.2 * self.parallel;
        let shares = [self.right, self.fifth, self.relative, self.parallel, points];
        let shares = shares.map(|share| percent(share, self.pieces));
        format!("{} | {}", self.pieces, shares.join(" | "))
    }
}

pub(crate) fn measure(data: &Path) -> Outcome {
    println!(
        "\n## Key\n\n| set | profiles | pieces | right | fifth off | relative | parallel | weighted |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let sets =
        [("POP909", pop909(data)?), ("jazz solos", jazz(data)?), ("MAESTRO", maestro(data)?)];
    for (name, pieces) in sets {
        for profiles in KeyProfiles::ALL {
            let mut tally = Tally::default();
            for (score, tonic, mode) in &pieces {
                let found = estimate_key_with(profiles, &ClassWeights::of(score));
                tally.count(*tonic, *mode, found.map(|estimate| estimate.key));
            }
            println!("| {name} | {profiles:?} | {} |", tally.row());
        }
    }
    Ok(())
}

type Annotated = Vec<(Score, u8, Mode)>;

/// Songs with one annotated key; those that modulate are left out.
fn pop909(data: &Path) -> Result<Annotated, Box<dyn std::error::Error>> {
    let mut archive = Archive::open(&data.join("pop909/pop909.zip"))?;
    let mut pieces = Vec::new();
    for name in archive.names().into_iter().filter(|name| name.ends_with(".mid")) {
        let Some((folder, _)) = name.rsplit_once('/') else { continue };
        let Some(text) = archive.text(&format!("{folder}/key_audio.txt")) else { continue };
        let mut keys: Vec<&str> =
            text.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
        keys.dedup();
        let [key] = keys[..] else { continue };
        let Some((tonic, mode)) = key.split_once(':') else { continue };
        let mode = if mode.starts_with("min") { Mode::Minor } else { Mode::Major };
        if let (Some(tonic), Some(score)) = (class(tonic), archive.score(&name)) {
            pieces.push((score, tonic, mode));
        }
    }
    Ok(pieces)
}

/// Solos whose file names a key.
fn jazz(data: &Path) -> Result<Annotated, Box<dyn std::error::Error>> {
    let mut archive = Archive::open(&data.join("genre/wjazzd_solos_midi.zip"))?;
    let named = archive.scores().into_iter().filter_map(|(_, score)| {
        let key = score.keys.first()?.key;
        Some((score, key.tonic(), key.mode))
    });
    Ok(named.collect())
}

/// Works of one movement whose title names a key: the movements of sonatas stand in others.
fn maestro(data: &Path) -> Result<Annotated, Box<dyn std::error::Error>> {
    let mut archive = Archive::open(&data.join("maestro-v3/maestro-v3.0.0-midi.zip"))?;
    let names = archive.names();
    let text = std::fs::read_to_string(data.join("maestro-v3/maestro-v3.0.0.csv"))?;
    let mut pieces = Vec::new();
    for row in csv::records(&text) {
        let (Some(title), Some(file)) = (row.get(1), row.get(4)) else { continue };
        let one = ["Prelude", "Etude", "Nocturne", "Ballade", "Scherzo", "Waltz", "Mazurka"];
        let many = ["No. 1-", "Preludes", "Etudes", "Nocturnes", "Fugue", "complete", "Book"];
        if !one.iter().any(|w| title.contains(w)) || many.iter().any(|w| title.contains(w)) {
            continue;
        }
        let Some((tonic, mode)) = title_key(title) else { continue };
        let Some(name) = names.iter().find(|name| name.ends_with(file.as_str())) else { continue };
        pieces.extend(archive.score(name).map(|score| (score, tonic, mode)));
    }
    Ok(pieces)
}

/// `in C-sharp Minor`, `in E Major`, `in B-flat minor`.
fn title_key(title: &str) -> Option<(u8, Mode)> {
    let lower = title.to_lowercase();
    let (_, key) = lower.split_once(" in ")?;
    let mut words = key.split([' ', '-', ',']);
    let letter = words.next().filter(|word| word.len() == 1)?;
    let mut tonic = class(&letter.to_uppercase())?;
    let mut mode = words.next()?;
    if mode == "sharp" || mode == "flat" {
        tonic = (tonic + if mode == "sharp" { 1 } else { 11 }) % 12;
        mode = words.next()?;
    }
    match mode {
        "major" => Some((tonic, Mode::Major)),
        "minor" => Some((tonic, Mode::Minor)),
        _ => None,
    }
}

/// `Gb`, `C#`.
pub(crate) fn class(name: &str) -> Option<u8> {
    let letter = name.chars().next()?;
    let place = "C D EF G A B".find(letter)? as i32;
    let accidentals = name.chars().skip(1).map(|c| if c == '#' { 1 } else { -1 });
    Some((place + accidentals.sum::<i32>()).rem_euclid(12) as u8)
}

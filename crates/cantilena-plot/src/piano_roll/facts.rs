//! What stands under the title: key, meter, tempo, and how much music there is.

use cantilena_score::{MeterChange, Note, Score};

use crate::element::Style;
use crate::number::number;

/// A score in a few words.
pub(super) struct Facts {
    /// Each a few words, in the order of their worth.
    words: Vec<String>,
    parts: Vec<String>,
}

impl Facts {
    pub(super) fn of(score: &Score) -> Facts {
        let mut words = Vec::new();
        words.extend(score.keys.first().map(|change| sharp_or_flat(&change.key.to_string())));
        words.push(meters(score));
        words.push(tempi(score));
        words.push(counted(u64::from(score.bars()), "bar"));
        words.push(counted(score.note_count() as u64, "note"));
        let pitched = score.tracks.iter().filter(|track| !track.is_drums);
        let pitches =
            || pitched.clone().flat_map(|track| &track.notes).map(|note: &Note| note.pitch);
        if let (Some(low), Some(high)) = (pitches().min(), pitches().max()) {
            words.push(format!(
                "{} to {}",
                sharp_or_flat(&low.to_string()),
                sharp_or_flat(&high.to_string())
            ));
        }
        let parts = super::part::parts(score).into_iter().map(|part| part.name).collect();
        Facts { words, parts }
    }

    /// The facts on lines no wider than this.
    pub(super) fn lines(&self, style: Style, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in &self.words {
            match lines.last_mut() {
                Some(line) if style.width(&format!("{line}  ·  {word}")) <= width => {
                    *line += &format!("  ·  {word}");
                }
                _ => lines.push(word.clone()),
            }
        }
        lines
    }

    /// The facts as a sentence, for those who hear it.
    pub(super) fn description(&self) -> String {
        let parts = match self.parts.as_slice() {
            [] => String::new(),
            parts => format!(" Parts: {}.", parts.join(", ")),
        };
        format!("Piano roll: {}.{parts}", self.words.join(", "))
    }
}

/// The meter, and whether it changes; that of a pickup is no change.
fn meters(score: &Score) -> String {
    let changes = score.meters.changes();
    let cut_short =
        |second: &MeterChange| second.onset <= changes[0].meter.bar(score.ticks_per_quarter());
    let held = if changes.get(1).is_some_and(cut_short) { &changes[1..] } else { changes };
    match held.iter().any(|change| change.meter != held[0].meter) {
        true => format!("{} and changing", held[0].meter),
        false => held[0].meter.to_string(),
    }
}

/// Quarters a minute, from the slowest to the fastest.
fn tempi(score: &Score) -> String {
    let end = score.length();
    let heard =
        score.tempo.changes().iter().filter(|change| change.onset.0 == 0 || change.onset < end);
    let (low, high) = heard.fold((f64::MAX, 0.0f64), |(low, high), change| {
        (low.min(change.bpm()), high.max(change.bpm()))
    });
    match (low.round(), high.round()) {
        (low, high) if low == high => format!("♩ = {}", number(low)),
        (low, high) => format!("♩ = {} to {}", number(low), number(high)),
    }
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(count as f64))
}

/// `C#4`, `Bb major` with the signs of music.
fn sharp_or_flat(name: &str) -> String {
    let mut letters = name.chars();
    let (first, second) = (letters.next(), letters.next());
    let sign = match second {
        Some('#') => "♯".to_owned(),
        Some('b') => "♭".to_owned(),
        other => other.map(String::from).unwrap_or_default(),
    };
    format!("{}{sign}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_told_in_a_line() {
        let score: Score =
            "key: Bb major\nmeter: 3/4\npickup: 1/4\ntempo: 90\nf#4/4 | g4/2. |".parse().unwrap();
        let facts = Facts::of(&score);
        let line = "B♭ major  ·  3/4  ·  ♩ = 90  ·  2 bars  ·  2 notes  ·  F♯4 to G4";
        assert_eq!(facts.lines(Style::LABEL, 1e3), [line]);
        assert!(facts.lines(Style::LABEL, 150.0).len() > 1);
    }

    #[test]
    fn tempi_are_told_from_slow_to_fast() {
        let mut score: Score = "tempo: 90\nc4/1 | c4 |".parse().unwrap();
        score.tempo.insert_bpm(cantilena_score::Ticks(96), 72.4);
        // Behind the last note nothing is heard.
        score.tempo.insert_bpm(cantilena_score::Ticks(500), 240.0);
        assert_eq!(tempi(&score), "♩ = 72 to 90");
    }
}

//! How a piece keeps to what was asked for.

use cantilena_analysis::estimate_key;
use cantilena_corpus::{Conditions, told};
use cantilena_generate::{Length, Scale};
use cantilena_score::{Note, Score, Ticks, Track};
use cantilena_tokens::KnownConditions;
use serde::Serialize;

use crate::asked::Asked;
use crate::commission::key_named;

/// Something that was asked for, and what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept {
    /// What it is about: bars, notes, tempo, instrument, key, a condition, beginning.
    pub what: &'static str,
    /// What was asked for, in words.
    pub asked: String,
    /// What came, in words.
    pub came: String,
    /// How much of it was kept, 0 to 1.
    pub share: f64,
}

/// Holds a piece against what was asked for; `from` is the piece it goes on from, whole, and `known`
/// what its model was told of the music it learnt from.
pub(crate) fn fidelity(
    asked: &Asked,
    from: Option<&Score>,
    known: &KnownConditions,
    score: &Score,
) -> Vec<Kept> {
    let bar = asked.from.as_ref().and_then(|from| from.bar);
    let given = from.map_or(0, |from| bar.map_or(from.bars(), |bar| bar - 1));
    let cut = score.meters.bar_onset(given, score.ticks_per_quarter());
    let new = || notes(score).filter(move |(_, note)| note.onset >= cut);
    let mut kept = Vec::new();
    kept.push(match asked.length {
        Length::Bars(bars) => {
            counted("bars", u64::from(bars), u64::from(score.bars().saturating_sub(given)))
        }
        Length::Notes(notes) => counted("notes", notes as u64, new().count() as u64),
        Length::Seconds(seconds) => {
            let came = score.seconds().0 - score.tempo.seconds_at(cut).0;
            counted("seconds", u64::from(seconds), came.round() as u64)
        }
    });
    if let Some(after) = asked.stopped_after {
        // What was stopped was asked to be shorter.
        kept[0].came.push_str(&format!(", stopped after {after} notes"));
    }
    if let Some(bpm) = asked.bpm {
        let came = score.tempo.at(cut).bpm();
        let words = |bpm: f64| format!("{} quarters a minute", (bpm * 10.0).round() / 10.0);
        // A file counts microseconds, so a tempo comes back a little beside what was asked.
        let share = if words(bpm) == words(came) { 1.0 } else { bpm.min(came) / bpm.max(came) };
        kept.push(Kept { what: "tempo", asked: words(bpm), came: words(came), share });
    }
    if let Some(program) = asked.program {
        let melodic = || new().filter(|(track, _)| !track.is_drums);
        let played = |(track, _): &(&Track, &Note)| track.program.number() == program;
        let name = cantilena_score::Program::new(program).map_or("?", |program| program.name());
        kept.push(share("instrument", name, melodic().filter(played).count(), melodic().count()));
    }
    if let Some(key) = asked.key.as_deref().and_then(|name| key_named(name).ok()) {
        let scale = Scale::of(key);
        let melodic = || new().filter(|(track, _)| !track.is_drums);
        let within = melodic().filter(|(_, note)| scale.holds(note.pitch)).count();
        let mut within = share("key", &key.to_string(), within, melodic().count());
        // Seven keys have the same notes; which of them it is, all of them together say.
        if let Some(heard) = estimate_key(&score.slice(cut..score.length())) {
            within.came.push_str(&format!(", heard as {}", heard.key));
        }
        kept.push(within);
    }
    // What can be heard in a piece is held against it: a mode, a pace, a density; no mood.
    let heard = told(known, &Conditions::of(score));
    for (condition, token) in known.0.iter().zip(heard) {
        let asked = asked.conditions.get(condition.kind.name());
        let came = usize::from(token).checked_sub(1).and_then(|index| condition.values.get(index));
        if let (Some(asked), Some(came)) = (asked, came) {
            let share = if condition.token(asked) == token { 1.0 } else { 0.0 };
            let (asked, came) = (asked.clone(), came.clone());
            kept.push(Kept { what: condition.kind.name(), asked, came, share });
        }
    }
    if let Some(from) = from {
        let before = |score: &Score| -> Vec<(Ticks, u8, u8)> {
            let given = notes(score).filter(|(_, note)| note.onset < cut);
            let mut given: Vec<_> = given
                .map(|(_, note)| (note.onset, note.pitch.number(), note.velocity.value()))
                .collect();
            given.sort_unstable();
            given
        };
        let (was, is) = (before(from), before(score));
        let same = was.iter().filter(|note| is.binary_search(note).is_ok()).count();
        let bars = format!("bars 1 to {given} as they were");
        kept.push(share("beginning", &bars, same, was.len()));
    }
    kept
}

fn notes(score: &Score) -> impl Iterator<Item = (&Track, &Note)> {
    score.tracks.iter().flat_map(|track| track.notes.iter().map(move |note| (track, note)))
}

/// A number that was asked for, and the one that came.
fn counted(what: &'static str, asked: u64, came: u64) -> Kept {
    let share = asked.min(came) as f64 / asked.max(came).max(1) as f64;
    Kept { what, asked: asked.to_string(), came: came.to_string(), share }
}

/// Notes of which each keeps to it or does not.
fn share(what: &'static str, asked: &str, kept: usize, all: usize) -> Kept {
    let share = if all == 0 { 1.0 } else { kept as f64 / all as f64 };
    let came = format!("{kept} of {all} notes");
    Kept { what, asked: asked.to_owned(), came, share }
}

#[cfg(test)]
mod tests {
    use cantilena_tokens::{Condition, ConditionKind};

    use super::*;

    fn asked(length: Length) -> Asked {
        Asked {
            model: String::new(),
            length,
            seed: 1,
            sampling: Default::default(),
            bpm: None,
            program: None,
            key: None,
            genre: None,
            conditions: Default::default(),
            from: None,
            stopped_after: None,
        }
    }

    fn nothing() -> KnownConditions {
        KnownConditions::default()
    }

    #[test]
    fn what_can_be_heard_is_held_against_what_was_asked() {
        let thirds = ConditionKind::Density.thirds().unwrap().map(str::to_owned).to_vec();
        let density = |edges| Condition {
            kind: ConditionKind::Density,
            values: thirds.clone(),
            edges: Some(edges),
        };
        // Two notes a second.
        let score: Score = "c4/4 d4 e4 f4 | g4 a4 b4 c5 |".parse().unwrap();
        let conditions = [("density".to_owned(), "Dense".to_owned())].into();
        let asked = Asked { conditions, ..asked(Length::Bars(2)) };
        for (edges, came, share) in [([0.5, 1.5], "dense", 1.0), ([3.0, 5.0], "sparse", 0.0)] {
            let known = KnownConditions(vec![density(edges)]);
            let kept = fidelity(&asked, None, &known, &score);
            assert_eq!((kept[1].what, &*kept[1].came, kept[1].share), ("density", came, share));
        }
    }

    #[test]
    fn what_is_kept_in_part_is_said_in_part() {
        let score: Score = "c4/4 d4 e4 f#4 | g4/1 |".parse().unwrap();
        let asked = Asked { key: Some("C".into()), bpm: Some(60.0), ..asked(Length::Bars(4)) };
        let kept = fidelity(&asked, None, &nothing(), &score);
        let shares: Vec<(&str, f64)> = kept.iter().map(|kept| (kept.what, kept.share)).collect();
        assert_eq!(shares, [("bars", 0.5), ("tempo", 0.5), ("key", 0.8)]);
        assert_eq!(kept[2].came, "4 of 5 notes, heard as G major");
    }

    #[test]
    fn what_goes_on_is_held_against_its_beginning() {
        let from: Score = "c4/1 | d4/1 | e4/1 |".parse().unwrap();
        let score: Score = "c4/1 | d4/1 | g4/1 | g4/1 | g4/1 |".parse().unwrap();
        let beginning = crate::asked::Beginning { piece: String::new(), bar: Some(3) };
        let asked = Asked { from: Some(beginning), ..asked(Length::Notes(3)) };
        let kept = fidelity(&asked, Some(&from), &nothing(), &score);
        assert_eq!((kept[0].what, kept[0].share), ("notes", 1.0));
        assert_eq!((&*kept[1].asked, kept[1].share), ("bars 1 to 2 as they were", 1.0));
    }
}

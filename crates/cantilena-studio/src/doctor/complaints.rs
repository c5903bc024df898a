//! The same complaint of many files, told once with examples.

use cantilena_corpus::{Facts, Oddity, Outcome, OutcomeKind};
use serde::Serialize;

/// What is the matter with one file or with many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Complaint {
    /// What it is; of complaints that hold numbers, as the first file has it.
    pub what: String,
    /// How many files have it.
    pub files: usize,
    /// The first files that have it.
    pub examples: Vec<String>,
}

/// Files that are named as examples.
const EXAMPLES: usize = 5;

/// Complaints while they are counted: by what makes them the same.
struct Gathering<K>(Vec<(K, Complaint)>);

impl<K: PartialEq> Gathering<K> {
    fn add(&mut self, key: K, what: impl FnOnce() -> String, file: &str) {
        let known = self.0.iter().position(|(known, _)| *known == key);
        let place = known.unwrap_or_else(|| {
            let complaint = Complaint { what: what(), files: 0, examples: Vec::new() };
            self.0.push((key, complaint));
            self.0.len() - 1
        });
        let complaint = &mut self.0[place].1;
        complaint.files += 1;
        if complaint.examples.len() < EXAMPLES {
            complaint.examples.push(file.to_owned());
        }
    }

    /// The commonest first; of as common ones, the first seen.
    fn into_list(self) -> Vec<Complaint> {
        let mut list: Vec<Complaint> = self.0.into_iter().map(|(_, complaint)| complaint).collect();
        list.sort_by_key(|complaint| std::cmp::Reverse(complaint.files));
        list
    }
}

/// What became of many files, told one by one and summed up.
pub(crate) struct Tally {
    repairs: Gathering<std::mem::Discriminant<cantilena_formats::Fault>>,
    refusals: Gathering<String>,
    summary: Summary,
}

/// What became of many files.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Files read as they are.
    pub sound: usize,
    /// Files read after repairs.
    pub repaired_files: usize,
    /// What was repaired, the commonest first.
    pub repaired: Vec<Complaint>,
    /// Files refused.
    pub refused_files: usize,
    /// Why files were refused, the commonest first.
    pub refused: Vec<Complaint>,
}

impl Tally {
    pub(crate) fn new() -> Tally {
        let (repairs, refusals) = (Gathering(Vec::new()), Gathering(Vec::new()));
        Tally { repairs, refusals, summary: Summary::default() }
    }

    /// Adds a file: repairs by the kind of their fault, refusals by their words, whatever numbers
    /// stand in them.
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        match &outcome.kind {
            OutcomeKind::Read => self.summary.sound += 1,
            OutcomeKind::Repaired(repairs) => {
                self.summary.repaired_files += 1;
                let mut seen = Vec::new();
                for repair in repairs {
                    let kind = std::mem::discriminant(&repair.0.what);
                    if !seen.contains(&kind) {
                        seen.push(kind);
                        self.repairs.add(kind, || repair.0.what.to_string(), &outcome.name);
                    }
                }
            }
            OutcomeKind::Refused(why) => {
                self.summary.refused_files += 1;
                let words: String = why.chars().filter(|letter| !letter.is_ascii_digit()).collect();
                self.refusals.add(words, || why.clone(), &outcome.name);
            }
        }
    }

    pub(crate) fn into_summary(self) -> Summary {
        let (repaired, refused) = (self.repairs.into_list(), self.refusals.into_list());
        Summary { repaired, refused, ..self.summary }
    }
}

/// What became of these files.
pub(super) fn summary(outcomes: &[Outcome]) -> Summary {
    let mut tally = Tally::new();
    outcomes.iter().for_each(|outcome| tally.add(outcome));
    tally.into_summary()
}

/// Oddities by their kind.
pub(super) fn oddities<'a>(pieces: impl Iterator<Item = (&'a str, &'a Facts)>) -> Vec<Complaint> {
    let mut gathering = Gathering(Vec::new());
    for (name, facts) in pieces {
        let mut seen = Vec::new();
        for oddity in &facts.oddities {
            let what = match oddity {
                Oddity::OneNote { .. } => "one note over and over",
                Oddity::OffTheGrid { .. } => {
                    "played without regard to the beats that the file names (a free performance, \
                     or a wrong tempo)"
                }
                Oddity::UnmarkedDrums { .. } => {
                    "drums, by name or notes, that are not on channel 10"
                }
            };
            // Two tracks of drums are one piece with drums.
            if !seen.contains(&what) {
                seen.push(what);
                gathering.add(what, || what.to_owned(), name);
            }
        }
    }
    gathering.into_list()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_that_differ_in_numbers_are_one_complaint() {
        let refused = |name: &str, why: &str| Outcome {
            name: name.to_owned(),
            kind: OutcomeKind::Refused(why.to_owned()),
            pieces: 0,
        };
        let outcomes = [
            refused("a", "it holds no notes"),
            refused("b", "cut at byte 12"),
            refused("c", "cut at byte 9"),
        ];
        let complaint = |what: &str, examples: &[&str]| Complaint {
            what: what.to_owned(),
            files: examples.len(),
            examples: examples.iter().map(|name| (*name).to_owned()).collect(),
        };
        let expected =
            [complaint("cut at byte 12", &["b", "c"]), complaint("it holds no notes", &["a"])];
        assert_eq!(summary(&outcomes).refused, expected);
    }
}

//! What pieces are known to be, as tokens that a model is told.

use std::collections::BTreeMap;

use cantilena_score::Mode;
use cantilena_tokens::{Condition, ConditionKind, KnownConditions, NONE};

use crate::conditions::Conditions;

/// The most names that a label may have; the rarer ones are left open.
const NAMES_MAX: usize = 256;

/// Learns the values of conditions from pieces: the names that labels give, the commonest first,
/// and where numbers fall into thirds. A condition that no piece has has no values.
pub fn known_conditions<'a>(
    kinds: &[ConditionKind],
    pieces: impl Iterator<Item = &'a Conditions> + Clone,
) -> KnownConditions {
    let condition = |&kind: &ConditionKind| {
        let Some(thirds) = kind.thirds() else {
            let values = names(pieces.clone().filter_map(|piece| name(kind, piece)));
            return Condition { kind, values, edges: None };
        };
        let mut numbers: Vec<f64> =
            pieces.clone().filter_map(|piece| number(kind, piece)).collect();
        numbers.sort_by(f64::total_cmp);
        let values = if numbers.is_empty() { &[][..] } else { &thirds[..] };
        let edge = |third: usize| numbers[numbers.len() * third / 3];
        let edges = (!numbers.is_empty()).then(|| [edge(1), edge(2)]);
        Condition { kind, values: values.iter().map(|&name| name.to_owned()).collect(), edges }
    };
    KnownConditions(kinds.iter().map(condition).collect())
}

/// What a model is told of a piece, a token a condition; [`NONE`] where nothing is known.
pub fn told(known: &KnownConditions, piece: &Conditions) -> Vec<u16> {
    let token = |condition: &Condition| match condition.edges {
        Some(_) => {
            number(condition.kind, piece).map_or(NONE, |number| condition.token_of_number(number))
        }
        None => name(condition.kind, piece).map_or(NONE, |name| condition.token(name)),
    };
    known.0.iter().map(token).collect()
}

/// Names by how often they come, then by the alphabet.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    names.truncate(NAMES_MAX);
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

fn name(kind: ConditionKind, piece: &Conditions) -> Option<&str> {
    match kind {
        ConditionKind::Composer => piece.composer.as_deref(),
        ConditionKind::Genre => piece.genre.as_deref(),
        ConditionKind::Mood => piece.mood.as_deref(),
        ConditionKind::Mode => piece.key.map(|key| match key.value.0.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        }),
        ConditionKind::Tempo | ConditionKind::Density | ConditionKind::Polyphony => None,
    }
}

fn number(kind: ConditionKind, piece: &Conditions) -> Option<f64> {
    match kind {
        ConditionKind::Tempo => piece.bpm.map(|bpm| bpm.value),
        ConditionKind::Density => Some(piece.notes_per_second),
        ConditionKind::Polyphony => Some(piece.polyphony),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_by_how_often_they_do_and_numbers_fall_into_thirds() {
        let piece = |genre: &str, notes_per_second: f64| Conditions {
            genre: (!genre.is_empty()).then(|| genre.to_owned()),
            notes_per_second,
            ..Conditions::default()
        };
        let pieces: Vec<Conditions> =
            [("reel", 1.0), ("jig", 2.0), ("reel", 3.0), ("", 4.0), ("air", 5.0), ("reel", 6.0)]
                .map(|(genre, density)| piece(genre, density))
                .into();
        let kinds = [ConditionKind::Genre, ConditionKind::Density, ConditionKind::Mood];
        let known = known_conditions(&kinds, pieces.iter());
        assert_eq!(known.0[0].values, ["reel", "air", "jig"]);
        assert_eq!(known.0[1].edges, Some([3.0, 5.0]));
        assert!(known.0[2].values.is_empty());
        let told: Vec<Vec<u16>> = pieces.iter().map(|piece| told(&known, piece)).collect();
        assert_eq!(told[0], [1, 1, NONE]);
        assert_eq!(told[3], [NONE, 2, NONE]);
        assert_eq!(told[4], [2, 3, NONE]);
    }
}

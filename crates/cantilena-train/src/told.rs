//! What a run is told of its pieces.

use cantilena_tokens::KnownConditions;

/// What a network is told of every piece, a token a condition; by default of nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The conditions there are, and their values.
    pub known: KnownConditions,
    /// Of each piece learnt from.
    pub train: Vec<Vec<u16>>,
    /// Of each piece held back.
    pub validation: Vec<Vec<u16>>,
}

impl Told {
    /// The same, where of the pieces held back only those at these places judge.
    pub fn judging(&self, places: &[usize]) -> Told {
        let told = |&place: &usize| self.validation.get(place).cloned();
        Told { validation: places.iter().filter_map(told).collect(), ..self.clone() }
    }
}

//! What a model may be told of a piece as a whole, and asked for: its genre, its mood, how dense
//! it is.
//!
//! Conditions are columns that stand before the event's own, the same in every event of a piece.
//! One that is left open says [`NONE`].

use serde::{Deserialize, Serialize};

use crate::error::TokenError;
use crate::field::{Field, NONE};

/// One thing to be told of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionKind {
    /// Who wrote it, as a label says.
    Composer,
    /// Its genre or style, as a label says.
    Genre,
    /// Its mood, as a label says.
    Mood,
    /// Major or minor.
    Mode,
    /// Quarters a minute, in thirds of the corpus.
    Tempo,
    /// Notes a second, in thirds of the corpus.
    Density,
    /// Notes that sound at once, in thirds of the corpus.
    Polyphony,
}

/// A condition and the values that a model knows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it says.
    pub kind: ConditionKind,
    /// Its values by name, in the order of their tokens, which count from 1.
    pub values: Vec<String>,
    /// Where it is a number that was measured: the least of the middle and of the last value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edges: Option<[f64; 2]>,
}

/// All conditions that a model was told of in training, in the order of their columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownConditions(pub Vec<Condition>);

impl ConditionKind {
    /// Its name, as recipes write it.
    pub fn name(self) -> &'static str {
        match self {
            ConditionKind::Composer => "composer",
            ConditionKind::Genre => "genre",
            ConditionKind::Mood => "mood",
            ConditionKind::Mode => "mode",
            ConditionKind::Tempo => "tempo",
            ConditionKind::Density => "density",
            ConditionKind::Polyphony => "polyphony",
        }
    }

    /// The names of its thirds, where it is a number.
    pub fn thirds(self) -> Option<[&'static str; 3]> {
        match self {
            ConditionKind::Tempo => Some(["slow", "moderate", "fast"]),
            ConditionKind::Density => Some(["sparse", "medium", "dense"]),
            ConditionKind::Polyphony => Some(["thin", "medium", "full"]),
            _ => None,
        }
    }

    /// The name of its column.
    fn column(self) -> &'static str {
        match self {
            ConditionKind::Composer => "told-composer",
            ConditionKind::Genre => "told-genre",
            ConditionKind::Mood => "told-mood",
            ConditionKind::Mode => "told-mode",
            ConditionKind::Tempo => "told-tempo",
            ConditionKind::Density => "told-density",
            ConditionKind::Polyphony => "told-polyphony",
        }
    }
}

impl Condition {
    /// The token of a value by name, however it is capitalised; [`NONE`] where it is not known.
    pub fn token(&self, value: &str) -> u16 {
        let same = |known: &String| known.eq_ignore_ascii_case(value.trim());
        self.values.iter().position(same).map_or(NONE, |index| 1 + index as u16)
    }

    /// The token of a number that was measured.
    pub fn token_of_number(&self, number: f64) -> u16 {
        let edges = self.edges.iter().flatten();
        1 + edges.filter(|&&edge| edge <= number).count() as u16
    }
}

impl KnownConditions {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns that stand before an event's own.
    pub fn fields(&self) -> Vec<Field> {
        let field = |condition: &Condition| {
            Field::derived(condition.kind.column(), 1 + condition.values.len())
        };
        self.0.iter().map(field).collect()
    }

    /// The columns of an event that is told these.
    pub fn with_fields(&self, fields: Vec<Field>) -> Vec<Field> {
        let mut all = self.fields();
        all.extend(fields);
        all
    }

    /// The tokens of what was asked for by name and value; what was not is left open.
    ///
    /// # Errors
    /// [`TokenError::Condition`], which says what is known, where that is not;
    /// [`TokenError::NothingTold`] where nothing is.
    pub fn asked<'a>(
        &self,
        asked: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Vec<u16>, TokenError> {
        let mut tokens = vec![NONE; self.len()];
        for (name, value) in asked {
            let place = self.0.iter().position(|c| c.kind.name().eq_ignore_ascii_case(name.trim()));
            let token = place.map_or(NONE, |place| self.0[place].token(value));
            match (place, token) {
                (Some(place), 1..) => tokens[place] = token,
                _ => {
                    let asked = format!("{name} {value}");
                    return Err(match self.is_empty() {
                        true => TokenError::NothingTold { asked },
                        false => TokenError::Condition { asked, known: self.describe() },
                    });
                }
            }
        }
        Ok(tokens)
    }

    /// What is known, for people: `genre (jig, reel); density (sparse, medium, dense)`.
    fn describe(&self) -> String {
        let one = |condition: &Condition| {
            format!("{} ({})", condition.kind.name(), condition.values.join(", "))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> KnownConditions {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let (genre, density) = (ConditionKind::Genre, ConditionKind::Density);
        KnownConditions(vec![
            Condition { kind: genre, values: words(&["jig", "reel"]), edges: None },
            Condition {
                kind: density,
                values: words(&density.thirds().unwrap()),
                edges: Some([2.0, 5.0]),
            },
        ])
    }

    #[test]
    fn what_is_not_asked_for_is_open_and_what_is_not_known_is_refused() {
        let known = known();
        assert_eq!(known.asked([("density", "Dense")]), Ok(vec![NONE, 3]));
        assert_eq!(known.asked([]), Ok(vec![NONE, NONE]));
        for asked in [("genre", "polka"), ("mood", "calm")] {
            let error = known.asked([asked]).unwrap_err().to_string();
            assert!(error.contains(asked.1) && error.contains("genre (jig, reel); density"));
        }
        let none = KnownConditions::default().asked([("genre", "jig")]).unwrap_err().to_string();
        assert!(none.contains("nothing but the music"), "{none}");
    }

    #[test]
    fn a_number_belongs_to_the_third_that_begins_at_or_below_it() {
        let density = &known().0[1];
        let tokens = [0.0, 1.9, 2.0, 4.9, 5.0, 90.0].map(|n| density.token_of_number(n));
        assert_eq!(tokens, [1, 1, 2, 2, 3, 3]);
    }
}

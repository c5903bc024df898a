//! The recipes that come with the program.

use crate::recipe::Recipe;

/// A recipe for models of notes that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// What it is called.
    pub name: &'static str,
    /// Its text, with what is to be said of it at the top.
    pub toml: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$(Shipped {
            name: $name,
            toml: include_str!(concat!("../../../../recipes/", $name, ".toml")),
        }),+]
    };
}

impl Shipped {
    /// All of them, the defaults first.
    pub const ALL: [Shipped; 11] = shipped![
        "notes",
        "notes-clock",
        "songbook",
        "recordings",
        "pitches",
        "performance",
        "remi",
        "tsd",
        "midi-like",
        "frames",
        "pitch-step-duration-bins",
    ];

    /// The one of a name.
    pub fn named(name: &str) -> Option<Shipped> {
        Shipped::ALL.into_iter().find(|shipped| shipped.name == name)
    }

    /// What it is for: the first sentence of its text.
    pub fn explanation(self) -> String {
        let comment = self.toml.lines().map_while(|line| line.strip_prefix('#'));
        let text = comment.map(str::trim).collect::<Vec<_>>().join(" ");
        text.split_inclusive(['.', ':'])
            .next()
            .unwrap_or_default()
            .trim_end_matches(['.', ':'])
            .to_owned()
    }

    /// The recipe itself.
    pub fn recipe(self) -> Recipe {
        Recipe::from_toml(self.toml).expect("a test reads every recipe that comes with the program")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_can_be_followed_and_says_what_it_is_for() {
        for shipped in Shipped::ALL {
            let Shipped { name, .. } = shipped;
            shipped.recipe();
            assert_eq!(Shipped::named(name), Some(shipped));
            let explanation = shipped.explanation();
            assert!((20..120).contains(&explanation.len()), "{name}: {explanation}");
        }
        assert_eq!(Shipped::named("quavers"), None);
    }

    #[test]
    fn the_first_names_the_defaults() {
        assert_eq!(Shipped::ALL[0].recipe(), Recipe::default());
    }
}

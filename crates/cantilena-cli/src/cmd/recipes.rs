//! `cantilena recipes`: what can be trained, and how.

use std::path::Path;

use cantilena_systems::System;
use cantilena_train::Shipped;
use clap::Args;

use crate::failure::Failure;
use crate::words::give;

/// List the recipes, or print one to start your own from.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena recipes
  cantilena recipes notes > my-notes.toml
  cantilena train ~/midi --recipe my-notes.toml --out my-model
  cantilena train ~/midi --recipe melody --out tunes")]
pub(crate) struct Recipes {
    /// Print this one in full.
    name: Option<String>,
}

impl Recipes {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let Some(name) = &self.name else { return Ok(give(&list())?) };
        match Named::of(name) {
            Some(Named::Notes(shipped)) => Ok(give(shipped.toml.trim_end())?),
            Some(Named::System(system)) => Ok(give(system.recipe().trim_end())?),
            None => Err(Failure::Usage(format!(
                "no recipe is called {name}; `cantilena recipes` lists them all"
            ))),
        }
    }
}

/// A recipe that comes with the program.
pub(super) enum Named {
    /// For a model of notes.
    Notes(Shipped),
    /// For one of the earlier systems.
    System(System),
}

impl Named {
    /// The one of a name.
    fn of(name: &str) -> Option<Named> {
        let system = || name.parse().ok().map(Named::System);
        Shipped::named(name).map(Named::Notes).or_else(system)
    }

    /// The one that `--recipe` means; none where a file has that name.
    pub(super) fn meant(recipe: &Path) -> Option<Named> {
        recipe.to_str().filter(|_| !recipe.is_file()).and_then(Named::of)
    }
}

/// All recipes, each with what it is for.
fn list() -> String {
    let mut text = "Without --recipe, `cantilena train` follows the first. Models of notes, of \
                    which some learn other\nrepresentations:\n"
        .to_owned();
    for shipped in Shipped::ALL {
        text.push_str(&format!("\n  {:26}{}", shipped.name, shipped.explanation()));
    }
    text.push_str("\n\nFive earlier systems, as their authors described them:\n");
    for system in System::ALL {
        text.push_str(&format!("\n  {:26}{}", system.name(), system.explanation()));
    }
    text.push_str(
        "\n\n`cantilena recipes NAME` prints one, every entry explained in that of notes.",
    );
    text
}

//! `cantilena recipes`: what can be trained, and how.

use cantilena_systems::System;
use clap::Args;

use crate::failure::Failure;
use crate::words::give;

/// List the five systems, or print the recipe of one to start your own from.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena recipes
  cantilena recipes melody > my-melody.toml
  cantilena train ~/midi --recipe my-melody.toml --out tunes")]
pub(crate) struct Recipes {
    /// Print this one in full.
    name: Option<System>,
}

impl Recipes {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        match self.name {
            Some(system) => Ok(give(system.recipe().trim_end())?),
            None => {
                let mut text = "Without --recipe, `cantilena train` learns whole notes: rhythm, \
                                pitch, dynamics, form.\nWith --recipe NAME it is one of five \
                                earlier systems, as their authors described them:\n"
                    .to_owned();
                for system in System::ALL {
                    text.push_str(&format!("\n  {:21}{}", system.name(), system.explanation()));
                }
                Ok(give(&text)?)
            }
        }
    }
}

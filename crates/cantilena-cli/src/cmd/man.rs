//! `cantilena man`: manual pages.

use clap::{Args, CommandFactory};

use crate::Cantilena;
use crate::failure::Failure;
use crate::words::give;

/// Print the manual page of Cantilena, or of one command.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cantilena man > cantilena.1\n  cantilena man train | man -l -"
)]
pub(crate) struct Man {
    /// The command; all of Cantilena if left out.
    command: Option<String>,
}

impl Man {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let all = Cantilena::command();
        let command = match &self.command {
            None => all,
            Some(name) => match all.find_subcommand(name) {
                Some(found) => found.clone().name(format!("cantilena-{name}")),
                None => {
                    let names: Vec<&str> = all.get_subcommands().map(|c| c.get_name()).collect();
                    let names = names.join(", ");
                    return Err(Failure::Usage(format!("no command {name}; there are {names}")));
                }
            },
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        Ok(give(String::from_utf8_lossy(&page).trim_end())?)
    }
}

//! `cantilena completions`: tab completion for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Cantilena;
use crate::failure::Failure;
use crate::words::give;

/// Print tab completion for a shell.
#[derive(Args)]
#[command(
    after_help = "Example:\n  cantilena completions bash > ~/.local/share/bash-completion/completions/cantilena"
)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cantilena::command(), "cantilena", &mut script);
        Ok(give(String::from_utf8_lossy(&script).trim_end())?)
    }
}

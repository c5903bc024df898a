//! `cantilena report`: a model on one page.

use std::path::PathBuf;

use cantilena_studio::{Overwrite, report};
use clap::Args;

use crate::failure::Failure;
use crate::words::give;

/// Write what a model learnt, and how well, as one HTML page.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cantilena report tunes -o report.html

The page holds everything it shows: no scripts, nothing fetched.")]
pub(crate) struct Report {
    /// The model's folder.
    model: PathBuf,
    /// The page.
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Replace a page that is there.
    #[arg(long)]
    force: bool,
}

impl Report {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
        report(&self.model, &self.output, overwrite)?;
        Ok(give(&self.output.display().to_string())?)
    }
}

//! Who is learnt from and who judges: the authors' way, and an honest one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::SystemRecipeError;

/// How windows are divided between learning and judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// All pieces are joined, cut into overlapping windows, shuffled, and one window in five
    /// judges. It leaks: neighbouring windows share all symbols but one.
    Legacy,
    /// Whole pieces judge, duplicates kept on one side.
    ByPiece,
}

impl Protocol {
    /// As recipes and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Legacy => "legacy",
            Protocol::ByPiece => "by-piece",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Protocol {
    type Err = SystemRecipeError;

    fn from_str(name: &str) -> Result<Protocol, SystemRecipeError> {
        match name {
            "legacy" => Ok(Protocol::Legacy),
            "by-piece" => Ok(Protocol::ByPiece),
            _ => Err(SystemRecipeError::Protocol(name.to_owned())),
        }
    }
}

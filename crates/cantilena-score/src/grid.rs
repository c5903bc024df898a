//! The places to which music can be moved.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;

use crate::error::ScoreError;
use crate::time::TicksPerQuarter;

/// A grid as musicians name it: `1/16` has a place every sixteenth, `1/8t` three in a quarter.
///
/// ```
/// # use cantilena_score::Grid;
/// let places = |name: &str| name.parse::<Grid>().map(|grid| grid.places_per_quarter().get());
/// assert_eq!((places("1/4"), places("1/16"), places("1/8t")), (Ok(1), Ok(4), Ok(3)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The note value as a power of two: 2 is a quarter, 3 an eighth; 2 to 5, of triplets 3 to 5.
    value_log2: u8,
    is_triplet: bool,
}

/// Every grid, the coarsest first.
const ALL: [Grid; 7] = [
    Grid { value_log2: 2, is_triplet: false },
    Grid { value_log2: 3, is_triplet: false },
    Grid { value_log2: 3, is_triplet: true },
    Grid { value_log2: 4, is_triplet: false },
    Grid { value_log2: 4, is_triplet: true },
    Grid { value_log2: 5, is_triplet: false },
    Grid { value_log2: 5, is_triplet: true },
];

impl Grid {
    /// Places in a quarter: 1 to 12.
    pub fn places_per_quarter(self) -> TicksPerQuarter {
        let plain = 1 << (self.value_log2 - 2);
        let places = if self.is_triplet { plain / 2 * 3 } else { plain };
        NonZero::new(places).expect("a triplet has at least the value of an eighth")
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1/{}{}", 1 << self.value_log2, if self.is_triplet { "t" } else { "" })
    }
}

impl FromStr for Grid {
    type Err = ScoreError;

    /// `1/16` or `16`, of triplets `1/16t` or `16T`.
    fn from_str(name: &str) -> Result<Grid, ScoreError> {
        let plain = name.trim().to_lowercase();
        let value = plain.strip_prefix("1/").unwrap_or(&plain);
        let named = |grid: &Grid| grid.to_string().strip_prefix("1/") == Some(value);
        ALL.into_iter().find(named).ok_or(ScoreError::Grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_read_as_it_is_written() {
        for grid in ALL {
            assert_eq!(grid.to_string().parse(), Ok(grid));
        }
        let names: Vec<String> = ALL.iter().map(Grid::to_string).collect();
        assert_eq!(names.join(" "), "1/4 1/8 1/8t 1/16 1/16t 1/32 1/32t");
        assert_eq!("16T".parse::<Grid>(), "1/16t".parse());
        for name in ["", "1/", "1/4t", "1/64", "3", "1/16 t", "t", "1/1/8"] {
            assert_eq!(name.parse::<Grid>(), Err(ScoreError::Grid), "{name:?}");
        }
    }
}

//! What cannot be said in a score.

/// A value that no score can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreError {
    /// Not a MIDI note number.
    Pitch(i32),
    /// Not a MIDI velocity.
    Velocity(u8),
    /// Not a General MIDI program.
    Program(u8),
    /// A meter with no beats, or whose beat is no power of two of a whole note.
    Meter {
        /// Beats in a bar, as found.
        numerator: u8,
        /// The note value of a beat, as found.
        denominator: u16,
    },
    /// A key with more than seven sharps (positive) or flats (negative).
    Key(i8),
    /// A tempo that never moves.
    Tempo,
    /// Not the name of a grid.
    Grid,
}

impl std::fmt::Display for ScoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ScoreError::Pitch(found) => write!(f, "pitch {found}, and pitches are 0 to 127"),
            ScoreError::Velocity(found) => {
                write!(f, "velocity {found}, and velocities are 1 to 127")
            }
            ScoreError::Program(found) => write!(f, "program {found}, and programs are 0 to 127"),
            ScoreError::Meter { numerator, denominator } => write!(
                f,
                "meter {numerator}/{denominator}, and a meter has 1 to 255 beats of a whole, half, \
                 quarter, eighth, … down to a 128th"
            ),
            ScoreError::Key(found) => {
                write!(f, "a key of {found} sharps, and keys have 7 flats (-7) to 7 sharps")
            }
            ScoreError::Tempo => {
                write!(f, "a tempo of 0 microseconds a quarter, and 1 is the least")
            }
            ScoreError::Grid => {
                write!(f, "no grid has that name; 1/4, 1/8, 1/16, 1/32 do, and 1/8t of triplets")
            }
        }
    }
}

impl std::error::Error for ScoreError {}

//! How loud a note is, in the words of musicians.

use cantilena_score::Velocity;

/// A dynamic marking.
///
/// Notation programs play the eight markings at velocities 16 apart, from ppp at 16 to fff at
/// 127, with mf at 80; each marking here takes the velocities nearest to its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the markings themselves")]
pub enum Dynamic {
    Ppp,
    Pp,
    P,
    Mp,
    Mf,
    F,
    Ff,
    Fff,
}

impl Dynamic {
    /// From the softest to the loudest.
    pub const ALL: [Dynamic; 8] = [
        Dynamic::Ppp,
        Dynamic::Pp,
        Dynamic::P,
        Dynamic::Mp,
        Dynamic::Mf,
        Dynamic::F,
        Dynamic::Ff,
        Dynamic::Fff,
    ];

    /// The marking nearest to a velocity.
    pub fn of(velocity: Velocity) -> Dynamic {
        let nearest = (usize::from(velocity.value()) + 7) / 16;
        Dynamic::ALL[nearest.clamp(1, 8) - 1]
    }

    /// As it is written: `mf`.
    pub fn name(self) -> &'static str {
        ["ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"][self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn velocities_go_to_the_nearest_marking() {
        let cases = [(1, "ppp"), (24, "ppp"), (25, "pp"), (64, "mp"), (72, "mp"), (73, "mf")];
        for (velocity, name) in cases.into_iter().chain([(80, "mf"), (120, "ff"), (127, "fff")]) {
            assert_eq!(Dynamic::of(Velocity::new(velocity).unwrap()).name(), name, "{velocity}");
        }
    }
}

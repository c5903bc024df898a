//! How far instruments reach.

use std::ops::RangeInclusive;

use crate::program::Program;

/// Programs whose instruments have a compass of their own, as it sounds, in MIDI pitches: first and
/// last program, lowest and highest pitch. After S. Adler, "The Study of Orchestration", 2016,
/// appendix A, and W. Piston, "Orchestration", 1955; where players differ, what professionals reach.
const COMPASSES: [(u8, u8, u8, u8); 25] = [
    (24, 31, 40, 88),  // guitars: E2 to E6
    (32, 39, 28, 67),  // basses: E1 to G4
    (40, 40, 55, 103), // violin: G3 to G7
    (41, 41, 48, 91),  // viola: C3 to G6
    (42, 42, 36, 84),  // violoncello: C2 to C6
    (43, 43, 28, 67),  // contrabass: E1 to G4
    (46, 46, 23, 104), // harp: B0 to G#7
    (47, 47, 36, 60),  // timpani: C2 to C4
    (52, 54, 36, 84),  // voices: C2 to C6
    (56, 56, 52, 86),  // trumpet: E3 to D6
    (57, 57, 40, 77),  // trombone: E2 to F5
    (58, 58, 26, 65),  // tuba: D1 to F4
    (59, 59, 52, 86),  // muted trumpet
    (60, 60, 34, 77),  // horn: A#1 to F5
    (64, 64, 56, 88),  // soprano saxophone: G#3 to E6
    (65, 65, 49, 81),  // alto saxophone: C#3 to A5
    (66, 66, 44, 76),  // tenor saxophone: G#2 to E5
    (67, 67, 36, 69),  // baritone saxophone: C2 to A4
    (68, 68, 58, 93),  // oboe: A#3 to A6
    (69, 69, 52, 84),  // English horn: E3 to C6
    (70, 70, 34, 77),  // bassoon: A#1 to F5
    (71, 71, 50, 94),  // clarinet: D3 to A#6
    (72, 72, 74, 108), // piccolo: D5 to C8
    (73, 73, 60, 98),  // flute: C4 to D7
    (74, 74, 72, 98),  // recorder: C5 to D7
];

/// A piano's keys, A0 to C8: the compass of all others.
const PIANO: RangeInclusive<u8> = 21..=108;

impl Program {
    /// The pitches that its instrument reaches, as MIDI numbers.
    pub fn compass(self) -> RangeInclusive<u8> {
        let number = self.number();
        let own = COMPASSES.iter().find(|(first, last, ..)| (*first..=*last).contains(&number));
        own.map_or(PIANO, |&(.., lowest, highest)| lowest..=highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instruments_reach_as_far_as_their_players() {
        let compass = |number| Program::new(number).unwrap().compass();
        assert_eq!(compass(73), 60..=98);
        assert_eq!(compass(25), 40..=88);
        assert_eq!(compass(0), 21..=108);
        assert!(COMPASSES.is_sorted_by(|one, next| one.1 < next.0), "each program once, in order");
    }
}

//! Where General MIDI's drums stand on a staff, and what their notes look like.

/// How a drum is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drum {
    /// Its pitch on a drum track.
    pub(super) pitch: u8,
    /// The name that General MIDI gives it.
    pub(super) name: &'static str,
    /// The step at which it stands under a treble clef.
    pub(super) step: &'static str,
    /// The octave of that step.
    pub(super) octave: u8,
    /// The shape of its note's head.
    pub(super) head: &'static str,
}

/// A row of the table below.
const fn drum(
    pitch: u8,
    name: &'static str,
    step: &'static str,
    octave: u8,
    head: &'static str,
) -> Drum {
    Drum { pitch, name, step, octave, head }
}

/// The percussion map of General MIDI 1, with the places that drum parts commonly give to a kit:
/// bass drum in the lowest space, snare in the third, hi-hat above the staff (as in N. Weinberg,
/// Guide to Standardized Drumset Notation). Hand drums stand where their sound lies.
const DRUMS: [Drum; 47] = [
    drum(35, "Acoustic Bass Drum", "E", 4, "normal"),
    drum(36, "Bass Drum 1", "F", 4, "normal"),
    drum(37, "Side Stick", "C", 5, "x"),
    drum(38, "Acoustic Snare", "C", 5, "normal"),
    drum(39, "Hand Clap", "D", 5, "x"),
    drum(40, "Electric Snare", "C", 5, "slashed"),
    drum(41, "Low Floor Tom", "G", 4, "normal"),
    drum(42, "Closed Hi-Hat", "G", 5, "x"),
    drum(43, "High Floor Tom", "A", 4, "normal"),
    drum(44, "Pedal Hi-Hat", "D", 4, "x"),
    drum(45, "Low Tom", "B", 4, "normal"),
    drum(46, "Open Hi-Hat", "G", 5, "circle-x"),
    drum(47, "Low-Mid Tom", "D", 5, "normal"),
    drum(48, "Hi-Mid Tom", "E", 5, "normal"),
    drum(49, "Crash Cymbal 1", "A", 5, "x"),
    drum(50, "High Tom", "F", 5, "normal"),
    drum(51, "Ride Cymbal 1", "F", 5, "x"),
    drum(52, "Chinese Cymbal", "B", 5, "x"),
    drum(53, "Ride Bell", "F", 5, "diamond"),
    drum(54, "Tambourine", "E", 5, "x"),
    drum(55, "Splash Cymbal", "C", 6, "x"),
    drum(56, "Cowbell", "E", 5, "triangle"),
    drum(57, "Crash Cymbal 2", "B", 5, "circle-x"),
    drum(58, "Vibraslap", "D", 5, "diamond"),
    drum(59, "Ride Cymbal 2", "F", 5, "circle-x"),
    drum(60, "High Bongo", "E", 5, "slashed"),
    drum(61, "Low Bongo", "D", 5, "slashed"),
    drum(62, "Mute High Conga", "C", 5, "diamond"),
    drum(63, "Open High Conga", "C", 5, "triangle"),
    drum(64, "Low Conga", "B", 4, "triangle"),
    drum(65, "High Timbale", "E", 5, "diamond"),
    drum(66, "Low Timbale", "D", 5, "triangle"),
    drum(67, "High Agogo", "G", 5, "triangle"),
    drum(68, "Low Agogo", "F", 5, "triangle"),
    drum(69, "Cabasa", "A", 5, "slashed"),
    drum(70, "Maracas", "A", 5, "diamond"),
    drum(71, "Short Whistle", "C", 6, "triangle"),
    drum(72, "Long Whistle", "C", 6, "normal"),
    drum(73, "Short Guiro", "B", 4, "x"),
    drum(74, "Long Guiro", "B", 4, "circle-x"),
    drum(75, "Claves", "D", 6, "x"),
    drum(76, "High Wood Block", "E", 6, "x"),
    drum(77, "Low Wood Block", "D", 6, "circle-x"),
    drum(78, "Mute Cuica", "A", 4, "x"),
    drum(79, "Open Cuica", "A", 4, "circle-x"),
    drum(80, "Mute Triangle", "B", 5, "triangle"),
    drum(81, "Open Triangle", "B", 5, "diamond"),
];

/// How the drum of a pitch is written; those that General MIDI does not name stand in the middle.
pub(super) fn drum_of(pitch: u8) -> Drum {
    DRUMS.into_iter().find(|drum| drum.pitch == pitch).unwrap_or(drum(
        pitch,
        "Percussion",
        "B",
        4,
        "square",
    ))
}

/// The drum that a place on the staff and a head most likely mean.
pub(super) fn pitch_at(step: &str, octave: u8, head: &str) -> Option<u8> {
    let stands = |drum: &&Drum| drum.step == step && drum.octave == octave;
    let at = || DRUMS.iter().filter(stands);
    at().find(|drum| drum.head == head).or(at().next()).map(|drum| drum.pitch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_drums_look_alike() {
        for drum in DRUMS {
            assert_eq!(pitch_at(drum.step, drum.octave, drum.head), Some(drum.pitch), "{drum:?}");
            assert_eq!(drum_of(drum.pitch), drum);
        }
    }
}

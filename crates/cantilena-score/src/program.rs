//! The 128 instruments of General MIDI.

use crate::error::ScoreError;

/// A General MIDI program, 0 to 127; 0 is the acoustic grand piano.
///
/// Numbers count from 0 here and in files; the standard's own table counts from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program(u8);

/// The sixteen families of eight programs each (General MIDI 1, table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum Family {
    Piano,
    ChromaticPercussion,
    Organ,
    Guitar,
    Bass,
    Strings,
    Ensemble,
    Brass,
    Reed,
    Pipe,
    SynthLead,
    SynthPad,
    SynthEffects,
    Ethnic,
    Percussive,
    SoundEffects,
}

/// The families in the standard's order.
const FAMILIES: [Family; 16] = [
    Family::Piano,
    Family::ChromaticPercussion,
    Family::Organ,
    Family::Guitar,
    Family::Bass,
    Family::Strings,
    Family::Ensemble,
    Family::Brass,
    Family::Reed,
    Family::Pipe,
    Family::SynthLead,
    Family::SynthPad,
    Family::SynthEffects,
    Family::Ethnic,
    Family::Percussive,
    Family::SoundEffects,
];

impl Program {
    /// Program 0.
    pub const PIANO: Program = Program(0);

    /// The program with this number, if it is one of 0 to 127.
    pub fn new(number: u8) -> Result<Program, ScoreError> {
        if number < 128 { Ok(Program(number)) } else { Err(ScoreError::Program(number)) }
    }

    /// The number, 0 to 127.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The family of eight it belongs to.
    pub fn family(self) -> Family {
        FAMILIES[usize::from(self.0 / 8)]
    }

    /// The standard's name (General MIDI 1, table 2).
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }
}

/// Names in the order of General MIDI 1, table 2.
const NAMES: [&str; 128] = [
    "Acoustic Grand Piano",
    "Bright Acoustic Piano",
    "Electric Grand Piano",
    "Honky-tonk Piano",
    "Electric Piano 1",
    "Electric Piano 2",
    "Harpsichord",
    "Clavi",
    "Celesta",
    "Glockenspiel",
    "Music Box",
    "Vibraphone",
    "Marimba",
    "Xylophone",
    "Tubular Bells",
    "Dulcimer",
    "Drawbar Organ",
    "Percussive Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Tango Accordion",
    "Acoustic Guitar (nylon)",
    "Acoustic Guitar (steel)",
    "Electric Guitar (jazz)",
    "Electric Guitar (clean)",
    "Electric Guitar (muted)",
    "Overdriven Guitar",
    "Distortion Guitar",
    "Guitar Harmonics",
    "Acoustic Bass",
    "Electric Bass (finger)",
    "Electric Bass (pick)",
    "Fretless Bass",
    "Slap Bass 1",
    "Slap Bass 2",
    "Synth Bass 1",
    "Synth Bass 2",
    "Violin",
    "Viola",
    "Cello",
    "Contrabass",
    "Tremolo Strings",
    "Pizzicato Strings",
    "Orchestral Harp",
    "Timpani",
    "String Ensemble 1",
    "String Ensemble 2",
    "Synth Strings 1",
    "Synth Strings 2",
    "Choir Aahs",
    "Voice Oohs",
    "Synth Voice",
    "Orchestra Hit",
    "Trumpet",
    "Trombone",
    "Tuba",
    "Muted Trumpet",
    "French Horn",
    "Brass Section",
    "Synth Brass 1",
    "Synth Brass 2",
    "Soprano Sax",
    "Alto Sax",
    "Tenor Sax",
    "Baritone Sax",
    "Oboe",
    "English Horn",
    "Bassoon",
    "Clarinet",
    "Piccolo",
    "Flute",
    "Recorder",
    "Pan Flute",
    "Blown Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Lead 1 (square)",
    "Lead 2 (sawtooth)",
    "Lead 3 (calliope)",
    "Lead 4 (chiff)",
    "Lead 5 (charang)",
    "Lead 6 (voice)",
    "Lead 7 (fifths)",
    "Lead 8 (bass + lead)",
    "Pad 1 (new age)",
    "Pad 2 (warm)",
    "Pad 3 (polysynth)",
    "Pad 4 (choir)",
    "Pad 5 (bowed)",
    "Pad 6 (metallic)",
    "Pad 7 (halo)",
    "Pad 8 (sweep)",
    "FX 1 (rain)",
    "FX 2 (soundtrack)",
    "FX 3 (crystal)",
    "FX 4 (atmosphere)",
    "FX 5 (brightness)",
    "FX 6 (goblins)",
    "FX 7 (echoes)",
    "FX 8 (sci-fi)",
    "Sitar",
    "Banjo",
    "Shamisen",
    "Koto",
    "Kalimba",
    "Bag Pipe",
    "Fiddle",
    "Shanai",
    "Tinkle Bell",
    "Agogo",
    "Steel Drums",
    "Woodblock",
    "Taiko Drum",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Guitar Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone Ring",
    "Helicopter",
    "Applause",
    "Gunshot",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_table_stand_where_the_standard_has_them() {
        assert_eq!(Program::PIANO.name(), "Acoustic Grand Piano");
        assert_eq!(Program::new(73).unwrap().name(), "Flute");
        assert_eq!(Program::new(127).unwrap().name(), "Gunshot");
        assert_eq!(Program::new(73).unwrap().family(), Family::Pipe);
        assert!(Program::new(128).is_err());
    }
}

//! The nine genres that `melody` is asked for: who plays, which chords, and in what manner.
//!
//! Programs and chords are those of the system's own description; the manner of playing, the
//! bass and the drums are this project's.

/// A genre: its sounds, its two chord sequences and its pattern of a bar.
#[derive(Debug)]
pub struct Genre {
    /// As it is asked for.
    pub name: &'static str,
    /// The General MIDI program that plays melody and chords, 0 to 127.
    pub program: u8,
    /// Two sequences of four chords, in MIDI pitches; a chord lasts a bar.
    pub chords: [[&'static [u8]; 4]; 2],
    /// Quarters a minute.
    pub bpm: f64,
    /// How the second eighth of a quarter is played: 12 places of 24 is straight, 16 swings.
    pub off_beat: u32,
    /// When the chords are struck.
    pub comping: &'static [Hit],
    /// The bass: when, and which part of the chord.
    pub bass: &'static [Hit],
    /// The bass' program.
    pub bass_program: u8,
    /// The drums: when, and which (General MIDI percussion keys).
    pub drums: &'static [Hit],
}

/// One stroke of a pattern of one bar of common time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// When, in eighths from the bar line: 0 to 7.
    pub eighth: u32,
    /// How long, in eighths.
    pub eighths: u32,
    /// A drum's key; of the bass, which note of the chord; of the chords, nothing.
    pub what: u8,
    /// MIDI velocity.
    pub velocity: u8,
}

const fn hit(eighth: u32, eighths: u32, what: u8, velocity: u8) -> Hit {
    Hit { eighth, eighths, what, velocity }
}

// General MIDI percussion keys (General MIDI 1, table 3).
const KICK: u8 = 36;
const STICK: u8 = 37;
const SNARE: u8 = 38;
const HAT: u8 = 42;
const PEDAL_HAT: u8 = 44;
const OPEN_HAT: u8 = 46;
const RIDE: u8 = 51;

const STRAIGHT: u32 = 12;
const SWUNG: u32 = 16;

/// The genres, in the order of the system's description.
pub static GENRES: [Genre; 9] = [
    Genre {
        name: "melody",
        program: 0,
        chords: [
            [&[60, 64, 67], &[62, 65, 69], &[64, 67, 71], &[65, 69, 72]],
            [&[60, 64, 67], &[63, 66, 70], &[67, 70, 74], &[69, 72, 76]],
        ],
        bpm: 92.0,
        off_beat: STRAIGHT,
        comping: &[hit(0, 4, 0, 52), hit(4, 4, 0, 46)],
        bass: &[hit(0, 8, 0, 58)],
        bass_program: 0,
        drums: &[],
    },
    Genre {
        name: "fastbeat",
        program: 25,
        chords: [
            [&[60, 64, 67], &[67, 71, 74], &[69, 72, 76], &[72, 76, 79]],
            [&[60, 64, 68], &[64, 68, 71], &[67, 71, 74], &[69, 73, 76]],
        ],
        bpm: 152.0,
        off_beat: STRAIGHT,
        comping: &[
            hit(0, 1, 0, 64),
            hit(1, 1, 0, 46),
            hit(2, 1, 0, 58),
            hit(3, 1, 0, 46),
            hit(4, 1, 0, 62),
            hit(5, 1, 0, 46),
            hit(6, 1, 0, 58),
            hit(7, 1, 0, 48),
        ],
        bass: &[hit(0, 2, 0, 76), hit(2, 2, 2, 68), hit(4, 2, 0, 74), hit(6, 2, 2, 68)],
        bass_program: 33,
        drums: &[
            hit(0, 1, KICK, 96),
            hit(2, 1, SNARE, 88),
            hit(4, 1, KICK, 94),
            hit(5, 1, KICK, 74),
            hit(6, 1, SNARE, 90),
            hit(0, 1, HAT, 66),
            hit(1, 1, HAT, 48),
            hit(2, 1, HAT, 62),
            hit(3, 1, HAT, 48),
            hit(4, 1, HAT, 64),
            hit(5, 1, HAT, 48),
            hit(6, 1, HAT, 62),
            hit(7, 1, OPEN_HAT, 58),
        ],
    },
    Genre {
        name: "jazz",
        program: 32,
        chords: [
            [&[60, 63, 67, 70], &[62, 65, 69, 72], &[64, 68, 71, 74], &[67, 70, 74, 77]],
            [&[60, 64, 67, 71], &[62, 66, 69, 73], &[64, 68, 71, 74], &[67, 70, 74, 78]],
        ],
        bpm: 132.0,
        off_beat: SWUNG,
        comping: &[hit(0, 2, 0, 56), hit(3, 1, 0, 62)],
        // A walk: root, third, fifth, and the seventh to lead on.
        bass: &[hit(0, 2, 0, 78), hit(2, 2, 1, 70), hit(4, 2, 2, 74), hit(6, 2, 3, 70)],
        bass_program: 32,
        drums: &[
            hit(0, 1, RIDE, 66),
            hit(2, 1, RIDE, 74),
            hit(3, 1, RIDE, 54),
            hit(4, 1, RIDE, 66),
            hit(6, 1, RIDE, 74),
            hit(7, 1, RIDE, 54),
            hit(2, 1, PEDAL_HAT, 60),
            hit(6, 1, PEDAL_HAT, 60),
            hit(0, 1, KICK, 48),
        ],
    },
    Genre {
        name: "rock",
        program: 30,
        chords: [
            [&[55, 59, 62], &[57, 61, 64], &[60, 64, 67], &[62, 65, 69]],
            [&[52, 57, 60], &[55, 59, 62], &[57, 61, 64], &[60, 64, 67]],
        ],
        bpm: 126.0,
        off_beat: STRAIGHT,
        comping: &[hit(0, 3, 0, 66), hit(3, 1, 0, 58), hit(4, 4, 0, 64)],
        bass: &[
            hit(0, 1, 0, 84),
            hit(1, 1, 0, 70),
            hit(2, 1, 0, 76),
            hit(3, 1, 0, 70),
            hit(4, 1, 0, 82),
            hit(5, 1, 0, 70),
            hit(6, 1, 0, 76),
            hit(7, 1, 0, 70),
        ],
        bass_program: 34,
        drums: &[
            hit(0, 1, KICK, 104),
            hit(2, 1, SNARE, 98),
            hit(4, 1, KICK, 100),
            hit(5, 1, KICK, 84),
            hit(6, 1, SNARE, 100),
            hit(0, 1, HAT, 74),
            hit(1, 1, HAT, 58),
            hit(2, 1, HAT, 70),
            hit(3, 1, HAT, 58),
            hit(4, 1, HAT, 72),
            hit(5, 1, HAT, 58),
            hit(6, 1, HAT, 70),
            hit(7, 1, HAT, 60),
        ],
    },
    Genre {
        name: "classical",
        program: 48,
        chords: [
            [&[60, 64, 67], &[62, 65, 69], &[59, 62, 65], &[57, 60, 64]],
            [&[55, 59, 62], &[57, 60, 64], &[60, 64, 67], &[62, 65, 69]],
        ],
        bpm: 84.0,
        off_beat: STRAIGHT,
        comping: &[hit(0, 8, 0, 50)],
        bass: &[hit(0, 4, 0, 62), hit(4, 4, 2, 56)],
        bass_program: 43,
        drums: &[],
    },
    Genre {
        name: "blues",
        program: 34,
        chords: [
            [&[60, 63, 67], &[63, 67, 70], &[65, 68, 72], &[67, 70, 74]],
            [&[58, 61, 65], &[61, 65, 68], &[63, 66, 70], &[65, 69, 72]],
        ],
        bpm: 96.0,
        off_beat: SWUNG,
        comping: &[hit(2, 1, 0, 60), hit(6, 1, 0, 60), hit(7, 1, 0, 50)],
        bass: &[
            hit(0, 2, 0, 80),
            hit(2, 1, 0, 70),
            hit(3, 1, 1, 66),
            hit(4, 2, 2, 76),
            hit(6, 1, 2, 70),
            hit(7, 1, 1, 66),
        ],
        bass_program: 32,
        drums: &[
            hit(0, 1, KICK, 88),
            hit(2, 1, SNARE, 84),
            hit(4, 1, KICK, 84),
            hit(6, 1, SNARE, 86),
            hit(0, 1, RIDE, 66),
            hit(1, 1, RIDE, 50),
            hit(2, 1, RIDE, 64),
            hit(3, 1, RIDE, 50),
            hit(4, 1, RIDE, 66),
            hit(5, 1, RIDE, 50),
            hit(6, 1, RIDE, 64),
            hit(7, 1, RIDE, 50),
        ],
    },
    Genre {
        name: "pop",
        program: 5,
        chords: [
            [&[60, 64, 67], &[64, 67, 71], &[67, 71, 74], &[65, 69, 72]],
            [&[62, 66, 69], &[64, 68, 71], &[67, 70, 74], &[69, 73, 76]],
        ],
        bpm: 108.0,
        off_beat: STRAIGHT,
        comping: &[hit(0, 3, 0, 58), hit(3, 3, 0, 54), hit(6, 2, 0, 56)],
        bass: &[hit(0, 3, 0, 76), hit(3, 3, 0, 68), hit(6, 2, 2, 70)],
        bass_program: 33,
        drums: &[
            hit(0, 1, KICK, 94),
            hit(3, 1, KICK, 76),
            hit(4, 1, SNARE, 90),
            hit(6, 1, KICK, 72),
            hit(0, 1, HAT, 60),
            hit(2, 1, HAT, 60),
            hit(4, 1, HAT, 60),
            hit(6, 1, HAT, 60),
            hit(7, 1, OPEN_HAT, 46),
        ],
    },
    Genre {
        name: "electronic",
        program: 81,
        chords: [
            [&[48, 52, 55], &[52, 55, 59], &[55, 59, 62], &[59, 62, 65]],
            [&[50, 53, 57], &[53, 57, 60], &[57, 60, 64], &[60, 64, 67]],
        ],
        bpm: 128.0,
        off_beat: STRAIGHT,
        comping: &[hit(1, 1, 0, 58), hit(3, 1, 0, 58), hit(5, 1, 0, 58), hit(7, 1, 0, 60)],
        bass: &[hit(1, 1, 0, 80), hit(3, 1, 0, 78), hit(5, 1, 0, 80), hit(7, 1, 0, 78)],
        bass_program: 38,
        drums: &[
            hit(0, 1, KICK, 108),
            hit(2, 1, KICK, 106),
            hit(4, 1, KICK, 108),
            hit(6, 1, KICK, 106),
            hit(2, 1, SNARE, 80),
            hit(6, 1, SNARE, 82),
            hit(1, 1, OPEN_HAT, 70),
            hit(3, 1, OPEN_HAT, 70),
            hit(5, 1, OPEN_HAT, 70),
            hit(7, 1, OPEN_HAT, 72),
        ],
    },
    Genre {
        name: "reggae",
        program: 19,
        chords: [
            [&[55, 59, 62], &[57, 60, 64], &[60, 64, 67], &[62, 65, 69]],
            [&[58, 61, 65], &[60, 63, 67], &[62, 66, 69], &[65, 68, 72]],
        ],
        bpm: 76.0,
        off_beat: STRAIGHT,
        // The skank: chords on two and four, short.
        comping: &[hit(2, 1, 0, 66), hit(6, 1, 0, 66)],
        bass: &[hit(0, 2, 0, 86), hit(3, 1, 0, 74), hit(4, 1, 2, 80), hit(6, 2, 1, 76)],
        bass_program: 33,
        // One drop: the first beat is left out.
        drums: &[
            hit(4, 1, KICK, 98),
            hit(4, 1, STICK, 88),
            hit(0, 1, HAT, 58),
            hit(1, 1, HAT, 46),
            hit(2, 1, HAT, 58),
            hit(3, 1, HAT, 46),
            hit(4, 1, HAT, 58),
            hit(5, 1, HAT, 46),
            hit(6, 1, HAT, 58),
            hit(7, 1, OPEN_HAT, 50),
        ],
    },
];

/// The genre of a name, in capitals or not; `None` if there is none.
pub fn genre(name: &str) -> Option<&'static Genre> {
    GENRES.iter().find(|genre| genre.name.eq_ignore_ascii_case(name.trim()))
}

#[cfg(test)]
mod tests {
    use cantilena_score::Program;

    use super::*;

    #[test]
    fn the_docs_say_who_plays_in_each_genre() {
        let docs = include_str!("../../../docs/sound.md");
        for genre in &GENRES {
            let name = |number| Program::new(number).map(|program| program.name());
            let (Ok(own), Ok(bass)) = (name(genre.program), name(genre.bass_program)) else {
                panic!("{} has programs that are none", genre.name)
            };
            let drums = if genre.drums.is_empty() { "none" } else { "yes" };
            let row = format!("| `{}` | {own} | {bass} | {drums} |", genre.name);
            assert!(docs.contains(&row), "{row}");
        }
    }

    #[test]
    fn a_genre_may_be_written_with_capitals() {
        assert_eq!(genre("Jazz").map(|genre| genre.name), Some("jazz"));
        assert!(genre("polka").is_none());
    }
}

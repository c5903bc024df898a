//! Drums that play on a melodic channel.

use cantilena_score::{Note, TicksPerQuarter, Track};

/// Words in a track's name that mean drums, in the languages that files are named in.
const WORDS: [&str; 17] = [
    "drum",
    "percus",
    "perkus",
    "kick",
    "snare",
    "hihat",
    "hi-hat",
    "hi hat",
    "cymbal",
    "crash",
    "bongo",
    "conga",
    "tambourine",
    "shaker",
    "batterie",
    "bateria",
    "schlagzeug",
];

/// Names that hold one of [`WORDS`] and are melodic all the same.
const MELODIC: [&str; 3] = ["steel drum", "steeldrum", "chromatic perc"];

/// Fewer notes than this are no pattern.
const NOTES_MIN: usize = 32;

/// Whether a track that is not marked as drums looks like drums: by its name, or by its notes.
///
/// The notes of a kit strike bass drum, snare and cymbals (General MIDI 1, table 3) and little
/// between them, and often a cymbal together with one of the others; a bass in the same register
/// plays one note at a time, and the chords of a left hand lie closer together. How often this is
/// right stands in `docs/doctor.md`.
pub fn looks_like_drums(track: &Track, ticks_per_quarter: TicksPerQuarter) -> bool {
    !track.is_drums
        && !track.notes.is_empty()
        && (is_named_so(&track.name) || strikes_a_kit(track, ticks_per_quarter))
}

fn is_named_so(name: &str) -> bool {
    let name = name.to_lowercase();
    WORDS.iter().any(|word| name.contains(word)) && !MELODIC.iter().any(|word| name.contains(word))
}

const BASS_DRUM: [u8; 2] = [35, 36];
const SNARE: [u8; 4] = [37, 38, 39, 40];
const CYMBALS: [u8; 10] = [42, 44, 46, 49, 51, 52, 53, 55, 57, 59];

/// Whether the notes are those of bass drum, snare and cymbals.
fn strikes_a_kit(track: &Track, ticks_per_quarter: TicksPerQuarter) -> bool {
    let count = track.notes.len();
    if count < NOTES_MIN {
        return false;
    }
    let mut counts = [0_usize; 128];
    for note in &track.notes {
        counts[usize::from(note.pitch.number())] += 1;
    }
    let share = |pitches: &[u8]| -> f64 {
        pitches.iter().map(|&pitch| counts[usize::from(pitch)]).sum::<usize>() as f64 / count as f64
    };
    let (bass_drum, snare, cymbals) = (share(&BASS_DRUM), share(&SNARE), share(&CYMBALS));
    let groups = [bass_drum, snare, cymbals].into_iter().filter(|share| *share > 0.04).count();
    // Nothing lies lower in the table than the bass drum, and a 32nd apart is together.
    let below = (0..35).map(|pitch| counts[pitch]).sum::<usize>() as f64 / count as f64;
    let together = u32::from(ticks_per_quarter.get()) / 8;
    let is_cymbal = |note: &Note| CYMBALS.contains(&note.pitch.number());
    let is_skin = |note: &Note| {
        let pitch = note.pitch.number();
        BASS_DRUM.contains(&pitch) || SNARE.contains(&pitch)
    };
    let doubled = track.notes.windows(2).filter(|pair| {
        let [first, second] = [&pair[0], &pair[1]];
        second.onset.since(first.onset).0 <= together
            && (is_skin(first) && is_cymbal(second) || is_cymbal(first) && is_skin(second))
    });
    let doubled = doubled.count();
    groups >= 2
        && bass_drum + snare + cymbals > KIT_SHARE
        && below < 0.05
        && doubled as f64 > TOGETHER_SHARE * count as f64
}

/// The share of strokes on bass drum, snare and cymbals, and the share that fall together with
/// another: with these, half the drum parts of real arrangements are found and
/// 8 in 1000 of their other parts are mistaken; looser ones mistake more than they find.
const KIT_SHARE: f64 = 0.6;
const TOGETHER_SHARE: f64 = 0.15;

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: TicksPerQuarter = std::num::NonZero::new(24).unwrap();

    #[test]
    fn a_name_gives_drums_away() {
        let track = |name: &str| {
            let mut track: Track =
                "c4/4 d4 e4 f4 |".parse::<cantilena_score::Score>().unwrap().tracks[0].clone();
            track.name = name.to_owned();
            track
        };
        assert!(looks_like_drums(&track("Drums 2"), CLOCK));
        assert!(looks_like_drums(&track("SCHLAGZEUG"), CLOCK));
        assert!(!looks_like_drums(&track("Steel Drums"), CLOCK));
        assert!(!looks_like_drums(&track("Flute"), CLOCK));
        let mut marked = track("Drums");
        marked.is_drums = true;
        assert!(!looks_like_drums(&marked, CLOCK), "nothing to suspect");
    }

    #[test]
    fn a_rock_beat_is_drums_and_a_walking_bass_is_not() {
        let bar = "c2+f#2/8 f#2/8 d2+f#2/8 f#2/8 c2+f#2/8 c2+f#2/8 d2+f#2/8 f#2/8 | ";
        let beat: cantilena_score::Score = bar.repeat(6).parse().unwrap();
        assert!(looks_like_drums(&beat.tracks[0], CLOCK));
        let bar = "c2/4 e2/4 g2/4 a2/4 | f2/4 d2/4 g2/4 f#2/4 | ";
        let bass: cantilena_score::Score = bar.repeat(6).parse().unwrap();
        assert!(!looks_like_drums(&bass.tracks[0], CLOCK));
    }
}

//! Which chords a piece moves through.

use cantilena_score::{Bars, Chord, ChordSymbol, Quality, Score, Ticks};

use crate::classes::{overlap, pitched};

/// The qualities told apart. Sixths are left out (C6 is Am7 on another bass), and so are
/// suspended seconds (Csus2 is Gsus4), ninths and bare fifths.
const QUALITIES: [Quality; 10] = [
    Quality::Major,
    Quality::Minor,
    Quality::Diminished,
    Quality::Augmented,
    Quality::Suspended4,
    Quality::Dominant7,
    Quality::Major7,
    Quality::Minor7,
    Quality::HalfDiminished7,
    Quality::Diminished7,
];

const STATES: usize = 12 * QUALITIES.len();

/// The share of a beat's sound that its chord's own tones have; the rest is passing notes.
/// Found with the two below on pop songs, over 0.7 to 0.95: flat between 0.8 and 0.9.
const CHORD_TONES: f64 = 0.85;

/// How many independent notes a beat counts as: higher follows every passing note, lower
/// overlooks changes.
const NOTES_A_BEAT: f64 = 6.0;

/// What the lowest note says, in nats, when it is the root.
const BASS: f64 = 1.0;

/// How likely, before a note is heard, a chord goes on into the next beat, and into a new bar.
const GOES_ON: f64 = 0.85;
const GOES_ON_INTO_A_BAR: f64 = 0.4;

/// After so many quarters without an onset there is nothing new to explain, and the beats up to the
/// bar of the next one are left out: a file may claim months between two notes.
const QUIET: u32 = 64;

/// Estimates the chords of a score, at most one a beat, each from where it begins.
///
/// Each beat is explained by a chord as a bag of pitch classes by duration, with its root
/// likelier in the bass; the likeliest way through all beats is found with the algorithm of
/// A. J. Viterbi (1967), where staying is likelier than changing and barlines invite a change.
/// Beats are those of the score's meters; drums are not listened to. Without pitches, no chords.
pub fn estimate_chords(score: &Score) -> Vec<ChordSymbol> {
    let beats = beats(score);
    let explained = Explained::of(score, &beats);
    let path = explained.likeliest_path(&beats);
    let mut chords: Vec<ChordSymbol> = Vec::new();
    for (beat, chord) in beats.iter().zip(path).skip(explained.silent) {
        if chords.last().is_none_or(|last| last.chord != chord) {
            chords.push(ChordSymbol { onset: beat.onset, chord });
        }
    }
    chords
}

/// A beat of the score.
struct Beat {
    onset: Ticks,
    end: Ticks,
    opens_bar: bool,
}

/// The beats up to the last release: quarters, or whole meter beats where these are longer, and
/// none in long quiet.
fn beats(score: &Score) -> Vec<Beat> {
    let clock = score.ticks_per_quarter();
    let bars = Bars::new(&score.meters, clock);
    let length = score.length();
    let quiet = Ticks(u32::from(clock.get()) * QUIET);
    let mut onsets: Vec<Ticks> = pitched(score).map(|note| note.onset).collect();
    onsets.sort_unstable();
    let mut beats = Vec::new();
    let mut onset = Ticks::ZERO;
    while onset < length {
        let past = onsets.partition_point(|at| *at <= onset);
        let last = past.checked_sub(1).map_or(Ticks::ZERO, |last| onsets[last]);
        if onset.since(last) >= quiet {
            let Some(next) = onsets.get(past) else { break };
            onset = onset.max(bars.position(*next).bar_onset);
        }
        let at = bars.position(onset);
        let quarter = Ticks(u32::from(clock.get()));
        let beat = at.meter.beat(clock).max(quarter);
        let next_bar = bars.onset(at.bar + 1);
        let end = (onset + beat).min(next_bar.max(onset + Ticks(1)));
        beats.push(Beat { onset, end, opens_bar: at.position == Ticks::ZERO });
        onset = end;
    }
    beats
}

/// How well each chord explains each beat.
struct Explained {
    /// In nats; all 0 where nothing sounds.
    nats: Vec<f64>, // (beats, STATES)
    /// Beats before the first sound.
    silent: usize,
}

impl Explained {
    fn of(score: &Score, beats: &[Beat]) -> Explained {
        let mut weights = vec![[0.0; 12]; beats.len()];
        let mut lowest: Vec<Option<u8>> = vec![None; beats.len()];
        for note in pitched(score) {
            let first = beats.partition_point(|beat| beat.end <= note.onset);
            for (index, beat) in beats.iter().enumerate().skip(first) {
                if beat.onset >= note.release() {
                    break;
                }
                let sounding = overlap(&note, beat.onset, beat.end);
                weights[index][usize::from(note.pitch.class())] += f64::from(sounding);
                // A note that only just reaches into a beat is no bass of it.
                if sounding * 4 >= beat.end.since(beat.onset).0 {
                    let pitch = note.pitch.number();
                    lowest[index] = Some(lowest[index].map_or(pitch, |low| low.min(pitch)));
                }
            }
        }
        let tables: Vec<[f64; 12]> = QUALITIES.iter().map(|quality| log_shares(*quality)).collect();
        let mut nats = Vec::with_capacity(beats.len() * STATES);
        for (weights, lowest) in weights.iter().zip(&lowest) {
            let total: f64 = weights.iter().sum();
            let scale = if total > 0.0 { NOTES_A_BEAT / total } else { 0.0 };
            for root in 0..12 {
                let bass = match lowest {
                    Some(pitch) if pitch % 12 == root as u8 => BASS,
                    _ => 0.0,
                };
                nats.extend(tables.iter().map(|table| {
                    let heard = (0..12).map(|class| weights[(root + class) % 12] * table[class]);
                    heard.sum::<f64>() * scale + bass
                }));
            }
        }
        let silent = weights.iter().take_while(|weights| weights.iter().all(|w| *w == 0.0)).count();
        Explained { nats, silent }
    }

    /// The likeliest chord of each beat, all beats taken together.
    fn likeliest_path(&self, beats: &[Beat]) -> Vec<Chord> {
        let mut came_from: Vec<u8> = Vec::with_capacity(self.nats.len()); // (beats, STATES)
        let mut best = [0.0; STATES];
        for (beat, nats) in beats.iter().zip(self.nats.chunks_exact(STATES)) {
            let goes_on: f64 = if beat.opens_bar { GOES_ON_INTO_A_BAR } else { GOES_ON };
            let change = ((1.0 - goes_on) / (STATES - 1) as f64).ln();
            let leader = largest(&best);
            let mut next = [0.0; STATES];
            for state in 0..STATES {
                let (stay, go) = (best[state] + goes_on.ln(), best[leader] + change);
                let from = if stay >= go { state } else { leader };
                came_from.push(from as u8);
                next[state] = stay.max(go) + nats[state];
            }
            best = next;
        }
        let mut state = largest(&best);
        let mut path: Vec<Chord> = came_from
            .chunks_exact(STATES)
            .rev()
            .map(|came_from| {
                let chord = chord(state);
                state = usize::from(came_from[state]);
                chord
            })
            .collect();
        path.reverse();
        path
    }
}

fn chord(state: usize) -> Chord {
    let root = (state / QUALITIES.len()) as u8;
    Chord { root, quality: QUALITIES[state % QUALITIES.len()], bass: root }
}

/// The first of the largest.
fn largest(values: &[f64; STATES]) -> usize {
    (1..STATES).fold(0, |best, state| if values[state] > values[best] { state } else { best })
}

/// The logarithm of each class's share in a chord's sound, from the root up.
fn log_shares(quality: Quality) -> [f64; 12] {
    let tones = quality.intervals();
    let passing = (1.0 - CHORD_TONES) / (12 - tones.len()) as f64;
    let mut shares = [passing.ln(); 12];
    for tone in tones {
        shares[usize::from(*tone)] = (CHORD_TONES / tones.len() as f64).ln();
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(music: &str, chords: &[&str]) {
        let score: Score = music.parse().unwrap();
        let found: Vec<String> =
            estimate_chords(&score).iter().map(|symbol| symbol.chord.to_string()).collect();
        assert_eq!(found, chords);
    }

    #[test]
    fn plain_triads_and_sevenths_are_named() {
        check(
            "c3+e4+g4+c5/1 | a2+e4+a4+c5/1 | f2+f4+a4+c5/1 | g2+f4+g4+b4+d5/1 |",
            &["C", "Am", "F", "G7"],
        );
        check("c3+eb3+gb3+a3/1 | b2+d3+f3+a3/1 |", &["Cdim7", "Bm7b5"]);
    }

    #[test]
    fn a_passing_note_does_not_change_the_chord() {
        check("c3+e4+g4/1 | c3+g4/2. c3+f4+g4/8 c3+e4+g4/8 |", &["C"]);
    }

    #[test]
    fn months_between_two_notes_take_no_beats() {
        let mut score: Score = "c3+e4+g4/1 | f3+a4+c5/1 |".parse().unwrap();
        let quarter = u32::from(score.ticks_per_quarter().get());
        let bar = 4 * quarter;
        let second = Ticks((1 << 30) / bar * bar);
        for note in score.tracks[0].notes.iter_mut().filter(|note| note.onset > Ticks::ZERO) {
            (note.onset, note.duration) = (second, Ticks(1 << 30));
        }
        let beats = beats(&score).len() as u32;
        assert!(beats <= 2 * QUIET + 8, "{beats} beats");
        let found: Vec<String> =
            estimate_chords(&score).iter().map(|symbol| symbol.chord.to_string()).collect();
        assert_eq!(found, ["C", "F"]);
    }

    #[test]
    fn silence_before_the_music_has_no_chord() {
        let score: Score = "r/1 | c3+e3+g3/1 |".parse().unwrap();
        let chords = estimate_chords(&score);
        assert_eq!(chords.len(), 1);
        assert_eq!(chords[0].onset, Ticks(4 * u32::from(score.ticks_per_quarter().get())));
        let silent: Score = "r/1 | r/1 |".parse().unwrap();
        assert_eq!(estimate_chords(&silent), []);
    }
}

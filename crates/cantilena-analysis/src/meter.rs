//! How beats gather into bars, where the beat is known.

use std::num::NonZero;

use cantilena_score::{Meter, Score, TicksPerQuarter};

/// A meter and how clearly it was told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeterEstimate {
    /// The likeliest meter.
    pub meter: Meter,
    /// Sixteenths from tick 0 to the first barline: the upbeat, or the silence before the music.
    pub upbeat: u32,
    /// How much likelier the accents are in its bars than anywhere, in nats an accent; below 0.02
    /// there is hardly a meter to be heard.
    pub nats: f64,
}

const SIXTEENTHS: TicksPerQuarter = NonZero::new(4).expect("4 is not zero");

/// Estimates the meter of a score whose tempo and clock are right; `None` with fewer than two
/// bars of notes.
///
/// Every sixteenth has an [accent](meter_accents). Accents are laid over the bars of each meter,
/// from each upbeat, and judged by how much likelier they are there than on any place at random:
/// Σ accent · ln(share of the place in bars of that meter × places in a bar), in nats an accent.
/// It is one level of what D. Temperley, "Music and Probability", 2007, models.
pub fn estimate_meter(score: &Score) -> Option<MeterEstimate> {
    let accents = meter_accents(score);
    let total: f64 = accents.iter().sum();
    let mut best: Option<MeterEstimate> = None;
    for profile in METER_PROFILES {
        let bar = profile.shares.len();
        if accents.len() < 2 * bar {
            continue;
        }
        let mut folded = vec![0.0; bar];
        for (place, accent) in accents.iter().enumerate() {
            folded[place % bar] += accent;
        }
        let (numerator, denominator) = profile.meter;
        let meter = Meter::new(numerator, denominator).expect("the table has legal meters");
        let gains: Vec<f64> =
            profile.shares.iter().map(|s| (s * bar as f64 / 100.0).ln()).collect();
        for upbeat in 0..bar {
            let places = gains.iter().enumerate();
            let gain = places.map(|(place, gain)| folded[(place + upbeat) % bar] * gain);
            let nats = gain.sum::<f64>() / total - if upbeat > 0 { UPBEAT } else { 0.0 };
            if best.is_none_or(|best| nats > best.nats) {
                best = Some(MeterEstimate { meter, upbeat: upbeat as u32, nats });
            }
        }
    }
    best
}

/// What an upbeat costs, in nats an accent: most pieces begin with a bar.
const UPBEAT: f64 = 0.02;

/// The accent of each sixteenth from tick 0 to the last onset: how long the longest note that
/// begins on it lasts, in sixteenths up to eight; of drums only the bass drum counts, as one.
pub fn meter_accents(score: &Score) -> Vec<f64> {
    let clock = score.ticks_per_quarter();
    let mut notes: Vec<(u32, u32)> = Vec::with_capacity(score.note_count());
    for track in &score.tracks {
        notes.extend(track.notes.iter().filter_map(|note| {
            let onset = note.onset.rescaled(clock, SIXTEENTHS).0;
            let release = note.release().rescaled(clock, SIXTEENTHS).0;
            match track.is_drums {
                true => BASS_DRUMS.contains(&note.pitch.number()).then_some((onset, 1)),
                false => Some((onset, release.saturating_sub(onset).clamp(1, 8))),
            }
        }));
    }
    notes.sort_unstable();
    // Hours of music tell no more about its meter than its first hour does.
    notes.retain(|(onset, _)| *onset < PLACES_MAX);
    let mut accents = vec![0.0; notes.last().map_or(0, |(onset, _)| *onset as usize + 1)];
    for (onset, length) in notes {
        let accent: &mut f64 = &mut accents[onset as usize];
        *accent = accent.max(f64::from(length));
    }
    accents
}

/// General MIDI 1, table 3: acoustic bass drum and bass drum 1.
const BASS_DRUMS: [u8; 2] = [35, 36];

/// Sixteenths that are listened to.
const PLACES_MAX: u32 = 16_384;

/// How accents lie in the bars of a meter.
struct MeterProfile {
    meter: (u8, u16),
    /// The share of all accents on each sixteenth of the bar, in percent.
    shares: &'static [f64],
}

/// Counted on every other tune of 5,414 folk tunes by `examples/estimates learn` of
/// `cantilena-corpus`, first on bare melodies, then on melodies with chords below them; what
/// those tunes have less than ten of is not told apart.
const METER_PROFILES: [MeterProfile; 10] = [
    MeterProfile { meter: (2, 4), shares: &[20.5, 6.8, 13.4, 9.4, 17.1, 8.5, 15.3, 9.1] },
    MeterProfile {
        meter: (3, 4),
        shares: &[34.7, 0.6, 3.7, 1.2, 19.0, 0.6, 6.7, 1.2, 21.0, 1.3, 7.8, 2.2],
    },
    MeterProfile {
        meter: (4, 4),
        shares: &[
            17.3, 0.7, 5.6, 1.9, 13.9, 1.0, 7.8, 1.9, 15.0, 1.3, 6.7, 2.2, 13.6, 2.0, 7.1, 2.1,
        ],
    },
    MeterProfile {
        meter: (6, 8),
        shares: &[23.1, 0.4, 9.9, 0.7, 15.2, 0.7, 19.2, 0.5, 13.3, 0.6, 15.9, 0.5],
    },
    MeterProfile {
        meter: (9, 8),
        shares: &[
            17.2, 0.4, 4.7, 0.5, 10.2, 0.4, 12.9, 0.3, 8.7, 0.3, 10.7, 0.3, 14.6, 0.3, 7.1, 0.3,
            10.7, 0.4,
        ],
    },
    MeterProfile { meter: (2, 4), shares: &[56.7, 1.1, 8.5, 2.2, 18.3, 1.3, 9.5, 2.4] },
    MeterProfile {
        meter: (3, 4),
        shares: &[63.8, 0.3, 0.9, 0.3, 9.5, 0.3, 2.4, 0.3, 19.5, 0.3, 2.1, 0.3],
    },
    MeterProfile {
        meter: (4, 4),
        shares: &[44.0, 0.4, 2.5, 0.3, 8.6, 0.5, 3.8, 0.4, 21.4, 0.4, 3.1, 0.4, 9.5, 0.4, 4.0, 0.4],
    },
    MeterProfile {
        meter: (6, 8),
        shares: &[48.0, 0.3, 4.6, 0.3, 7.9, 0.3, 23.1, 0.3, 5.7, 0.3, 8.7, 0.4],
    },
    MeterProfile {
        meter: (9, 8),
        shares: &[
            32.3, 0.3, 2.1, 0.4, 5.4, 0.4, 17.2, 0.3, 3.8, 0.3, 6.2, 0.3, 20.3, 0.6, 4.3, 0.3, 5.3,
            0.3,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(meter: &str, music: &str) {
        let piece = format!("= A piece\nmeter: {meter}\ntracks: melody 0\n\nmelody: {music}\n");
        let estimate = estimate_meter(&piece.parse().unwrap()).unwrap();
        assert_eq!((estimate.meter.to_string().as_str(), estimate.upbeat), (meter, 0));
    }

    #[test]
    fn a_waltz_and_a_jig_are_told_apart() {
        check("3/4", "c4/2 e4/8 g4/8 | c4/2 g4/4 | c4/4 e4/8 g4/8 e4/4 | c4/2. |");
        check("6/8", "c4/4 e4/8 g4/4 e4/8 | g4/4. c4/8 d4/8 e4/8 | c4/4. g4/4 e4/8 |");
    }

    #[test]
    fn a_piece_too_short_for_two_bars_has_no_meter() {
        assert_eq!(estimate_meter(&"c4/4 d4/4 r/2 |".parse().unwrap()), None);
    }
}

//! How beats gather into bars, where the beat is known.

mod weights;

use std::num::NonZero;

use cantilena_score::{Meter, Score, TicksPerQuarter};

use self::weights::WEIGHTS;

/// A meter and how clearly it was told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeterEstimate {
    /// The likeliest meter.
    pub meter: Meter,
    /// How likely it is among the meters told apart, 0 to 1.
    pub likelihood: f64,
}

/// Estimates the meter of a score whose tempo and clock are right, among 2/4, 3/4, 4/4, 6/8 and
/// 9/8; `None` with fewer than two bars of notes.
///
/// Music comes again after a bar and after its parts: how much of its [accents](Recurrence) does
/// so after each lag tells the meter (P. Toiviainen and T. Eerola, "Autocorrelation in meter
/// induction: The role of accent structure", 2006). Each meter weighs the lags otherwise; the
/// likelihoods are the softmax of the weighted sums.
pub fn estimate_meter(score: &Score) -> Option<MeterEstimate> {
    let recurrence = Recurrence::of(score)?;
    let sums = WEIGHTS.map(|weights| {
        let products = weights.lags.as_flattened().iter().zip(recurrence.0.as_flattened());
        weights.bias + products.map(|(weight, value)| weight * value).sum::<f64>()
    });
    let highest = sums.into_iter().fold(f64::MIN, f64::max);
    let all: f64 = sums.into_iter().map(|sum| (sum - highest).exp()).sum();
    let best = (0..sums.len()).find(|&meter| sums[meter] == highest)?;
    let (numerator, denominator) = WEIGHTS[best].meter;
    let meter = Meter::new(numerator, denominator).expect("the table has legal meters");
    Some(MeterEstimate { meter, likelihood: 1.0 / all })
}

/// How much of a score comes again after each lag of [`Recurrence::LAGS`], 0 to 1.
///
/// Three rows: the accents, each as long as the longest note that begins there, up to eight
/// sixteenths (drums have none); the onsets, drums and all; and the pitches, as the share of
/// places at which the highest note is the one that was struck a lag before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recurrence(pub [[f64; Recurrence::LAGS.len()]; 3]);

impl Recurrence {
    /// In sixteenths: the lengths of beats and bars, and of two bars.
    pub const LAGS: [usize; 14] = [1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48];

    /// Measures a score; `None` where fewer than two bars of 2/4 pass between its onsets.
    pub fn of(score: &Score) -> Option<Recurrence> {
        let places = places(score);
        if places.len() < 16 {
            return None;
        }
        let accents = Recurrence::LAGS.map(|lag| returns(&places, lag, |place| place.accent));
        let onsets = Recurrence::LAGS.map(|lag| returns(&places, lag, |place| place.onset));
        let pitches = Recurrence::LAGS.map(|lag| pitches_return(&places, lag));
        Some(Recurrence([accents, onsets, pitches]))
    }
}

/// What begins on a sixteenth.
#[derive(Clone, Copy, Default)]
struct Place {
    /// The longest note's length in sixteenths, up to eight; 0 where none begins.
    accent: f64,
    /// 1 where anything begins, else 0.
    onset: f64,
    /// The highest note.
    pitch: Option<u8>,
}

const SIXTEENTHS: TicksPerQuarter = NonZero::new(4).expect("4 is not zero");

/// Sixteenths that are listened to: hours of music tell no more about its meter than its first
/// hour does.
const PLACES_MAX: usize = 16_384;

/// Every sixteenth from tick 0 to the last onset.
fn places(score: &Score) -> Vec<Place> {
    let clock = score.ticks_per_quarter();
    let mut places: Vec<Place> = Vec::new();
    for track in &score.tracks {
        for note in &track.notes {
            let onset = note.onset.rescaled(clock, SIXTEENTHS).0;
            let release = note.release().rescaled(clock, SIXTEENTHS).0;
            let index = onset as usize;
            if index >= PLACES_MAX {
                break;
            }
            if places.len() <= index {
                places.resize(index + 1, Place::default());
            }
            let place = &mut places[index];
            place.onset = 1.0;
            if !track.is_drums {
                let length = f64::from(release.saturating_sub(onset).clamp(1, 8));
                place.accent = place.accent.max(length);
                place.pitch = place.pitch.max(Some(note.pitch.number()));
            }
        }
    }
    places
}

/// The autocorrelation at a lag, in shares of that at none.
fn returns(places: &[Place], lag: usize, value: fn(&Place) -> f64) -> f64 {
    let square: f64 = places.iter().map(|place| value(place).powi(2)).sum();
    let later = places.iter().skip(lag);
    let product: f64 = places.iter().zip(later).map(|(now, then)| value(now) * value(then)).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// Of the places with a pitch a lag before a place with one, the share at which it is the same.
fn pitches_return(places: &[Place], lag: usize) -> f64 {
    let pairs = places.iter().zip(places.iter().skip(lag));
    let (mut all, mut same) = (0.0, 0.0);
    for (now, then) in pairs.filter_map(|(now, then)| Some((now.pitch?, then.pitch?))) {
        all += 1.0;
        same += f64::from(u8::from(now == then));
    }
    if all > 0.0 { same / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(meter: &str, music: &str) {
        let music = music.repeat(6);
        let piece = format!("= A piece\nmeter: {meter}\ntracks: melody 0\n\nmelody: {music}\n");
        let estimate = estimate_meter(&piece.parse().unwrap()).unwrap();
        assert_eq!(estimate.meter.to_string(), meter, "{estimate:?}");
        assert!((0.2..=1.0).contains(&estimate.likelihood), "{estimate:?}");
    }

    #[test]
    fn a_waltz_a_jig_and_a_march_are_told_apart() {
        check("3/4", "c4/2 e4/4 | g4/2 e4/4 | f4/4 e4/4 d4/4 | c4/2. | ");
        check("6/8", "c4/8 e4/8 g4/8 g4/8 e4/8 c4/8 | d4/4 f4/8 d4/4 c4/8 | ");
        check("4/4", "c4/4 e4/4 g4/4 e4/4 | g4/2 c4/4 d4/8 e4/8 | c4/2 g4/4 e4/4 | c4/1 | ");
    }

    #[test]
    fn what_comes_again_is_measured_by_hand() {
        // Half notes and quarters in turn, which begin on sixteenths 0, 8, 12, 20 and so on.
        let bars = "c4/2 d4/4 | ".repeat(4);
        let piece = format!("= A piece\nmeter: 3/4\ntracks: melody 0\n\nmelody: {bars}\n");
        let score: Score = piece.parse().unwrap();
        let Recurrence([accents, onsets, pitches]) = Recurrence::of(&score).unwrap();
        let bar = Recurrence::LAGS.iter().position(|lag| *lag == 12).unwrap();
        // Four of 8 and four of 4: 320 in squares, of which three bars of four come again.
        assert_eq!((accents[bar], onsets[bar], pitches[bar]), (0.75, 0.75, 1.0));
        let beat = Recurrence::LAGS.iter().position(|lag| *lag == 4).unwrap();
        assert_eq!((accents[beat], onsets[beat], pitches[beat]), (0.3, 0.375, 0.0));
    }

    #[test]
    fn a_piece_too_short_for_two_bars_has_no_meter() {
        assert_eq!(estimate_meter(&"c4/4 d4/4 r/2 |".parse().unwrap()), None);
    }
}

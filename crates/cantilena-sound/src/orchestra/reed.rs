//! Saxophones, double reeds and the clarinet.

use crate::orchestra::layer::{Envelope, Layer, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::timbre::{Formant, Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// A reed instrument of a range, a body and formants (J. Meyer, "Acoustics and the Performance of
/// Music", ch. 3).
const fn reed(
    name: &'static str,
    (lowest, highest): (u8, u8),
    (slope, even): (f64, f64),
    (body_low_hertz, body_hertz): (f64, f64),
    formants: &'static [Formant],
) -> Tone {
    let timbre = Timbre {
        slope,
        even,
        source_harmonics: 26.0,
        body_hertz,
        body_low_hertz,
        floor: 0.35,
        formants,
        ..Timbre::SAW
    };
    let steady = Steady { timbre, spread_cents: 2.5, ..Steady::SOLO };
    Tone { name, source: Source::Steady(steady), lowest, highest, step: 7 }
}

static SOPRANO: Tone = reed(
    "soprano sax",
    (54, 96),
    (0.65, 1.0),
    (180.0, 6_500.0),
    &[formant(1_000.0, 350.0, 0.9), formant(2_700.0, 700.0, 0.5)],
);
static ALTO: Tone = reed(
    "alto sax",
    (48, 90),
    (0.55, 1.0),
    (130.0, 5_500.0),
    &[formant(650.0, 250.0, 0.8), formant(1_500.0, 400.0, 0.6), formant(2_900.0, 600.0, 0.3)],
);
static TENOR: Tone = reed(
    "tenor sax",
    (42, 84),
    (0.6, 1.0),
    (95.0, 4_800.0),
    &[formant(500.0, 200.0, 0.9), formant(1_200.0, 350.0, 0.6), formant(2_600.0, 600.0, 0.25)],
);
static BARITONE: Tone = reed(
    "baritone sax",
    (34, 76),
    (0.6, 1.0),
    (65.0, 4_000.0),
    &[formant(330.0, 150.0, 0.9), formant(850.0, 300.0, 0.6), formant(2_000.0, 500.0, 0.2)],
);
static OBOE: Tone = reed(
    "oboe",
    (56, 92),
    (0.7, 1.0),
    (320.0, 4_800.0),
    &[formant(1_100.0, 300.0, 1.6), formant(2_800.0, 500.0, 0.8)],
);
static ENGLISH_HORN: Tone = reed(
    "english horn",
    (50, 86),
    (0.75, 1.0),
    (220.0, 3_800.0),
    &[formant(950.0, 260.0, 1.5), formant(2_300.0, 450.0, 0.5)],
);
static BASSOON: Tone = reed(
    "bassoon",
    (32, 74),
    (0.75, 1.0),
    (70.0, 2_600.0),
    &[formant(480.0, 120.0, 1.8), formant(1_150.0, 250.0, 0.6)],
);
/// A closed cylinder has few even harmonics, the fewer the lower.
static CLARINET: Tone = reed(
    "clarinet",
    (50, 92),
    (0.75, 0.25),
    (110.0, 4_600.0),
    &[formant(1_600.0, 500.0, 0.6), formant(3_400.0, 700.0, 0.3)],
);

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let blown = |tone: &'static Tone, attack: f64, cents: f64, touch: f64| {
        vec![Layer {
            cutoff: 22.0,
            touch,
            envelope: Envelope { attack, release: 0.2, ..Envelope::ORGAN },
            vibrato: Vibrato { hertz: 5.2, cents, delay: 0.35 },
            reverb: 8.0,
            ..Layer::of(tone)
        }]
    };
    [
        blown(&SOPRANO, 0.035, 9.0, 1.8),
        blown(&ALTO, 0.035, 9.0, 1.9),
        blown(&TENOR, 0.04, 9.0, 1.9),
        blown(&BARITONE, 0.045, 7.0, 1.9),
        blown(&OBOE, 0.035, 8.0, 1.3),
        blown(&ENGLISH_HORN, 0.04, 8.0, 1.3),
        blown(&BASSOON, 0.04, 5.0, 1.4),
        blown(&CLARINET, 0.04, 2.0, 1.8),
    ]
}

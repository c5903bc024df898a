//! The numbers that shape a zone's sound.

/// One setting of a zone: a kind and its amount, in the kind's own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generator {
    pub(crate) kind: Kind,
    pub(crate) amount: i16,
}

/// Declares the kinds with their numbers, names and ranges.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $least:literal..=$most:literal;)*) => {
        /// The settings that the engine knows (SF2 2.04 §§ 8.1.2 and 8.1.3), but for ranges,
        /// targets and the offsets of addresses, which a [`Zone`](super::Zone) and its
        /// [`Wave`](super::Wave) hold as what they are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind {
            $($(#[$doc])* $name = $number,)*
        }

        impl Kind {
            /// The kind of a number in a file, if it is one of these.
            pub(crate) fn from_number(number: u16) -> Option<Kind> {
                match number {
                    $($number => Some(Kind::$name),)*
                    _ => None,
                }
            }

            /// The least and the largest amount (SF2 2.04 § 8.1.3).
            fn range(self) -> (i16, i16) {
                match self {
                    $(Kind::$name => ($least, $most),)*
                }
            }
        }
    };
}

kinds! {
    /// Cents of pitch at full swing of the modulation LFO.
    ModLfoToPitch = 5, -12000..=12000;
    /// Cents of pitch at full swing of the vibrato LFO.
    VibLfoToPitch = 6, -12000..=12000;
    /// Cents of pitch at the modulation envelope's peak.
    ModEnvToPitch = 7, -12000..=12000;
    /// The low-pass filter's cutoff in absolute cents: 0 is 8.176 Hz.
    FilterCutoff = 8, 1500..=13500;
    /// The height of its resonance in centibels.
    FilterResonance = 9, 0..=960;
    /// Cents of cutoff at full swing of the modulation LFO.
    ModLfoToCutoff = 10, -12000..=12000;
    /// Cents of cutoff at the modulation envelope's peak.
    ModEnvToCutoff = 11, -12000..=12000;
    /// Centibels of volume at full swing of the modulation LFO.
    ModLfoToVolume = 13, -960..=960;
    /// Tenths of a percent sent to the chorus.
    Chorus = 15, 0..=1000;
    /// Tenths of a percent sent to the reverb.
    Reverb = 16, 0..=1000;
    /// Tenths of a percent to the right.
    Pan = 17, -500..=500;
    /// Time until the modulation LFO begins, in timecents: 0 is a second.
    ModLfoDelay = 21, -12000..=5000;
    /// Its frequency in absolute cents.
    ModLfoFrequency = 22, -16000..=4500;
    /// Time until the vibrato LFO begins, in timecents.
    VibLfoDelay = 23, -12000..=5000;
    /// Its frequency in absolute cents.
    VibLfoFrequency = 24, -16000..=4500;
    /// The modulation envelope in timecents; its sustain in tenths of a percent below the peak.
    ModEnvDelay = 25, -12000..=5000;
    /// See [`Kind::ModEnvDelay`].
    ModEnvAttack = 26, -12000..=8000;
    /// See [`Kind::ModEnvDelay`].
    ModEnvHold = 27, -12000..=5000;
    /// See [`Kind::ModEnvDelay`].
    ModEnvDecay = 28, -12000..=8000;
    /// See [`Kind::ModEnvDelay`].
    ModEnvSustain = 29, 0..=1000;
    /// See [`Kind::ModEnvDelay`].
    ModEnvRelease = 30, -12000..=8000;
    /// Timecents that a key adds for each semitone it lies below middle C.
    KeyToModEnvHold = 31, -1200..=1200;
    /// See [`Kind::KeyToModEnvHold`].
    KeyToModEnvDecay = 32, -1200..=1200;
    /// The volume envelope in timecents; its sustain in centibels below the peak.
    VolEnvDelay = 33, -12000..=5000;
    /// See [`Kind::VolEnvDelay`].
    VolEnvAttack = 34, -12000..=8000;
    /// See [`Kind::VolEnvDelay`].
    VolEnvHold = 35, -12000..=5000;
    /// See [`Kind::VolEnvDelay`].
    VolEnvDecay = 36, -12000..=8000;
    /// See [`Kind::VolEnvDelay`].
    VolEnvSustain = 37, 0..=1440;
    /// See [`Kind::VolEnvDelay`].
    VolEnvRelease = 38, -12000..=8000;
    /// See [`Kind::KeyToModEnvHold`].
    KeyToVolEnvHold = 39, -1200..=1200;
    /// See [`Kind::KeyToModEnvHold`].
    KeyToVolEnvDecay = 40, -1200..=1200;
    /// Centibels to take away; the engine takes 0.4 of them, as the makers of most banks expect.
    Attenuation = 48, 0..=1440;
    /// Semitones to add.
    CoarseTune = 51, -120..=120;
    /// Cents to add.
    FineTune = 52, -99..=99;
    /// 0: played once. 1: looped. 3: looped until the key is released.
    SampleModes = 54, 0..=3;
    /// Cents from key to key.
    ScaleTuning = 56, 0..=1200;
    /// Notes of one class, if not 0, silence each other.
    ExclusiveClass = 57, 0..=127;
    /// The pitch of the wave played as it is, where the wave is wrong; −1 where it is right.
    RootKey = 58, -1..=127;
}

impl Generator {
    /// A setting, brought into its kind's range.
    pub(crate) fn new(kind: Kind, amount: i16) -> Generator {
        let (least, most) = kind.range();
        Generator { kind, amount: amount.clamp(least, most) }
    }
}

/// The amount that a list of settings gives a kind.
pub(crate) fn amount(generators: &[Generator], kind: Kind) -> Option<i16> {
    generators.iter().find(|generator| generator.kind == kind).map(|generator| generator.amount)
}

//! How the harmonics of a sound share its energy.

/// The spectrum of an instrument at any pitch: what its source gives each harmonic, and what its
/// body makes of that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timbre {
    /// Harmonic n has the amplitude n^−slope at the source: 1 is a sawtooth, 2 a triangle.
    pub(super) slope: f64,
    /// What is left of the even harmonics: 1 all, 0 for a square or a closed pipe.
    pub(super) even: f64,
    /// Where a string is plucked or struck, as a part of its length: harmonics with a node there
    /// stay silent. 0 for none.
    pub(super) node: f64,
    /// The harmonic from which the source loses twelve decibels an octave more.
    pub(super) source_harmonics: f64,
    /// The frequency from which the body does, in hertz.
    pub(super) body_hertz: f64,
    /// Below this frequency the body loses twelve decibels an octave. 0 for none.
    pub(super) body_low_hertz: f64,
    /// What the body lets through where it does not resonate.
    pub(super) floor: f64,
    /// Where it does.
    pub(super) formants: &'static [Formant],
}

/// A resonance: its centre and half its width in hertz, and how much it adds there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Formant {
    pub(super) hertz: f64,
    pub(super) width: f64,
    pub(super) gain: f64,
}

/// Shorthand for the tables of formants.
pub(super) const fn formant(hertz: f64, width: f64, gain: f64) -> Formant {
    Formant { hertz, width, gain }
}

impl Timbre {
    /// A sawtooth without a body, for `..Timbre::SAW`.
    pub(super) const SAW: Timbre = Timbre {
        slope: 1.0,
        even: 1.0,
        node: 0.0,
        source_harmonics: 1e9,
        body_hertz: 1e9,
        body_low_hertz: 0.0,
        floor: 1.0,
        formants: &[],
    };

    /// The MIDI pitch below which 22,050 frames a second hold all there is to hear: harmonics up to
    /// 9 kHz. Half the rate is half the memory, and gives low notes a longer loop.
    pub(super) fn half_rate_below(&self) -> u8 {
        if self.body_hertz < 4_000.0 { 60 } else { 48 }
    }

    /// The amplitude of harmonic `n`, counted from 1, which sounds at `hertz`.
    pub(super) fn amplitude(&self, n: u32, hertz: f64) -> f64 {
        let harmonic = f64::from(n);
        let even = if n.is_multiple_of(2) { self.even } else { 1.0 };
        let node = if self.node > 0.0 {
            (std::f64::consts::PI * harmonic * self.node).sin().abs()
        } else {
            1.0
        };
        let low_pass = |x: f64| 1.0 / (1.0 + x.powi(4)).sqrt();
        let high_pass = low_pass(self.body_low_hertz / hertz);
        let body = self.floor
            + self
                .formants
                .iter()
                .map(|formant| {
                    formant.gain / (1.0 + ((hertz - formant.hertz) / formant.width).powi(2))
                })
                .sum::<f64>();
        harmonic.powf(-self.slope)
            * even
            * node
            * body
            * low_pass(harmonic / self.source_harmonics)
            * low_pass(hertz / self.body_hertz)
            * high_pass
    }
}

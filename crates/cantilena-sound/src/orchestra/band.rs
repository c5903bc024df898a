//! A filter that lets a band of frequencies pass.

/// A band-pass of second order (A. Simper, "Solving the continuous SVF equations", 2013).
pub(super) struct Band {
    a: [f64; 3],
    k: f64,
    ic: [f64; 2],
}

impl Band {
    /// A band around `hertz`, `hertz / q` wide.
    pub(super) fn new(hertz: f64, q: f64, rate: f64) -> Band {
        let g = (std::f64::consts::PI * (hertz / rate).min(0.49)).tan();
        let k = 1.0 / q;
        let a1 = 1.0 / (1.0 + g * (g + k));
        Band { a: [a1, g * a1, g * g * a1], k, ic: [0.0; 2] }
    }

    /// The band's next sample; a sine in its middle passes unchanged.
    pub(super) fn next(&mut self, sample: f64) -> f64 {
        let v3 = sample - self.ic[1];
        let v1 = self.a[0] * self.ic[0] + self.a[1] * v3;
        let v2 = self.ic[1] + self.a[1] * self.ic[0] + self.a[2] * v3;
        self.ic = [2.0 * v1 - self.ic[0], 2.0 * v2 - self.ic[1]];
        self.k * v1
    }
}

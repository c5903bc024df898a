//! Chance that is the same every time.

use rustfft::num_complex::Complex32;

/// A row of numbers without order, set by its seed (SplitMix64; Steele, Lea and Flood, "Fast
/// Splittable Pseudorandom Number Generators", OOPSLA 2014).
#[derive(Clone, Debug)]
pub(super) struct Noise {
    state: u64,
}

impl Noise {
    pub(super) fn new(seed: u64) -> Noise {
        Noise { state: seed }
    }

    /// The next number, −1 to 1, all equally likely.
    pub(super) fn next(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        // 24 bits are all that an f32 holds.
        (bits >> 40) as f32 / 8_388_607.5 - 1.0
    }

    /// A direction by chance: (cosine, sine) of an angle.
    pub(super) fn direction(&mut self) -> Complex32 {
        // Points in the unit circle, brought to its rim, need no trigonometry (G. Marsaglia,
        // "Choosing a Point from the Surface of a Sphere", Ann. Math. Stat. 43, 1972).
        loop {
            let (x, y) = (self.next(), self.next());
            let square = x * x + y * y;
            if (0.01..=1.0).contains(&square) {
                let length = square.sqrt();
                return Complex32::new(x / length, y / length);
            }
        }
    }

    /// The next number, 0 to 1.
    pub(super) fn unit(&mut self) -> f32 {
        0.5 + 0.5 * self.next()
    }
}

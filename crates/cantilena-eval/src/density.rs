//! How densely values lie, as smooth curves that can be laid over each other.

/// A Gaussian kernel density estimate.
pub(crate) struct Density {
    /// Values gathered in cells: the middle of each, and its share of all.
    cells: Vec<(f64, f64)>,
    /// The standard deviation of the kernel.
    bandwidth: f64,
    lowest: f64,
    highest: f64,
}

/// Cells that values are gathered in: a kernel is hundreds of them wide, so that gathering shows
/// in no digit that is reported, and millions of pairs cost no more than thousands.
const CELLS: usize = 2048;

/// Points at which two densities are compared.
const POINTS: usize = 1000;

impl Density {
    /// The density of values, of which at least two differ; `None` otherwise.
    ///
    /// The bandwidth is Scott's: the standard deviation by the fifth root of their number (D. W.
    /// Scott, "Multivariate Density Estimation", 1992).
    pub(crate) fn of(values: &[f64]) -> Option<Density> {
        let count = values.len() as f64;
        let (lowest, highest) =
            values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        if lowest >= highest {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let bandwidth = (squares / (count - 1.0)).sqrt() * count.powf(-0.2);
        let width = (highest - lowest) / CELLS as f64;
        let mut shares = vec![0.0; CELLS];
        for value in values {
            let cell = ((value - lowest) / width) as usize;
            shares[cell.min(CELLS - 1)] += 1.0 / count;
        }
        let middle = |cell: usize| lowest + (cell as f64 + 0.5) * width;
        let cells = shares.into_iter().enumerate().map(|(cell, share)| (middle(cell), share));
        let cells = cells.filter(|cell| cell.1 > 0.0).collect();
        Some(Density { cells, bandwidth, lowest, highest })
    }

    /// The density at a value.
    fn at(&self, value: f64) -> f64 {
        let kernel = |(middle, share): &(f64, f64)| {
            let away = (value - middle) / self.bandwidth;
            share * (-0.5 * away * away).exp()
        };
        let height = self.bandwidth * std::f64::consts::TAU.sqrt();
        self.cells.iter().map(kernel).sum::<f64>() / height
    }

    /// Both densities at points evenly spread over all values and three kernels beyond, and how
    /// far the points lie apart.
    fn beside(&self, other: &Density) -> (Vec<(f64, f64)>, f64) {
        let margin = 3.0 * self.bandwidth.max(other.bandwidth);
        let from = self.lowest.min(other.lowest) - margin;
        let step = (self.highest.max(other.highest) + margin - from) / (POINTS - 1) as f64;
        let points = (0..POINTS).map(|point| from + point as f64 * step);
        (points.map(|point| (self.at(point), other.at(point))).collect(), step)
    }

    /// The area under both, 0 to 1.
    pub(crate) fn overlap(&self, other: &Density) -> f64 {
        let (points, step) = self.beside(other);
        (points.iter().map(|(ours, theirs)| ours.min(*theirs)).sum::<f64>() * step).min(1.0)
    }

    /// The Kullback–Leibler divergence of this density from another, in nats.
    pub(crate) fn divergence(&self, other: &Density) -> f64 {
        // The least that is told from nothing: far from every value both are nothing.
        let floor = 1e-12;
        let (points, step) = self.beside(other);
        let terms = points.iter().filter(|(ours, _)| *ours > floor);
        terms.map(|(ours, theirs)| ours * (ours / theirs.max(floor)).ln()).sum::<f64>() * step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nearly normal: sums of six numbers spread evenly, each by multiples of another root.
    fn bell(mean: f64) -> Vec<f64> {
        let waves = (0..20_000).map(f64::from);
        waves
            .map(|i| {
                let roots = [2.0f64, 3.0, 5.0, 7.0, 11.0, 13.0].map(f64::sqrt);
                mean + roots.map(|root| (i * root).fract() - 0.5).iter().sum::<f64>()
            })
            .collect()
    }

    #[test]
    fn a_density_covers_itself_and_one_in_all() {
        let density = Density::of(&bell(0.0)).unwrap();
        assert!((density.overlap(&density) - 1.0).abs() < 1e-3);
        assert!(density.divergence(&density).abs() < 1e-9);
    }

    #[test]
    fn two_bells_overlap_as_their_distance_says() {
        // The sum of six numbers even on (−½, ½) has the variance ½; bells of equal width σ at a
        // distance d overlap by 2 Φ(−d / 2σ), and diverge by d² / 2σ².
        let (one, other) = (Density::of(&bell(0.0)).unwrap(), Density::of(&bell(0.7)).unwrap());
        let deviation = 0.5f64.sqrt();
        // Φ(−0.35 / 0.7071) = Φ(−0.495) = 0.3103, from a table.
        let expected = 2.0 * 0.3103;
        assert!((one.overlap(&other) - expected).abs() < 0.02, "{}", one.overlap(&other));
        let divergence = 0.7f64.powi(2) / (2.0 * deviation * deviation);
        assert!((one.divergence(&other) - divergence).abs() < 0.06, "{}", one.divergence(&other));
    }

    #[test]
    fn values_that_are_all_one_have_no_density() {
        assert!(Density::of(&[1.0, 1.0]).is_none());
        assert!(Density::of(&[1.0]).is_none());
        assert!(Density::of(&[]).is_none());
    }
}

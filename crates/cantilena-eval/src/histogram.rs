//! Counts of what falls into named bins, and how alike two of them are.

use serde::Serialize;

/// Counts in named bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// What is counted, in a word or two.
    pub name: &'static str,
    /// What each bin is called.
    pub labels: Vec<String>,
    /// How often, bin by bin.
    pub counts: Vec<u64>,
}

impl Histogram {
    pub(crate) fn new(name: &'static str, labels: Vec<String>) -> Histogram {
        let counts = vec![0; labels.len()];
        Histogram { name, labels, counts }
    }

    /// Each bin's share of all; all zero where nothing was counted.
    pub fn shares(&self) -> Vec<f64> {
        let total = self.counts.iter().sum::<u64>().max(1) as f64;
        self.counts.iter().map(|&count| count as f64 / total).collect()
    }

    /// Σ min(p, q): the area under both, 0 (nothing in common) to 1 (equal). Yang and Lerch, "On
    /// the evaluation of generative models in music", 2020, take it of smoothed distances; here
    /// it is of the histograms themselves.
    pub fn overlap(&self, other: &Histogram) -> f64 {
        self.shares().iter().zip(other.shares()).map(|(p, q)| p.min(q)).sum()
    }

    /// The Kullback–Leibler divergence Σ p ln(p / q) of this one from `other`, in nats, each bin
    /// of both counted once more than it was, so that an empty one is no infinity.
    pub fn divergence(&self, other: &Histogram) -> f64 {
        let smoothed = |histogram: &Histogram| -> Vec<f64> {
            let total =
                (histogram.counts.iter().sum::<u64>() + histogram.counts.len() as u64) as f64;
            histogram.counts.iter().map(|&count| (count + 1) as f64 / total).collect()
        };
        let (p, q) = (smoothed(self), smoothed(other));
        p.iter().zip(&q).map(|(p, q)| p * (p / q).ln()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(counts: &[u64]) -> Histogram {
        let labels = counts.iter().map(u64::to_string).collect();
        Histogram { name: "test", labels, counts: counts.to_vec() }
    }

    #[test]
    fn overlap_is_the_area_in_common() {
        assert_eq!(histogram(&[1, 3]).overlap(&histogram(&[10, 30])), 1.0);
        assert_eq!(histogram(&[1, 0]).overlap(&histogram(&[0, 5])), 0.0);
        assert_eq!(histogram(&[1, 1]).overlap(&histogram(&[3, 1])), 0.75);
        assert_eq!(histogram(&[0, 0]).overlap(&histogram(&[3, 1])), 0.0);
    }

    #[test]
    fn divergence_is_nothing_from_itself_and_finite_from_anything() {
        assert_eq!(histogram(&[2, 5]).divergence(&histogram(&[2, 5])), 0.0);
        // (3/4) ln((3/4) / (1/4)) + (1/4) ln((1/4) / (3/4)) = ln 3 / 2.
        let far = histogram(&[2, 0]).divergence(&histogram(&[0, 2]));
        assert!((far - 3f64.ln() / 2.0).abs() < 1e-12);
    }
}

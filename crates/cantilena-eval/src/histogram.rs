//! Counts of what falls into named bins, and how alike two of them are.

use serde::Serialize;

/// Counts in named bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// What is counted, as the fields of [`Distributions`](crate::Distributions) are called.
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

    /// How much was counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Each bin's share of all; all zero where nothing was counted.
    pub fn shares(&self) -> Vec<f64> {
        let total = self.total().max(1) as f64;
        self.counts.iter().map(|&count| count as f64 / total).collect()
    }

    /// Σ min(p, q): the area under both, 0 (nothing in common) to 1 (equal; two of nothing are).
    pub fn overlap(&self, other: &Histogram) -> f64 {
        if self.total() == 0 && other.total() == 0 {
            return 1.0;
        }
        self.shares().iter().zip(other.shares()).map(|(p, q)| p.min(q)).sum()
    }

    /// The Kullback–Leibler divergence Σ p ln(p / q) of this one from `other`, in nats, each bin
    /// of both counted once more than it was, so that an empty one is no infinity.
    pub fn divergence(&self, other: &Histogram) -> f64 {
        let smoothed = |histogram: &Histogram| -> Vec<f64> {
            let total = (histogram.total() + histogram.counts.len() as u64) as f64;
            histogram.counts.iter().map(|&count| (count + 1) as f64 / total).collect()
        };
        relative_entropy(&smoothed(self), &smoothed(other))
    }

    /// The Jensen–Shannon divergence, in nats: the mean divergence of both from their middle,
    /// 0 (equal) to ln 2 (nothing in common). J. Lin, IEEE Trans. Inf. Theory 37(1), 1991.
    pub fn jensen_shannon(&self, other: &Histogram) -> f64 {
        if self.total() == 0 && other.total() == 0 {
            return 0.0;
        }
        let (p, q) = (self.shares(), other.shares());
        let middle: Vec<f64> = p.iter().zip(&q).map(|(p, q)| (p + q) / 2.0).collect();
        (relative_entropy(&p, &middle) + relative_entropy(&q, &middle)) / 2.0
    }

    /// −Σ p log₂ p, in bits; `None` where nothing was counted.
    pub fn entropy(&self) -> Option<f64> {
        let bits = |share: f64| if share > 0.0 { -share * share.log2() } else { 0.0 };
        (self.total() > 0).then(|| self.shares().into_iter().map(bits).sum())
    }

    /// Adds what another of the same bins counted.
    pub(crate) fn merge(&mut self, other: &Histogram) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(ours, theirs)| *ours += theirs);
    }
}

/// Σ p ln(p / q) over the bins in which p has a share.
fn relative_entropy(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).ln()).sum()
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
        assert_eq!(histogram(&[0, 0]).overlap(&histogram(&[0, 0])), 1.0);
    }

    #[test]
    fn divergence_is_nothing_from_itself_and_finite_from_anything() {
        assert_eq!(histogram(&[2, 5]).divergence(&histogram(&[2, 5])), 0.0);
        // (3/4) ln((3/4) / (1/4)) + (1/4) ln((1/4) / (3/4)) = ln 3 / 2.
        let far = histogram(&[2, 0]).divergence(&histogram(&[0, 2]));
        assert!((far - 3f64.ln() / 2.0).abs() < 1e-12);
    }

    #[test]
    fn jensen_shannon_runs_from_nothing_to_ln_2_and_back_the_same_way() {
        let (even, left, right) = (histogram(&[1, 1]), histogram(&[4, 0]), histogram(&[0, 7]));
        assert_eq!(even.jensen_shannon(&even), 0.0);
        assert!((left.jensen_shannon(&right) - 2f64.ln()).abs() < 1e-12);
        // Middle (3/4, 1/4): half of ln(4/3) and of (1/2) ln(2/3) + (1/2) ln 2.
        let by_hand = ((4f64 / 3.0).ln() + ((2f64 / 3.0).ln() + 2f64.ln()) / 2.0) / 2.0;
        assert!((left.jensen_shannon(&even) - by_hand).abs() < 1e-12);
        assert!((even.jensen_shannon(&left) - by_hand).abs() < 1e-12);
    }

    #[test]
    fn entropy_is_the_bits_of_a_fair_choice() {
        assert_eq!(histogram(&[5, 5, 5, 5]).entropy(), Some(2.0));
        assert_eq!(histogram(&[0, 9]).entropy(), Some(0.0));
        assert_eq!(histogram(&[0, 0]).entropy(), None);
    }
}

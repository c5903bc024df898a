//! From values to places along an axis, and the round numbers to mark there.

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    /// Equal differences take equal room.
    Linear,
    /// Equal ratios take equal room.
    Logarithmic,
}

/// A stretch of values laid along a stretch of paper.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    spread: Spread,
    /// The lowest and the highest value; they differ, and are positive where logarithmic.
    low: f64,
    high: f64,
    /// Where those stand, in points.
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale for these values, finite ones alone, with so much air beyond them as a share of
    /// their span. Without values it runs from 0 to 1, or from 1 to 10.
    pub(crate) fn around(values: impl Iterator<Item = f64>, spread: Spread, air: f64) -> Scale {
        let kept = values.filter(|value| spread.holds(*value));
        let (low, high) = kept.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = match spread {
            _ if low > high => spread.unit(),
            Spread::Linear if low == high => {
                (low - low.abs().max(1.0) / 10.0, high + high.abs().max(1.0) / 10.0)
            }
            Spread::Logarithmic if low == high => (low / 2.0, high * 2.0),
            _ => (low, high),
        };
        let span = spread.share(high) - spread.share(low);
        let widened = |share: f64| spread.value(share);
        let (low, high) =
            (widened(spread.share(low) - air * span), widened(spread.share(high) + air * span));
        Scale { spread, low, high, from: 0.0, to: 1.0 }
    }

    /// The same values laid from one place to another.
    pub(crate) fn laid(self, from: f64, to: f64) -> Scale {
        Scale { from, to, ..self }
    }

    /// Where a value stands; `None` for what has no place on the scale.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        let share = |value| self.spread.share(value);
        let (low, high) = (share(self.low), share(self.high));
        let along = (share(value) - low) / (high - low);
        self.spread.holds(value).then_some(self.from + along * (self.to - self.from))
    }

    /// The round numbers on the scale, about `wanted` of them: 1, 2 or 5 times a power of ten
    /// apart, or those numbers themselves.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<f64> {
        match self.spread {
            Spread::Logarithmic if self.high / self.low > 5.0 => self.round_ratios(wanted),
            _ => self.round_steps(wanted),
        }
    }

    fn round_steps(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let power = 10f64.powi(rough.log10().floor() as i32);
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last).map(|tick| tick as f64 * step).collect()
    }

    fn round_ratios(&self, wanted: usize) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        // The ends have been through a logarithm and back; a tick upon one is still on the scale.
        let (low, high) = (self.low * (1.0 - 1e-9), self.high * (1.0 + 1e-9));
        let of = |steps: &[f64]| -> Vec<f64> {
            let all = (first..=last)
                .flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)));
            all.filter(|tick| (low..=high).contains(tick)).collect()
        };
        let candidates = [of(&[1.0, 2.0, 5.0]), of(&[1.0, 3.0]), of(&[1.0])];
        let coarsest = candidates[2].clone();
        candidates.into_iter().find(|ticks| ticks.len() <= wanted + 2).unwrap_or(coarsest)
    }
}

impl Spread {
    /// Whether a value has a place: no infinity has, nor what would make one of a difference.
    fn holds(self, value: f64) -> bool {
        value.abs() <= 1e100 && (self == Spread::Linear || value >= 1e-100)
    }

    fn share(self, value: f64) -> f64 {
        if self == Spread::Linear { value } else { value.ln() }
    }

    fn value(self, share: f64) -> f64 {
        if self == Spread::Linear { share } else { share.exp() }
    }

    fn unit(self) -> (f64, f64) {
        if self == Spread::Linear { (0.0, 1.0) } else { (1.0, 10.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], spread: Spread, wanted: usize, ticks: &[f64]) {
        let scale = Scale::around(values.iter().copied(), spread, 0.0);
        let found = scale.ticks(wanted);
        assert_eq!(found.len(), ticks.len(), "{found:?}");
        for (found, tick) in found.iter().zip(ticks) {
            assert!((found - tick).abs() < 1e-9 * tick.abs().max(1.0), "{found} is not {tick}");
        }
    }

    #[test]
    fn ticks_are_round_and_about_as_many_as_wanted() {
        check(&[0.0, 10.0], Spread::Linear, 5, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        check(&[1.83, 4.1], Spread::Linear, 5, &[2.0, 2.5, 3.0, 3.5, 4.0]);
        check(
            &[1.0, 1000.0],
            Spread::Logarithmic,
            5,
            &[1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0],
        );
        check(&[1.5, 4.5], Spread::Logarithmic, 4, &[2.0, 3.0, 4.0]);
        check(&[], Spread::Linear, 2, &[0.0, 0.5, 1.0]);
    }

    #[test]
    fn equal_ratios_take_equal_room() {
        let scale = Scale::around([1.0, 100.0].into_iter(), Spread::Logarithmic, 0.0);
        assert_eq!(scale.laid(0.0, 50.0).place(10.0), Some(25.0));
        assert_eq!(scale.place(0.0), None);
        assert_eq!(scale.place(f64::NAN), None);
    }

    #[test]
    fn a_single_value_still_spans_a_scale() {
        for spread in [Spread::Linear, Spread::Logarithmic] {
            let scale = Scale::around([7.0].into_iter(), spread, 0.0);
            let place = scale.place(7.0).unwrap();
            assert!((place - 0.5).abs() < 1e-9);
        }
    }
}

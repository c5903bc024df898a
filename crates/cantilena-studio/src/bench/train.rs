//! Whole updates of a network, timed.

use cantilena_neural::{Adam, Precision, Steps, for_each_shard};

use super::network::{Network, Shape};
use super::shard::{SHARDS, Shard};
use super::{Measurement, instructions, peak, seconds};

/// Laying out, forward, loss, backward, Adam: how long they take.
pub(super) fn measure(
    what: &'static str,
    shape: &Shape,
    precision: Precision,
    threads: usize,
    steps: usize,
) -> Measurement {
    let mut training = Training::new(shape, precision);
    let before = peak(threads);
    let seconds = seconds(2, steps, || {
        training.update(threads);
    });
    let peak = 0.5 * (before + peak(threads));

    let Steps { batch, .. } = shape.steps;
    let rows = shape.steps.rows();
    let [recurrent, linear] = training.network.operations();
    let (counted, unit) = if shape.embedded { (rows, "tokens") } else { (batch, "windows") };
    // Going back takes two products for each one going forward.
    let operations = 3.0 * (recurrent * rows as f64 + linear * counted as f64);
    let gflops = 1e-9 * operations / seconds;
    Measurement {
        what,
        rate: counted as f64 / seconds,
        unit,
        step_ms: 1e3 * seconds,
        gflops,
        share_of_peak: gflops / peak,
        threads,
        isa: instructions(),
        precision: precision.name(),
        streams: batch,
    }
}

/// A network that learns the same noise over and over.
struct Training {
    network: Network,
    shards: Vec<Shard>,
    gradients: Vec<Vec<f32>>, // (SHARDS)(layout.len(),)
    adam: Adam,
    step: u64,
}

impl Training {
    fn new(shape: &Shape, precision: Precision) -> Training {
        let network = Network::new(shape, precision);
        let len = network.layout.len();
        Training {
            shards: (0..SHARDS).map(|index| Shard::new(shape, index)).collect(),
            gradients: vec![vec![0.0; len]; SHARDS],
            adam: Adam::new(len),
            network,
            step: 0,
        }
    }

    /// One update; returns the mean nats before it.
    fn update(&mut self, threads: usize) -> f64 {
        let Training { network, shards, gradients, adam, step } = self;
        *step += 1;
        network.pack();
        let mut work: Vec<_> = shards.iter_mut().zip(gradients.iter_mut()).collect();
        for_each_shard(threads, &mut work, |index, (shard, gradients)| {
            shard.learn(network, 1000 * *step + 10 * index as u64, gradients);
        });
        adam.update(&mut network.values, gradients, 1e-3, None, threads);
        shards.iter().map(|shard| shard.nats).sum::<f64>() / SHARDS as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Shape =
        Shape { units: 24, classes: 20, steps: Steps { time: 6, batch: 8 }, ..Shape::W2 };

    fn nats(shape: &Shape, precision: Precision, threads: usize, steps: usize) -> Vec<f64> {
        let mut training = Training::new(shape, precision);
        (0..steps).map(|_| training.update(threads)).collect()
    }

    #[test]
    fn the_networks_of_the_workloads_learn_their_noise() {
        for shape in [SMALL, Shape { embedded: false, ..SMALL }] {
            for precision in Precision::ALL {
                let nats = nats(&shape, precision, 2, 100);
                assert!(nats[99] < 0.8 * nats[0], "{} nats after {}", nats[99], nats[0]);
            }
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_losses() {
        for precision in Precision::ALL {
            let one = nats(&SMALL, precision, 1, 20);
            assert_eq!(nats(&SMALL, precision, 2, 20), one);
            assert_eq!(nats(&SMALL, precision, 4, 20), one);
        }
    }

    #[test]
    fn figures_fit_each_other() {
        let found = measure("small", &SMALL, Precision::F32, 2, 3);
        assert_eq!(found.unit, "tokens");
        assert!((found.rate * found.step_ms / 1e3 - 48.0).abs() < 1e-6);
        assert!(found.gflops > 0.0 && found.share_of_peak > 0.0);
    }
}

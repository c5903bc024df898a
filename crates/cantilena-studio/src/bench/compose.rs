//! One token after the other, timed.

use cantilena_neural::{Helpers, Packed, PackedLinear, Precision, State, Weights, isa};

use super::network::{Network, Shape, WIDTH};
use super::{Measurement, instructions, peak, seconds};

/// How many streams run side by side where there are many.
const MANY: usize = 16;

/// How many tokens are timed together: one takes less than a clock is good for.
const TOGETHER: usize = 10;

/// Measures W4 with all kinds of weights: one stream alone and with helpers, and many on one
/// thread.
pub(super) fn measure(threads: usize, steps: usize, tell: &mut impl FnMut(Measurement)) {
    for weights in Weights::ALL {
        let mut runs = vec![(1, 1), (1, threads), (MANY, 1)];
        runs.dedup();
        for (streams, threads) in runs {
            let mut composing = Composing::new(&Shape::W2, weights, streams, threads);
            let before = peak(threads);
            let run = || (0..TOGETHER).for_each(|_| composing.step());
            let seconds = seconds(2, steps.div_ceil(TOGETHER), run) / TOGETHER as f64;
            let peak = 0.5 * (before + peak(threads));
            let operations: f64 = composing.network.operations().iter().sum();
            let gflops = 1e-9 * operations * streams as f64 / seconds;
            tell(Measurement {
                what: "W4",
                rate: streams as f64 / seconds,
                unit: "tokens",
                step_ms: 1e3 * seconds,
                gflops,
                share_of_peak: gflops / peak,
                threads,
                isa: instructions(),
                precision: weights.name(),
                streams,
            });
        }
    }
}

/// A network that follows its likeliest token.
struct Composing {
    helpers: Helpers,
    network: Network,
    tokens: Vec<u16>, // (streams,)
    states: Vec<State>,
    x: Vec<f32>,      // (streams, WIDTH)
    logits: Vec<f32>, // (streams, classes)
}

impl Composing {
    fn new(shape: &Shape, weights: Weights, streams: usize, threads: usize) -> Composing {
        let mut network = Network::new(shape, Precision::F32);
        network.packed.fill(Packed::compact(isa(), weights));
        network.packed_head = PackedLinear::compact(isa(), weights);
        network.pack();
        Composing {
            helpers: Helpers::new(threads.saturating_sub(1)),
            // Each stream begins with a token of its own.
            tokens: (0..streams).map(|stream| (stream % shape.classes) as u16).collect(),
            states: network.recurrent.iter().map(|layer| State::zero(layer, streams)).collect(),
            x: vec![0.0; streams * WIDTH],
            logits: vec![0.0; streams * shape.classes],
            network,
        }
    }

    fn step(&mut self) {
        let Composing { helpers, network, tokens, states, x, logits } = self;
        let embedding = network.embedding.as_ref().expect("composing reads tokens");
        x.fill(0.0);
        embedding.add(&network.values, tokens, x);
        let mut input = &*x;
        for ((layer, packed), state) in network.recurrent.iter().zip(&network.packed).zip(states) {
            layer.step_with(helpers, packed, input, state);
            input = &state.h;
        }
        network.head.forward(&network.packed_head, tokens.len(), input, logits);
        for (token, logits) in tokens.iter_mut().zip(logits.chunks_exact(network.head.output)) {
            let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
            *token = best.expect("there are classes") as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use cantilena_neural::Steps;

    use super::*;

    #[test]
    fn a_stream_goes_the_same_way_alone_helped_and_among_others() {
        let shape =
            Shape { units: 40, classes: 30, steps: Steps { time: 1, batch: 1 }, ..Shape::W2 };
        for weights in Weights::ALL {
            let first_tokens = |streams: usize, threads: usize| {
                let mut composing = Composing::new(&shape, weights, streams, threads);
                let steps = (0..20).map(|_| {
                    composing.step();
                    (composing.tokens[0], composing.logits[..30].to_vec())
                });
                steps.collect::<Vec<_>>()
            };
            let alone = first_tokens(1, 1);
            assert_eq!(first_tokens(7, 1), alone);
            assert_eq!(first_tokens(1, 3), alone);
        }
    }
}

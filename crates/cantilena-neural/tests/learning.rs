//! The layers together: a step worked by hand, a sequence learnt by heart, and the same bits from
//! any number of threads.

use cantilena_neural::{
    Adam, Cell, Embedding, Layout, Linear, Packed, PackedLinear, Recurrent, State, Steps, Tally,
    Tape, cross_entropy, dropout, for_each_shard,
};

/// One unit that reads one value. With the weights below the four sums are 0, ln 3, 0.5 and -ln 3,
/// so that
///
/// i = 1/2, f = 3/4, g = tanh 0.5 = 0.46211716, o = 1/4,
/// c' = 3/4 · 2 + 1/2 · 0.46211716 = 1.73105858,
/// h' = 1/4 · tanh 1.73105858 = 1/4 · 0.93918091 = 0.23479523.
#[test]
fn one_step_of_an_lstm_is_as_worked_by_hand() {
    let mut layout = Layout::new();
    let layer = Recurrent::new(&mut layout, "layer", Cell::Lstm, 1, 1);
    let ln_3 = 3f32.ln();
    // With x = 2 and h = 4: the weights of x, of h, and the bias.
    let weight_ih = [0.5, 0.0, 0.25, 0.0];
    let weight_hh = [0.0, ln_3 / 4.0, 0.25, 0.0];
    let bias = [-1.0, 0.0, -1.0, -ln_3];
    let values = [weight_ih, weight_hh, bias].concat();
    let mut packed = Packed::default();
    layer.pack(&values, &mut packed);
    let mut state = State { h: vec![4.0], c: vec![2.0] };
    layer.step(&packed, &[2.0], &mut state);
    assert!((state.c[0] - 1.731_058_6).abs() < 1e-6, "{}", state.c[0]);
    assert!((state.h[0] - 0.234_795_23).abs() < 1e-6, "{}", state.h[0]);
}

/// Sixteen tokens with repeats: after 3 comes 1, 4 or 7, so that the last token alone does not
/// tell the next.
const MELODY: [u16; 16] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 4, 8, 9, 7, 3, 7];
const TOKENS: usize = 10;
const WIDTH: usize = 12;
const UNITS: usize = 24;
const SHARDS: usize = 4;

/// An embedding, a recurrent layer and a linear one.
struct Network {
    layout: Layout,
    embedding: Embedding,
    recurrent: Recurrent,
    head: Linear,
}

/// What one shard needs: its gradients and its room.
struct Shard {
    gradients: Vec<f32>,
    tape: Tape,
    tally: Tally,
}

impl Network {
    fn new(cell: Cell) -> Network {
        let mut layout = Layout::new();
        let embedding = Embedding::new(&mut layout, "embedding", TOKENS, WIDTH);
        let recurrent = Recurrent::new(&mut layout, "recurrent", cell, WIDTH, UNITS);
        let head = Linear::new(&mut layout, "head", UNITS, TOKENS);
        Network { layout, embedding, recurrent, head }
    }

    fn values(&self) -> Vec<f32> {
        let mut values = vec![f32::NAN; self.layout.len()];
        self.embedding.initialize(&mut values, 1);
        self.recurrent.initialize(&mut values, 2);
        self.head.initialize(&mut values, 3);
        values
    }

    /// Forward and backward over the melody, which starts elsewhere for each of two sequences.
    fn learn(
        &self,
        values: &[f32],
        packed: &(Packed, PackedLinear),
        index: usize,
        shard: &mut Shard,
    ) {
        let steps = Steps { time: MELODY.len() - 1, batch: 2 };
        let rows = steps.rows();
        let token = |t: usize, b: usize| MELODY[(t + 3 * index + 5 * b) % MELODY.len()];
        let all = |shift: usize| {
            (0..rows).map(|row| token(row / 2 + shift, row % 2)).collect::<Vec<u16>>()
        };
        let (tokens, targets) = (all(0), all(1));

        let mut x = vec![0.0; rows * WIDTH];
        self.embedding.add(values, &tokens, &mut x);
        let mut y = vec![0.0; rows * UNITS];
        let mut state = State::zero(&self.recurrent, steps.batch);
        self.recurrent.forward(&packed.0, steps, &x, None, &mut state, &mut shard.tape, &mut y);
        dropout(&mut y, 0.1, index as u64);
        let mut logits = vec![0.0; rows * TOKENS];
        self.head.forward(&packed.1, rows, &y, &mut logits);
        let scale = 1.0 / (rows * SHARDS) as f32;
        shard.tally = cross_entropy(rows, TOKENS, &mut logits, &targets, scale, None);

        let (mut dy, mut dx) = (vec![0.0; y.len()], vec![0.0; x.len()]);
        let gradients = &mut shard.gradients;
        self.head.backward(&packed.1, rows, &y, &logits, Some(&mut dy), gradients);
        dropout(&mut dy, 0.1, index as u64);
        let dx = &mut dx;
        self.recurrent.backward(
            &packed.0,
            steps,
            &x,
            None,
            &mut shard.tape,
            &dy,
            None,
            Some(dx),
            gradients,
        );
        self.embedding.backward(&tokens, dx, gradients);
    }

    /// Trains and returns the sums over all shards after each update, and the values at the end.
    fn train(&self, updates: usize, threads: usize) -> (Vec<Tally>, Vec<f32>) {
        let mut values = self.values();
        let mut adam = Adam::new(values.len());
        let mut packed = (Packed::default(), PackedLinear::default());
        let mut shards: Vec<_> = (0..SHARDS)
            .map(|_| Shard {
                gradients: vec![0.0; values.len()],
                tape: Tape::default(),
                tally: Tally::default(),
            })
            .collect();
        let mut tallies = Vec::new();
        for _ in 0..updates {
            self.recurrent.pack(&values, &mut packed.0);
            self.head.pack(&values, &mut packed.1);
            for_each_shard(threads, &mut shards, |index, shard| {
                self.learn(&values, &packed, index, shard);
            });
            let mut sum = Tally::default();
            shards.iter().for_each(|shard| sum += shard.tally);
            tallies.push(sum);
            let mut gradients: Vec<_> =
                shards.iter_mut().map(|shard| std::mem::take(&mut shard.gradients)).collect();
            adam.update(&mut values, &mut gradients, 0.01, Some(1.0), threads);
            for (shard, gradients) in shards.iter_mut().zip(gradients) {
                shard.gradients = gradients;
            }
        }
        (tallies, values)
    }
}

#[test]
fn a_melody_is_learnt_by_heart_and_recited() {
    for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn] {
        let network = Network::new(cell);
        let (tallies, values) = network.train(250, 2);
        let mean = |tally: &Tally| tally.nats / tally.counted as f64;
        let (first, last) = (mean(&tallies[0]), mean(&tallies[tallies.len() - 1]));
        assert!((first - (TOKENS as f64).ln()).abs() < 0.5, "{cell:?} begins at {first} nats");
        assert!(last < 0.25, "{cell:?} ends at {last} nats");

        // Three tokens tell where in the melody we are; the rest follows step by step.
        let mut packed = (Packed::default(), PackedLinear::default());
        network.recurrent.pack(&values, &mut packed.0);
        network.head.pack(&values, &mut packed.1);
        let mut state = State::zero(&network.recurrent, 1);
        let mut recited = MELODY[..3].to_vec();
        for t in 0..MELODY.len() - 1 {
            let mut x = vec![0.0; WIDTH];
            network.embedding.add(&values, &[recited[t]], &mut x);
            network.recurrent.step(&packed.0, &x, &mut state);
            let mut logits = vec![0.0; TOKENS];
            network.head.forward(&packed.1, 1, &state.h, &mut logits);
            if t + 1 == recited.len() {
                let best = (0..TOKENS).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
                recited.push(best.expect("there are tokens") as u16);
            }
        }
        assert_eq!(recited, MELODY, "{cell:?}");
    }
}

#[test]
fn any_number_of_threads_learns_the_same_bits() {
    for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn] {
        let network = Network::new(cell);
        let one = network.train(10, 1);
        for threads in [2, 4] {
            assert_eq!(network.train(10, threads), one, "{cell:?} with {threads} threads");
        }
    }
}

#[test]
fn fields_of_an_event_are_columns_of_a_matrix() {
    let mut layout = Layout::new();
    let pitch = Embedding::new(&mut layout, "pitch", 3, 2);
    let duration = Embedding::new(&mut layout, "duration", 2, 2);
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 10.0, 20.0, 30.0, 40.0];
    let events = [2, 0, 1, 1, 2, 1]; // (3, 2)
    let mut out = [0.5; 6];
    let fields = [pitch, duration];
    Embedding::add_all(&fields, &values, &events, 2, &mut out);
    assert_eq!(out, [15.5, 26.5, 33.5, 44.5, 35.5, 46.5]);

    let mut gradients = [0.0; 10];
    let d_out = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    Embedding::backward_all(&fields, &events, 2, &d_out, &mut gradients);
    assert_eq!(gradients, [0.0, 0.0, 3.0, 4.0, 6.0, 8.0, 1.0, 2.0, 8.0, 10.0]);
}

//! `cantilena bench`: how fast this machine is.

use cantilena_studio::{Benching, Measurement, Precision, Workload, bench};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::words::{count, give, say};

/// Measure how fast this machine trains and composes, and how near that is to its limit.
///
/// W1, W2 and W3 train recurrent networks of 256, 512 and 1024 units; W4 composes with that of
/// W2. Close what else is running: it takes from the figures.
#[derive(Args)]
#[command(after_help = "Examples:\n  cantilena bench\n  cantilena bench W2 --threads 1\n  \
                        cantilena bench W1 --json | jq .rate")]
pub(crate) struct Bench {
    /// What to measure; without, all four.
    workloads: Vec<Chosen>,
    /// Print one line of JSON on stdout for each figure.
    #[arg(long)]
    json: bool,
    /// How many threads train, or share one stream; without, one for each core.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// The numbers that training multiplies.
    #[arg(long, default_value = "f32")]
    precision: Numbers,
    /// How many steps a median is taken of; without, a few seconds' worth.
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
}

/// A [`Workload`] as an argument.
#[derive(Clone, Copy)]
struct Chosen(Workload);

impl ValueEnum for Chosen {
    fn value_variants<'a>() -> &'a [Chosen] {
        const ALL: [Chosen; 4] = [
            Chosen(Workload::W1),
            Chosen(Workload::W2),
            Chosen(Workload::W3),
            Chosen(Workload::W4),
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()).alias(self.0.name().to_lowercase()))
    }
}

/// A [`Precision`] as an argument.
#[derive(Clone, Copy)]
struct Numbers(Precision);

impl ValueEnum for Numbers {
    fn value_variants<'a>() -> &'a [Numbers] {
        const ALL: [Numbers; 2] = [Numbers(Precision::F32), Numbers(Precision::Bf16)];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

impl Bench {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let all = Workload::ALL.to_vec();
        let chosen: Vec<_> = self.workloads.iter().map(|chosen| chosen.0).collect();
        let Numbers(precision) = self.precision;
        if !precision.is_native() {
            say("note: this processor has no fast instructions for bf16; f32 is faster on it");
        }
        let benching = Benching {
            workloads: if chosen.is_empty() { all } else { chosen },
            threads: super::threads(self.threads),
            precision,
            steps: self.steps,
        };
        let mut result = if self.json { Ok(()) } else { give(HEADER) };
        bench(&benching, |measurement| {
            let line = match self.json {
                true => serde_json::to_string(&measurement).expect("it is plain data"),
                false => row(&measurement),
            };
            if result.is_ok() {
                result = give(&line);
            }
        });
        Ok(result?)
    }
}

const HEADER: &str =
    "      numbers  streams  threads           rate        a step   GFLOP/s  of f32 peak";

/// The figures under [`HEADER`].
fn row(measurement: &Measurement) -> String {
    let Measurement { what, rate, unit, step_ms, gflops, share_of_peak, .. } = measurement;
    format!(
        "{what:4}  {:7}  {:7}  {:7}  {:>6} {unit:>7}/s  {step_ms:8.3} ms  {gflops:8.1}  {:9.1} %",
        measurement.precision,
        measurement.streams,
        measurement.threads,
        count(rate.round() as u64),
        100.0 * share_of_peak,
    )
}

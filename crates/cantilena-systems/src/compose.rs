//! A system's model becomes a piece, symbol by symbol, or sound, frame by frame.

use std::ops::ControlFlow;

use cantilena_generate::{Length, Sampler, Sampling};
use cantilena_neural::activation;
use cantilena_score::{
    Meter, Note, Pitch, Program, Score, Ticks, TicksPerQuarter, Track, Velocity,
};
use cantilena_tokens::{Events, Setting, Tokenizer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::SystemError;
use crate::mixture::Mixture;
use crate::model::{Ear, SystemModel, Window};
use crate::network::Predicts;
use crate::reading::Reading;

/// A piece that was composed.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// The piece, without the music it went on from.
    pub score: Score,
    /// Symbols or notes that were drawn.
    pub drawn: usize,
}

/// Quarters a minute of systems that know no tempo.
pub const BPM: f64 = 120.0;

/// Clock of a piece whose notes lie anywhere: a tick is about a millisecond.
const FINE: u16 = 480;

/// What notes of a system without dynamics are played with.
const VELOCITY: i32 = 80;

/// Composes notes with a model that was trained on scores.
///
/// It goes on from one of the model's own windows of real music. `watch` is asked after every
/// note, and may stop the work; what is there is given.
pub fn compose_score(
    model: &SystemModel,
    sampling: Sampling,
    seed: u64,
    length: Length,
    program: Program,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Composed, SystemError> {
    let mut sampler = Sampler::new(sampling, seed)?;
    let mut window = own_prompt(model, seed)?;
    match &model.reading {
        Reading::Symbols { tokenizer, .. } => {
            let setting = Setting::solo(program, Meter::COMMON, BPM);
            let count = symbols_in(tokenizer, length);
            let mut events = Events::new(1);
            let mut ear = Ear::default();
            while events.len() < count {
                let logits = &model.predict(&window, &mut ear)[0];
                let Some(symbol) = sampler.draw(logits, |_| true) else { break };
                events.push(&[Reading::token(symbol)]);
                model.advance(&mut window, Some(symbol), &[model.reading.scaled(symbol)]);
                if watch().is_break() {
                    break;
                }
            }
            Ok(Composed { score: tokenizer.decode(&setting, &events), drawn: events.len() })
        }
        Reading::Notes { pitch_scale } => {
            let scale = *pitch_scale;
            Ok(compose_notes(model, &mut sampler, window, length, program, scale, watch))
        }
        Reading::Frames { .. } => Err(SystemError::Saved {
            what: "model",
            why: "it makes sound and no notes; ask it for a .wav file".to_owned(),
        }),
    }
}

/// Pitch by sampling, step and duration as predicted.
fn compose_notes(
    model: &SystemModel,
    sampler: &mut Sampler,
    mut window: Window,
    length: Length,
    program: Program,
    pitch_scale: f32,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Composed {
    let clock = TicksPerQuarter::new(FINE).expect("it is above zero");
    let mut score = Score::new(clock);
    score.tempo.insert_bpm(Ticks::ZERO, BPM);
    let mut track = Track::new(program);
    let ticks = |seconds: f64| (seconds * f64::from(FINE) * BPM / 60.0).round() as u32;
    let limit = match length {
        Length::Notes(_) => f64::INFINITY,
        Length::Seconds(seconds) => f64::from(seconds),
        Length::Bars(bars) => f64::from(bars) * 4.0 * 60.0 / BPM,
    };
    let most = if let Length::Notes(notes) = length { notes } else { NOTES_MAX };
    let (mut onset, mut ear) = (0.0, Ear::default());
    while track.notes.len() < most {
        let outputs = model.predict(&window, &mut ear);
        let Some(symbol) = sampler.draw(&outputs[0], |_| true) else { break };
        let (step, duration) = (outputs[1][0].max(0.0), outputs[2][0].max(0.0));
        // The first note begins the piece, however long the model would have waited.
        onset += if track.notes.is_empty() { 0.0 } else { f64::from(step) };
        if onset >= limit {
            break;
        }
        let held = f64::from(duration).min(limit - onset);
        if let Ok(pitch) = Pitch::new(symbol as u8) {
            let duration = Ticks(ticks(held).max(1));
            let velocity = Velocity::clamped(VELOCITY);
            track.notes.push(Note { onset: Ticks(ticks(onset)), pitch, duration, velocity });
        }
        let values = [f32::from(symbol) / pitch_scale, step, duration];
        model.advance(&mut window, Some(symbol), &values);
        if watch().is_break() {
            break;
        }
    }
    let drawn = track.notes.len();
    track.sort();
    // Where nothing begins in the last bar, what was struck last is held into it.
    if let (Length::Bars(_), Some(last)) = (length, track.notes.last_mut()) {
        let end = Ticks(ticks(limit));
        if end.since(last.release()) >= Ticks(4 * u32::from(FINE)) {
            last.duration = end.since(last.onset);
        }
    }
    score.tracks.push(track);
    Composed { score, drawn }
}

/// Notes beyond which a model that has stopped moving on in time is taken to stand still.
const NOTES_MAX: usize = 100_000;

/// How many symbols a piece of a length has: a pitch is a quarter, a note or chord an eighth.
fn symbols_in(tokenizer: &Tokenizer, length: Length) -> usize {
    let a_quarter = match tokenizer {
        Tokenizer::NotesChords(_) => 2,
        _ => 1,
    };
    match length {
        Length::Notes(notes) => notes,
        Length::Bars(bars) => bars as usize * 4 * a_quarter,
        Length::Seconds(seconds) => (f64::from(seconds) * BPM / 60.0).ceil() as usize * a_quarter,
    }
}

/// Composes `frames` frames of sound with a model that was trained on them: (frames, bands),
/// each value 0 to 1.
///
/// A model of means gives its mean. Of a palette, how long a kind of frame lasts is drawn as it was
/// learnt, `sampling` says how the next one is drawn, and sound glides from one to the other. A
/// mixture is drawn from, too: the temperature divides the logits of its components and multiplies
/// their variances, and 0 takes the likeliest one's mean.
pub fn compose_frames(
    model: &SystemModel,
    sampling: Sampling,
    seed: u64,
    frames: usize,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Vec<f32>, SystemError> {
    let mut sampler = Sampler::new(sampling, seed)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let mut window = own_prompt(model, seed)?;
    let (mut composed, mut ear) = (Vec::new(), Ear::default());
    for _ in 0..frames {
        let output = &model.predict(&window, &mut ear)[0];
        let mut kind = None;
        let frame = match model.network.shape.heads[0].predicts {
            Predicts::Symbol { .. } => {
                let Reading::Frames { palette: Some(palette), .. } = &model.reading else { break };
                let last = window.symbols.last().copied();
                let drawn = next_kind(output, last, &mut sampler, &mut rng);
                kind = Some(drawn);
                palette.frame(drawn).to_vec()
            }
            Predicts::Mixture { bands, components } => {
                let mixture = Mixture::of(output, bands, components);
                let Some(component) = sampler.draw(mixture.logits, |_| true) else { break };
                let spread = sampling.temperature.sqrt() as f32;
                mixture
                    .component(usize::from(component))
                    .map(|(mean, deviation)| {
                        (mean + spread * deviation * normal(&mut rng)).clamp(0.0, 1.0)
                    })
                    .collect()
            }
            _ => {
                let mut frame = output.clone();
                activation::sigmoid(&mut frame);
                frame
            }
        };
        model.advance(&mut window, kind, &frame);
        composed.extend(frame);
        if watch().is_break() {
            break;
        }
    }
    if let Reading::Frames { palette: Some(palette), .. } = &model.reading {
        palette.glide_through(&mut composed);
    }
    Ok(composed)
}

/// The kind of the next frame.
///
/// Whether the last one stays is drawn as it was learnt, and only what follows it as was asked for:
/// a tone goes on so much more probably than in any one other way that whatever favours the
/// probable would hold it for ever.
fn next_kind(
    logits: &[f32],
    last: Option<u16>,
    sampler: &mut Sampler,
    rng: &mut ChaCha8Rng,
) -> u16 {
    let stays = last.filter(|&last| {
        let least = logits[usize::from(last)];
        let others: f64 = logits.iter().map(|&logit| f64::from(logit - least).exp()).sum();
        rng.random::<f64>() * others < 1.0
    });
    let moves = |sampler: &mut Sampler| sampler.draw(logits, |kind| Some(kind) != last);
    // A palette of one has nothing to move on to.
    stays.or_else(|| moves(sampler)).or(last).unwrap_or(0)
}

/// A draw from the normal distribution (Box and Muller, "A note on the generation of random
/// normal deviates", 1958).
fn normal(rng: &mut ChaCha8Rng) -> f32 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    let radius = (-2.0 * (1.0 - radius).ln()).sqrt();
    (radius * (std::f64::consts::TAU * angle).cos()) as f32
}

/// One of the model's own windows of real music.
fn own_prompt(model: &SystemModel, seed: u64) -> Result<Window, SystemError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let nothing = || SystemError::Saved {
        what: "model",
        why: "it holds no music to begin with; train it anew".to_owned(),
    };
    let count = model.prompts.len();
    let chosen = (count > 0).then(|| rng.random_range(0..count)).ok_or_else(nothing)?;
    Ok(model.prompts[chosen].clone())
}

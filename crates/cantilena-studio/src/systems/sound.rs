//! Sound in, sound out: recordings become frames, and frames a recording.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_audio::{
    Activity, Audio, DecodeLimits, GriffinLim, LogMel, MelOptions, SampleRate, Spectrogram,
    audio_from_log_mel, decode, log_mel, resample,
};
use cantilena_corpus::{Beside, Outcome, OutcomeKind};
use cantilena_generate::{Length, Sampling};
use cantilena_systems::{
    Frames, Reading, RecordingActivity, Role, Sequence, SystemCheckpoint, SystemError,
    SystemRecipe, compose_frames,
};

use crate::compose::Composing;
use crate::error::StudioError;
use crate::output::Output;
use crate::recordings::{refusals, sound_files};
use crate::store;
use crate::suited::check_system;

/// The rate that all recordings are brought to, in hertz: twice what the highest band needs and
/// more, and half the work of a compact disc's.
const RATE_HERTZ: u32 = 22_050;

/// How often phases are gone over: more than sounds different to people.
const ITERATIONS: usize = 64;

/// How finely a temperature is looked for: 1.2 halved four times is 0.08.
const HALVINGS: usize = 4;

/// From how many pieces of what length a temperature is judged: rates of single ones differ by a
/// factor of ten.
const TRIALS: u64 = 6;
const TRIAL_SECONDS: f64 = 8.0;

/// Recordings as the network reads them.
pub(crate) struct Recordings {
    pub(crate) reading: Reading,
    pub(crate) sequences: Vec<Sequence>,
    /// Which of them are learnt from, and which judge.
    pub(crate) roles: Vec<Role>,
    /// BLAKE3 over all files, in hexadecimal.
    pub(crate) fingerprint: String,
    /// How much happens in each.
    pub(crate) activity: Vec<RecordingActivity>,
    pub(crate) outcomes: Vec<Outcome>,
    /// What lay beside them.
    pub(crate) beside: Beside,
}

/// Reads every recording under the paths.
///
/// About the recipe's share of the frames are held back, whole recordings at a time; which ones
/// follows from their content and its seed.
pub(crate) fn recordings(
    paths: &[PathBuf],
    recipe: &SystemRecipe,
    threads: usize,
    reading: &(dyn Fn(usize, usize) + Sync),
) -> Result<Recordings, StudioError> {
    let (share, seed) = (recipe.data.validation, recipe.training.seed);
    let (files, beside) = sound_files(paths)?;
    let mut heard: Vec<([u8; 32], LogMel)> = Vec::new();
    let (mut outcomes, mut hasher) = (Vec::new(), blake3::Hasher::new());
    let mut activities = Vec::new();
    for (index, file) in files.iter().enumerate() {
        reading(index, files.len());
        let bytes = store::read(file)?;
        let mut name = file.display().to_string();
        let kind = match listen(&bytes, threads) {
            Ok(Listened { mel, activity, damaged_packets: damaged }) => {
                let file = file.file_name().unwrap_or_default();
                activities.push(told(file.to_string_lossy().into_owned(), &activity));
                let mut key = blake3::Hasher::new();
                key.update(&seed.to_le_bytes()).update(&bytes);
                heard.push((*key.finalize().as_bytes(), mel));
                hasher.update(blake3::hash(&bytes).as_bytes());
                if damaged > 0 {
                    name.push_str(&format!(" ({damaged} damaged packets left out)"));
                }
                OutcomeKind::Read
            }
            Err(why) => OutcomeKind::Refused(why),
        };
        let of_it = usize::from(kind == OutcomeKind::Read);
        outcomes.push(Outcome { name, kind, pieces: of_it });
    }
    if heard.len() < 2 {
        return Err(StudioError::Request(format!(
            "{} of {} recordings could be read, and it takes two: one to learn from and one to \
             judge by{}",
            heard.len(),
            files.len(),
            refusals(&outcomes),
        )));
    }
    let frames: usize = heard.iter().map(|(_, mel)| mel.levels.frames()).sum();
    let mut order: Vec<usize> = (0..heard.len()).collect();
    order.sort_by_key(|&index| heard[index].0);
    let (mut roles, mut kept) = (vec![Role::Learn; heard.len()], 0);
    // At least one judges and at least one is learnt from.
    for &index in &order[..heard.len() - 1] {
        if kept > 0 && kept as f64 >= frames as f64 * share {
            break;
        }
        roles[index] = Role::Judge;
        kept += heard[index].1.levels.frames();
    }
    let reference = heard.iter().map(|(_, mel)| mel.reference).fold(0.0, f32::max);
    let bands = heard[0].1.levels.bands();
    let levels = heard.into_iter().map(|(_, mel)| mel.levels.into_values()).collect();
    let (reading, sequences) = Reading::hear(recipe, bands, RATE_HERTZ, reference, levels, &roles)?;
    Ok(Recordings {
        reading,
        sequences,
        roles,
        activity: activities,
        fingerprint: hasher.finalize().to_hex().to_string(),
        outcomes,
        beside,
    })
}

/// How much happens in a sound, as a model keeps it.
pub(crate) fn told(name: String, activity: &Activity) -> RecordingActivity {
    RecordingActivity {
        name,
        spectral_flux: activity.spectral_flux,
        onsets_a_second: activity.onsets_a_second(),
        loudness: activity.loudness,
        tonality: activity.tonality,
    }
}

/// One recording.
struct Listened {
    mel: LogMel,
    activity: Activity,
    damaged_packets: usize,
}

/// The frames of one file, or why it has none.
fn listen(bytes: &[u8], threads: usize) -> Result<Listened, String> {
    let decoding = decode(bytes, &DecodeLimits::default()).map_err(|error| error.to_string())?;
    let rate = SampleRate::new(RATE_HERTZ).map_err(|error| error.to_string())?;
    let mono = Audio::new(decoding.audio.sample_rate(), vec![decoding.audio.mono()])
        .map_err(|error| error.to_string())?;
    if mono.is_silent() {
        return Err("it is silent from beginning to end".to_owned());
    }
    let threads = some(threads);
    let resampled = resample(&mono, rate);
    let mel = log_mel(&resampled, &MelOptions::default(), threads);
    let activity = Activity::of(&resampled, threads).map_err(|error| error.to_string())?;
    Ok(Listened {
        mel: mel.map_err(|error| error.to_string())?,
        activity,
        damaged_packets: decoding.damaged_packets,
    })
}

/// Whether a model makes sound and no notes.
pub(crate) fn is_sound(checkpoint: &SystemCheckpoint) -> bool {
    matches!(checkpoint.model.reading, Reading::Frames { .. })
}

/// Composes sound for outputs that can hold it, and writes nothing.
pub(crate) fn compose_sound(
    checkpoint: &SystemCheckpoint,
    request: &Composing,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Audio, StudioError> {
    check_system(checkpoint, &request.commission())?;
    for path in &request.outputs {
        if !matches!(Output::of(path)?, Output::Wav | Output::Json) {
            return Err(StudioError::Request(format!(
                "{} asks for notes, and this model makes sound; a name that ends in .wav will do",
                path.display()
            )));
        }
    }
    let seconds = match request.length {
        Length::Seconds(seconds) => f64::from(seconds),
        // Common time at 120 quarters a minute.
        Length::Bars(bars) => f64::from(bars) * 2.0,
        Length::Notes(_) => {
            return Err(StudioError::Request(
                "this model makes sound, which has no notes to count; --seconds will do".to_owned(),
            ));
        }
    };
    let (sampling, seed) = (request.sampling, request.seed);
    let (_, audio) = composed_sound(checkpoint, sampling, seed, seconds, watch)?;
    Ok(audio)
}

/// So many seconds of sound, at most at nine tenths of full scale, and the levels it was made of.
pub(crate) fn composed_sound(
    checkpoint: &SystemCheckpoint,
    sampling: Sampling,
    seed: u64,
    seconds: f64,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(LogMel, Audio), StudioError> {
    let model = &checkpoint.model;
    let Reading::Frames { bands, sample_rate, reference, .. } = model.reading else {
        let why = "it makes notes and no sound".to_owned();
        return Err(SystemError::Saved { what: "model", why }.into());
    };
    let options = MelOptions::default();
    let samples = (seconds * f64::from(sample_rate)).round() as usize;
    // A frame stands on every multiple of the hop, the first and the last included.
    let frames = samples.div_ceil(options.stft.hop) + 1;
    let own = checkpoint.provenance.temperature.unwrap_or(1.0);
    let sampling = Sampling { temperature: (sampling.temperature * own).min(10.0), ..sampling };
    let values = compose_frames(model, sampling, seed, frames, watch)?;
    let levels = Spectrogram::new(bands, values)?;
    let rate = SampleRate::new(sample_rate)?;
    let mel = LogMel { sample_rate: rate, reference, levels };
    let phases = GriffinLim { iterations: ITERATIONS, ..GriffinLim::default() };
    let audio = audio_from_log_mel(&mel, &options, &phases, some(1))?;
    let mut channels = audio.into_channels();
    channels.iter_mut().for_each(|channel| channel.truncate(samples));
    let peak = channels.iter().flatten().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    if peak > 0.0 {
        channels.iter_mut().flatten().for_each(|sample| *sample *= 0.9 / peak);
    }
    Ok((mel, Audio::new(rate, channels)?))
}

/// The temperature at which a model's distribution of frames gives as many onsets a second as the
/// recordings have in the mean; `None` for a model of means, and for kinds of frames, of which how
/// long each lasts is learnt.
///
/// A distribution that was learnt for a short time is too wide, and sounds like rain; drawn from
/// at a low temperature it is the drone of its mean. What suits depends on how long it has learnt
/// and from what, so it is measured: onsets grow with the temperature, and halving finds it.
pub(crate) fn suited_temperature(
    checkpoint: &SystemCheckpoint,
) -> Result<Option<f64>, StudioError> {
    let recordings = &checkpoint.provenance.recordings;
    let frames = checkpoint.model.recipe.network.frames;
    if !matches!(frames, Frames::Mixture(_)) || recordings.is_empty() {
        return Ok(None);
    }
    let rates = recordings.iter().map(|heard| heard.onsets_a_second);
    let wanted = rates.sum::<f64>() / recordings.len() as f64;
    let (mut low, mut high) = (0.3, 1.5);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        let sampling = Sampling { temperature: middle, ..Sampling::default() };
        let mut onsets = 0.0;
        for seed in 0..TRIALS {
            let mut go_on = || ControlFlow::Continue(());
            let trial = composed_sound(checkpoint, sampling, seed, TRIAL_SECONDS, &mut go_on)?;
            onsets += Activity::of(&trial.1, some(1))?.onsets_a_second();
        }
        if onsets / (TRIALS as f64) < wanted { low = middle } else { high = middle }
    }
    Ok(Some(f64::midpoint(low, high)))
}

fn some(threads: usize) -> NonZero<usize> {
    NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN)
}

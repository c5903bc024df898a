//! Whether a model can do what is asked of it, as far as that can be said before it begins.
//!
//! Whoever asks, in a terminal or over HTTP, is told the same: nothing that is asked for is passed
//! over in silence.

use cantilena_generate::Sampling;
use cantilena_model::Model;
use cantilena_systems::{BPM, Frames, SystemCheckpoint};
use cantilena_tokens::Setting;

use crate::commission::Commission;
use crate::error::StudioError;
use crate::systems::{genres_of, is_sound, quarters};

/// Of a note model.
pub(crate) fn check_notes(model: &Model, commission: &Commission) -> Result<(), StudioError> {
    check_bpm(commission.bpm)?;
    let (tokenizer, representation) = (&model.tokenizer, model.tokenizer.representation());
    let does = "one of notes or notes-clock does";
    if commission.sampling.density != 0.0 && !tokenizer.has_waits() {
        let why = format!(
            "a model of {representation} says time in many words, and knows no density; {does}"
        );
        return Err(unsuited("density", &why));
    }
    if commission.key.is_some() && !tokenizer.has_pitches() {
        let why = format!("a model of {representation} keeps to no key; {does}");
        return Err(unsuited("key", &why));
    }
    let known = &model.conditions;
    if known.is_empty() && commission.genre.is_some() {
        let why = "this model has its style from its corpus; those of melody have genres";
        return Err(unsuited("genre", why));
    }
    let genre = commission.genre.iter().map(|genre| ("genre", "genre", genre));
    let others = commission.conditions.iter().map(|(of, value)| ("conditions", &**of, value));
    genre.chain(others).try_for_each(|(field, of, value)| {
        let token = known.asked([(of, &**value)]).map(drop);
        token.map_err(|error| unsuited(field, &error.to_string()))
    })
}

/// What a model of means says when it is asked to draw differently.
const DRAWS_NOTHING: &str = "this model plays the mean of all that may follow and draws nothing; \
                             one that learnt with frames = { palette = 256 } draws";

/// Of one of the five systems.
pub(crate) fn check_system(
    checkpoint: &SystemCheckpoint,
    commission: &Commission,
) -> Result<(), StudioError> {
    let is_sound = is_sound(checkpoint);
    // The mean of all that may follow is no distribution: nothing is drawn from it.
    let draws = !is_sound || checkpoint.model.recipe.network.frames != Frames::Mean;
    let (asked, usual) = (commission.sampling, Sampling::default());
    let beyond = [
        (
            "from",
            commission.prompt.is_some(),
            "this model continues no piece; a model of notes does",
        ),
        ("key", commission.key.is_some(), "this model knows no keys; a model of notes does"),
        (
            "density",
            commission.sampling.density != 0.0,
            "this model knows no density; a model of notes does",
        ),
        (
            "conditions",
            !commission.conditions.is_empty(),
            "this model was told of nothing but the music; a model of notes that was told more does",
        ),
        ("temperature", !draws && asked.temperature != usual.temperature, DRAWS_NOTHING),
        ("top-k", !draws && asked.top_k != usual.top_k, DRAWS_NOTHING),
        ("top-p", !draws && asked.top_p != usual.top_p, DRAWS_NOTHING),
        ("min-p", !draws && asked.min_p != usual.min_p, DRAWS_NOTHING),
        (
            "tempo",
            is_sound && commission.bpm.is_some(),
            "this model makes sound, for which no tempo can be set",
        ),
        (
            "instrument",
            is_sound && commission.program.is_some(),
            "this model makes sound, for which no instrument can be chosen",
        ),
    ];
    if let Some((field, _, why)) = beyond.into_iter().find(|(_, is_asked, _)| *is_asked) {
        return Err(unsuited(field, why));
    }
    check_bpm(commission.bpm)?;
    let Some(genre) = &commission.genre else { return Ok(()) };
    let genres: Vec<&str> = genres_of(checkpoint.model.recipe.system).collect();
    match cantilena_systems::genre(genre).is_some_and(|known| genres.contains(&known.name)) {
        true => quarters(commission.length, commission.bpm.unwrap_or(BPM)).map(drop),
        false if genres.is_empty() => {
            Err(unsuited("genre", "this model has no genres; those of melody have"))
        }
        false => {
            let known = genres.join(", ");
            Err(unsuited("genre", &format!("no genre is called {genre:?}; {known} will do")))
        }
    }
}

/// Of a piece that is about to begin, whose parts are known: what asks for a key or an instrument
/// asks for a part that is no drum.
pub(crate) fn check_pitched(setting: &Setting, commission: &Commission) -> Result<(), StudioError> {
    if !setting.parts.iter().all(|part| part.is_drums) {
        return Ok(());
    }
    let asked = [("key", commission.key.is_some()), ("instrument", commission.program.is_some())];
    match asked.into_iter().find(|(_, is_asked)| *is_asked) {
        Some((field, _)) => Err(unsuited(
            field,
            "only drums play in this piece; a model that learnt from other music has other parts",
        )),
        None => Ok(()),
    }
}

/// Of a tempo in quarters a minute.
pub(crate) fn check_bpm(bpm: Option<f64>) -> Result<(), StudioError> {
    match bpm {
        Some(bpm) if !(4.0..=1000.0).contains(&bpm) => {
            let why = format!("a tempo of {bpm} quarters a minute; 4 to 1000 will do");
            Err(unsuited("tempo", &why))
        }
        _ => Ok(()),
    }
}

/// That a model cannot be asked for this, and why.
pub(crate) fn unsuited(field: &'static str, why: &str) -> StudioError {
    StudioError::Unsuited { field, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use cantilena_generate::Length;
    use cantilena_score::{Meter, Program};

    use super::*;

    #[test]
    fn drums_alone_have_no_key_and_no_other_instrument() {
        let mut setting = Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
        let plain = Commission::new(Length::Bars(1), 1);
        let flute = Commission { program: Program::new(73).ok(), ..plain.clone() };
        let c_major = Commission { key: crate::key_named("C").ok(), ..plain.clone() };
        let refused =
            |setting: &Setting, commission: &Commission| match check_pitched(setting, commission) {
                Err(StudioError::Unsuited { field, .. }) => Some(field),
                _ => None,
            };
        for commission in [&plain, &flute, &c_major] {
            assert_eq!(refused(&setting, commission), None, "a piano plays");
        }
        setting.parts[0].is_drums = true;
        let fields = [&plain, &flute, &c_major].map(|commission| refused(&setting, commission));
        assert_eq!(fields, [None, Some("instrument"), Some("key")]);
    }
}

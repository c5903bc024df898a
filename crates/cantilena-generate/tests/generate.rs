//! Composing from the outside: what was asked for always comes, whatever the weights say.
//!
//! The weights are random, the hardest case: a network that knows nothing proposes everything,
//! and only the masks keep it in bounds.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;
use std::ops::ControlFlow;

use cantilena_generate::{
    GenerateError, Generation, Length, Limits, Prompt, Sampler, Sampling, Scale, generate,
};
use cantilena_model::{CellKind, Model, ModelConfig, Network};
use cantilena_score::{
    Key, Meter, MeterMap, Mode, Note, Pitch, Program, Score, Ticks, Track, Velocity,
};
use cantilena_tokens::{
    Notes, NotesChords, Part, Performance, Pitches, Representation, Setting, Tokenizer,
};

fn model(tokenizer: Tokenizer) -> Model {
    let cell = CellKind::Gru;
    let config = ModelConfig {
        cell,
        units: 16,
        layers: 1,
        embedding: 8,
        head: 8,
        dropout: 0.0,
        ..ModelConfig::default()
    };
    let network = Network::new(&config, tokenizer.fields());
    let values = network.initialize(4);
    Model::new(network, tokenizer, Vec::new(), values)
}

/// Two parts, one of them drums, in a meter that changes.
fn band() -> Setting {
    let mut setting = Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
    setting.meters.insert(Ticks(3 * 96), Meter::new(6, 8).unwrap());
    setting.parts.push(Part { name: "kit".into(), is_drums: true, ..Part::default() });
    setting
}

/// Daring, so that nothing improbable is left out by the sampler itself.
const DARING: Sampling =
    Sampling { temperature: 1.5, top_k: 0, top_p: 1.0, min_p: 0.0, density: 0.0 };

fn compose(model: &Model, prompt: &Prompt, length: Length, seed: u64) -> Generation {
    let mut sampler = Sampler::new(DARING, seed).unwrap();
    generate(model, &mut sampler, prompt, length, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The tokenizer that a corpus of one piece by [`band`] would get.
fn fitted(representation: Representation) -> Tokenizer {
    let note = |pitch| Note {
        onset: Ticks::ZERO,
        duration: Ticks(24),
        pitch: Pitch::new(pitch).unwrap(),
        velocity: Velocity::DEFAULT,
    };
    let mut score = Score::new(NonZero::new(24).unwrap());
    score.tracks = vec![Track::new(Program::PIANO), Track::drums()];
    score.tracks[0].notes.push(note(60));
    score.tracks[1].notes.push(note(36));
    Tokenizer::fit(representation, [&score], 1).unwrap()
}

fn all_models() -> Vec<Model> {
    let pitches = (50..80).flat_map(Pitch::new).collect();
    let symbols = ["C4", "E4", "0.4.7", "11.2.5.7"].map(str::to_owned).to_vec();
    vec![
        model(Tokenizer::Notes(Notes::new(2))),
        model(Tokenizer::Pitches(Pitches::new(pitches))),
        model(Tokenizer::NotesChords(NotesChords::new(symbols))),
        model(Tokenizer::Performance(Performance)),
        model(fitted(Representation::NotesClock)),
        model(fitted(Representation::Frames)),
        model(fitted(Representation::PitchStepDuration)),
        model(fitted(Representation::Remi)),
        model(fitted(Representation::Tsd)),
        model(fitted(Representation::MidiLike)),
    ]
}

#[test]
fn a_piece_has_exactly_the_bars_asked_for() {
    for model in all_models() {
        for (seed, bars) in [1, 2, 5, 16].into_iter().enumerate() {
            let prompt = Prompt::silence(&model, band()).unwrap();
            let piece = compose(&model, &prompt, Length::Bars(bars), seed as u64).score;
            assert_eq!(piece.bars(), bars, "{}", model.tokenizer.representation());
            let clock = piece.ticks_per_quarter();
            assert!(piece.length() <= piece.meters.bar_onset(bars, clock), "a note rings on");
        }
    }
}

#[test]
fn a_piece_has_exactly_the_notes_asked_for() {
    for model in all_models() {
        let prompt = Prompt::silence(&model, band()).unwrap();
        if !model.tokenizer.has_notes() {
            let mut sampler = Sampler::new(DARING, 1).unwrap();
            let watch = &mut |_| ControlFlow::Continue(());
            let error = generate(&model, &mut sampler, &prompt, Length::Notes(9), watch);
            assert!(matches!(error, Err(GenerateError::NoNotes { .. })), "{error:?}");
            continue;
        }
        for notes in [1, 2, 100] {
            let piece = compose(&model, &prompt, Length::Notes(notes), 3);
            assert_eq!(piece.drawn, notes);
            let symbols_are_notes = !matches!(model.tokenizer, Tokenizer::NotesChords(_));
            assert!(!symbols_are_notes || piece.score.note_count() == notes);
        }
    }
}

// Whoever always takes the likeliest stays where a model is caught: all pitches were struck at one
// place, then a player named who had none left.
#[test]
fn the_likeliest_alone_leads_to_no_dead_end() {
    for model in all_models() {
        for setting in [band(), Setting::solo(Program::PIANO, Meter::COMMON, 120.0)] {
            let prompt = Prompt::silence(&model, setting).unwrap();
            let mut sampler =
                Sampler::new(Sampling { temperature: 0.0, ..Sampling::default() }, 1).unwrap();
            let watch = &mut |_| ControlFlow::Continue(());
            let piece = generate(&model, &mut sampler, &prompt, Length::Bars(8), watch);
            let who = model.tokenizer.representation();
            assert_eq!(piece.map(|piece| piece.score.bars()), Ok(8), "{who}");
        }
    }
}

#[test]
fn more_or_fewer_notes_are_played_as_the_density_says() {
    let counts = |model: &Model, voices, density| -> usize {
        let mut prompt = Prompt::silence(model, band()).unwrap();
        prompt.limits.iter_mut().for_each(|limits| limits.voices = voices);
        let draw = |seed| {
            let how = Sampling { temperature: 1.0, density, ..DARING };
            let mut sampler = Sampler::new(how, seed).unwrap();
            let watch = &mut |_| ControlFlow::Continue(());
            generate(model, &mut sampler, &prompt, Length::Bars(8), watch).unwrap().drawn
        };
        (0..24).map(draw).sum()
    };
    for model in all_models().iter().filter(|model| model.tokenizer.has_waits()) {
        // Of one voice a note's length is what the next one waits for.
        for voices in [None, Some(1)] {
            let [fewer, as_is, more] =
                [-1.0, 0.0, 1.0].map(|density| counts(model, voices, density));
            let who = model.tokenizer.representation();
            assert!(fewer < as_is && as_is < more, "{who}: {fewer} {as_is} {more}");
        }
    }
}

#[test]
fn drummers_drum_and_nobody_strikes_a_key_twice_at_once() {
    let model = &all_models()[0];
    for seed in 0..10 {
        let prompt = Prompt::silence(model, band()).unwrap();
        let piece = compose(model, &prompt, Length::Notes(200), seed).score;
        assert_eq!(piece.tracks.len(), 2, "both play: drums in one, pitches in the other");
        for track in &piece.tracks {
            let mut struck: Vec<_> = track.notes.iter().map(|n| (n.pitch, n.onset)).collect();
            struck.sort_unstable();
            for pair in struck.windows(2) {
                assert_ne!(pair[0], pair[1]);
            }
        }
    }
}

#[test]
fn no_part_sounds_more_notes_at_once_than_it_has_voices() {
    let model = model(Tokenizer::Notes(Notes::new(2)));
    let mut setting = Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
    setting.parts.push(Part::default());
    let most_at_once = |voices: Option<u8>, seed| {
        let mut prompt = Prompt::silence(&model, setting.clone()).unwrap();
        prompt.limits[0].voices = voices;
        let score = compose(&model, &prompt, Length::Notes(200), seed).score;
        let notes = &score.tracks[0].notes;
        let sounding = |at| notes.iter().filter(|n| n.onset <= at && at < n.release()).count();
        notes.iter().map(|note| sounding(note.onset)).max().unwrap()
    };
    for seed in 0..5 {
        assert!(most_at_once(None, seed) > 3);
        for voices in [1, 2, 3] {
            assert_eq!(most_at_once(Some(voices), seed), usize::from(voices));
        }
    }
}

#[test]
fn a_part_keeps_to_its_range() {
    for (model, seed) in
        all_models().iter().take(2).flat_map(|model| (0..5).map(move |s| (model, s)))
    {
        let mut prompt = Prompt::silence(model, band()).unwrap();
        prompt.limits[0] = Limits { voices: Some(4), range: Some((60, 98)) };
        prompt.scale = Some(Scale::of(Key::new(2, Mode::Major).unwrap()));
        let score = compose(model, &prompt, Length::Notes(200), seed).score;
        let pitches = || score.tracks[0].notes.iter().map(|note| note.pitch);
        let beyond = pitches().filter(|pitch| !(60..=98).contains(&pitch.number())).count();
        assert!(pitches().count() > 50 && beyond == 0, "{beyond} of {}", pitches().count());
    }
}

#[test]
fn the_same_seed_gives_the_same_piece_and_another_seed_another() {
    let model = &all_models()[0];
    let prompt = Prompt::silence(model, band()).unwrap();
    let piece = |seed| compose(model, &prompt, Length::Bars(6), seed).events;
    assert_eq!(piece(1), piece(1));
    assert_ne!(piece(1), piece(2));
}

fn tune() -> Score {
    let mut track = Track::new(Program::new(73).unwrap());
    for (onset, pitch) in (0..12u32).zip([60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72]) {
        track.notes.push(Note {
            onset: Ticks(onset * 480),
            duration: Ticks(400),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::new(90).unwrap(),
        });
    }
    let mut score = Score::new(NonZero::new(480).unwrap());
    score.meters = MeterMap::new(Meter::new(3, 4).unwrap());
    score.tracks.push(track);
    score
}

#[test]
fn what_is_continued_stays_and_new_music_begins_at_the_next_bar() {
    let model = &all_models()[0];
    let prompt = Prompt::score(model, &tune()).unwrap();
    let generation = compose(model, &prompt, Length::Bars(5), 6);
    let kept = model.tokenizer.on_grid(&tune());
    let piece = &generation.score;
    assert_eq!(piece.bars(), kept.bars() + 5);
    assert_eq!(piece.tracks[0].program, Program::new(73).unwrap());
    let join = piece.meters.bar_onset(kept.bars(), piece.ticks_per_quarter());
    let before = piece.slice(Ticks::ZERO..join);
    assert_eq!(before.tracks, kept.tracks);
}

#[test]
fn stopped_in_the_middle_it_is_the_beginning_of_the_whole() {
    let model = &all_models()[0];
    let prompt = Prompt::silence(model, band()).unwrap();
    let whole = compose(model, &prompt, Length::Notes(40), 2);
    let mut left = 10;
    let mut watch = |_| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut sampler = Sampler::new(DARING, 2).unwrap();
    let part = generate(model, &mut sampler, &prompt, Length::Notes(40), &mut watch).unwrap();
    assert!(part.stopped);
    assert_eq!(part.drawn, 10);
    let first: Vec<&[u16]> = whole.events.rows().take(10).collect();
    assert_eq!(part.events.rows().collect::<Vec<_>>(), first);
}

#[test]
fn what_cannot_be_composed_is_refused() {
    let model = &all_models()[0];
    let prompt = Prompt::silence(model, band()).unwrap();
    let mut sampler = Sampler::new(DARING, 2).unwrap();
    let mut go_on = |_| ControlFlow::Continue(());
    let none = generate(model, &mut sampler, &prompt, Length::Bars(0), &mut go_on);
    assert_eq!(none.unwrap_err(), GenerateError::NoLength("bars"));

    let mut crowd = band();
    crowd.parts.push(crowd.parts[0].clone());
    assert!(matches!(
        Prompt::silence(model, crowd),
        Err(GenerateError::Parts { found: 3, most: 2 })
    ));
    let empty = Score::new(NonZero::new(480).unwrap());
    assert!(matches!(Prompt::score(model, &empty), Err(GenerateError::EmptyPrompt { .. })));
    let mut flute = tune();
    flute.tracks.iter_mut().for_each(|track| track.program = Program::new(73).unwrap());
    for model in all_models() {
        let knows_programs = matches!(model.tokenizer, Tokenizer::MidiTok(_));
        let read = Prompt::score(&model, &flute);
        assert_eq!(read.is_err(), knows_programs, "{}", model.tokenizer.representation());
    }

    // A note of sixteen bars that begins on the second beat: the longest shift ends a beat short.
    let mut ringing = tune();
    ringing.tracks[0].notes.truncate(1);
    ringing.tracks[0].notes[0].onset = Ticks(480);
    ringing.tracks[0].notes[0].duration = Ticks(480 * 64);
    let prompt = Prompt::score(model, &ringing).unwrap();
    let far = generate(model, &mut sampler, &prompt, Length::Bars(1), &mut go_on);
    assert_eq!(far.unwrap_err(), GenerateError::NothingAllowed { bar: 1 });
}

#[test]
fn seconds_are_the_whole_bars_that_come_nearest() {
    let model = &model(Tokenizer::Notes(Notes::new(1)));
    for (seconds, bars) in [(1, 1), (7, 4), (8, 4), (10, 5)] {
        // Common time at 120 quarters a minute: a bar is two seconds.
        let setting = Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
        let prompt = Prompt::silence(model, setting).unwrap();
        let piece = compose(model, &prompt, Length::Seconds(seconds), 4).score;
        assert_eq!(piece.bars(), bars, "{seconds} s");
    }
}

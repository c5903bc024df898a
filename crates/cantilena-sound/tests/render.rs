//! From a score to a piece of sound.

use std::num::NonZero;
use std::ops::ControlFlow;

use cantilena_audio::{Audio, BitDepth, decibels_of, integrated_loudness, true_peak, wav};
use cantilena_score::{
    Change, Control, Note, Pitch, Program, Score, Ticks, Track, Velocity, controller,
};
use cantilena_sound::{Level, RenderOptions, Renderer, SoundError, SoundFont, Synth, render};

/// Notes as onset and duration in sixteenths, pitch, velocity.
type Notes = [(u32, u32, u8, u8)];

/// A score at 120 bpm of tracks, each a program, or none for drums, and its notes.
fn score(tracks: &[(Option<u8>, &Notes)]) -> Score {
    let mut score = Score::new(NonZero::new(4).expect("not zero"));
    for (program, notes) in tracks {
        let mut track = match program {
            Some(program) => Track::new(Program::new(*program).expect("a program")),
            None => Track::drums(),
        };
        track.notes.extend(notes.iter().map(|&(onset, duration, pitch, velocity)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).expect("a pitch"),
            velocity: Velocity::new(velocity).expect("a velocity"),
        }));
        score.tracks.push(track);
    }
    score
}

/// Eight bars of a band.
fn band() -> Score {
    let melody: Vec<_> =
        (0..32).map(|n| (n * 4, 4, 60 + [0, 4, 7, 9][n as usize % 4], 90)).collect();
    let bass: Vec<_> = (0..16).map(|n| (n * 8, 8, [36, 43, 41, 43][n as usize % 4], 95)).collect();
    let beat: Vec<_> = (0..64).map(|n| (n * 2, 1, [36, 42, 38, 42][n as usize % 4], 100)).collect();
    score(&[(Some(0), &melody), (Some(33), &bass), (None, &beat)])
}

fn sound_of(score: &Score, options: &RenderOptions) -> Result<Audio, SoundError> {
    render(score, &SoundFont::built_in(), options, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn a_piece_is_as_loud_as_asked_and_its_peaks_stay_below_the_ceiling() {
    for target in [-16.0, -20.0] {
        let level = Level::Loudness(target);
        let audio =
            sound_of(&band(), &RenderOptions { level, ..RenderOptions::default() }).unwrap();
        let loudness = integrated_loudness(&audio).unwrap();
        // The limiter takes a little of what it limits.
        assert!((target - 0.7..target + 0.1).contains(&loudness), "{loudness} LUFS for {target}");
        let peak = decibels_of(true_peak(&audio));
        assert!(peak <= -1.0, "{peak} dBTP");
    }
}

#[test]
fn a_gain_that_is_far_too_high_is_limited() {
    let level = Level::Gain(40.0);
    let audio = sound_of(&band(), &RenderOptions { level, ..RenderOptions::default() }).unwrap();
    let peak = decibels_of(true_peak(&audio));
    assert!((-2.0..=-1.0).contains(&peak), "{peak} dBTP");
}

#[test]
fn one_click_is_not_blown_up_to_the_loudness_of_a_piece() {
    let click = score(&[(None, &[(0, 1, 37, 40)])]);
    let audio = sound_of(&click, &RenderOptions::default()).unwrap();
    assert!(decibels_of(true_peak(&audio)) <= -1.0);
    assert!(!audio.is_silent());
}

#[test]
fn the_same_score_gives_the_same_bytes() {
    let bytes = || {
        let audio = sound_of(&band(), &RenderOptions::default()).unwrap();
        wav::encode(&audio, BitDepth::Sixteen).unwrap()
    };
    assert!(bytes() == bytes());
}

#[test]
fn notes_sound_where_the_tempo_map_has_them() {
    // Wood blocks at seconds 0, 1 and, after the tempo doubles, 1.5.
    let mut score = score(&[(None, &[(0, 1, 76, 120), (8, 1, 76, 120), (16, 1, 76, 120)])]);
    score.tempo.insert_bpm(Ticks(8), 240.0);
    let audio = sound_of(&score, &RenderOptions::default()).unwrap();
    let left = &audio.channels()[0];
    for seconds in [0.0, 1.0, 1.5] {
        let at = (seconds * 44_100.0) as usize;
        let level = |from: usize| {
            left[from..from + 130].iter().fold(0f32, |most, sample| most.max(sample.abs()))
        };
        let (before, after) = (if at > 0 { level(at - 130) } else { 0.0 }, level(at));
        assert!(after > 0.02 && after > 5.0 * before, "{seconds} s: {before}, then {after}");
    }
}

#[test]
fn a_piece_ends_when_it_has_died_away() {
    let audio =
        sound_of(&score(&[(Some(0), &[(0, 4, 60, 100)])]), &RenderOptions::default()).unwrap();
    assert!((0.8..4.0).contains(&audio.seconds()), "{} s", audio.seconds());
    let last = audio.channels()[0].last().unwrap();
    assert!(last.abs() < 0.001);
}

#[test]
fn a_pedal_that_is_never_lifted_does_not_ring_for_ever() {
    let mut score = score(&[(Some(16), &[(0, 4, 60, 100)])]);
    let change = Change::Controller { number: controller::SUSTAIN, value: 127 };
    score.tracks[0].controls.push(Control { onset: Ticks::ZERO, change });
    let audio = sound_of(&score, &RenderOptions::default()).unwrap();
    assert!((3.0..6.0).contains(&audio.seconds()), "{} s", audio.seconds());
}

#[test]
fn no_notes_make_no_sound() {
    let nothing = sound_of(&score(&[]), &RenderOptions::default()).unwrap();
    assert_eq!((nothing.frames(), nothing.channels().len()), (0, 2));
    let rest = sound_of(&score(&[(Some(0), &[])]), &RenderOptions::default()).unwrap();
    assert_eq!(rest.frames(), 0);
}

#[test]
fn a_score_beyond_the_limit_is_refused_before_it_is_played() {
    let long = score(&[(Some(0), &[(u32::MAX - 8, 8, 60, 100)])]);
    let refused = sound_of(&long, &RenderOptions::default()).unwrap_err();
    assert!(matches!(refused, SoundError::TooLong { limit: 1_800.0, .. }), "{refused}");
    let options = RenderOptions { seconds_max: f64::NAN, ..RenderOptions::default() };
    assert!(matches!(sound_of(&band(), &options), Err(SoundError::TooLong { .. })));
}

#[test]
fn rendering_tells_how_far_it_is_and_stops_when_asked() {
    let mut told = Vec::new();
    let stopped = render(&band(), &SoundFont::built_in(), &RenderOptions::default(), &mut |now| {
        told.push(now.seconds);
        assert_eq!(now.of_seconds, 16.0);
        if told.len() < 5 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(stopped, Err(SoundError::Stopped));
    assert_eq!(told.len(), 5);
    assert!(told.is_sorted_by(|a, b| a < b));
}

#[test]
fn blocks_make_up_the_whole_piece() {
    let options = RenderOptions { level: Level::Gain(0.0), ..RenderOptions::default() };
    let whole = sound_of(&band(), &options).unwrap();
    let mut renderer = Renderer::new(&band(), &SoundFont::built_in(), &options).unwrap();
    let mut left = Vec::new();
    while let Some([block, _]) = renderer.next_block().unwrap() {
        assert_eq!(block.len(), Renderer::BLOCK);
        left.extend(block);
    }
    assert_eq!(renderer.next_block(), Ok(None));
    // Nothing of it comes near the ceiling, so the limiter only passes it on.
    assert!(whole.channels()[0] == left);
}

#[test]
fn forty_tracks_are_rendered() {
    let notes: Vec<[(u32, u32, u8, u8); 1]> = (0..40).map(|n| [(n, 4, 40 + n as u8, 90)]).collect();
    let tracks: Vec<(Option<u8>, &Notes)> =
        notes.iter().zip(0u8..).map(|(notes, n)| (Some(n * 3), notes.as_slice())).collect();
    let audio = sound_of(&score(&tracks), &RenderOptions::default()).unwrap();
    assert_eq!(audio.sample_rate(), Synth::SAMPLE_RATE);
    assert!(audio.seconds() > 5.0);
}

//! Pictures as they were when last looked at.
//!
//! `CANTILENA_RENEW=1 cargo test -p cantilena-plot --test golden` writes them anew into
//! `tests/golden/` of the workspace; look at them in both themes before they are kept.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may")]

use std::fs;
use std::path::Path;

use cantilena_plot::{
    Axis, Best, Bins, Curve, Panel, Paper, PianoRoll, Picture, Series, curves, curves_on,
    histograms, histograms_on, piano_roll,
};
use cantilena_score::{Lyric, Score, Ticks};

/// Compares a picture with its file, line by line.
#[track_caller]
fn check(name: &str, picture: &Picture) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let path = folder.join(format!("plot-{name}.svg"));
    let drawn = picture.svg();
    if std::env::var_os("CANTILENA_RENEW").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, &drawn).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let mut differing = 0;
    for (number, pair) in drawn.lines().zip(kept.lines()).enumerate() {
        if pair.0 != pair.1 {
            differing += 1;
            eprintln!("line {}\n- {}\n+ {}", number + 1, pair.1, pair.0);
        }
    }
    assert_eq!(
        (differing, drawn.lines().count()),
        (0, kept.lines().count()),
        "plot-{name}.svg is drawn otherwise: lines that differ, and lines in all"
    );
}

fn chorale() -> Score {
    "= Evening\n\
     key: F major\n\
     meter: 3/4\n\
     pickup: 1/4\n\
     tempo: 72\n\
     tracks: soprano 52, bass 52\n\
     \n\
     chords:  F | Bb . C7 | Gm7/D | F |\n\
     soprano: mp c5/4 | d5/4 mf f5/8 d5 e5/4 | g5/2. | f5/2. |\n\
     bass:    mp f3/4 | bb2/2 c3/4 | d3/2. | f2/2. |\n"
        .parse()
        .unwrap()
}

fn song() -> Score {
    let mut score: Score = "= Round <& Round>\n\
         tracks: voice 53, kit drums\n\
         \n\
         voice: c4/4 d4 e4 c4 | c4 d4 e4 c4 |\n\
         kit:   p c2/8 f#2 f d2 f#2 c2 f#2 d2 f#2 | f c2/8 f#2 d2 f#2 c2 f#2 c#3/4 |\n"
        .parse()
        .unwrap();
    for (note, syllable) in
        ["Are ", "you ", "sleep-", "ing, ", "Bro-", "ther ", "John?"].iter().enumerate()
    {
        let onset = Ticks(24 * note as u32);
        score.tracks[0].lyrics.push(Lyric { onset, text: (*syllable).to_owned() });
    }
    score
}

fn learning() -> [Curve; 3] {
    let halving = |floor: f64| (0..9).map(move |i| (f64::from(i), floor + 2.0 / f64::from(1 << i)));
    let mut rising: Vec<(f64, f64)> = halving(1.75).collect();
    rising[7].1 = 1.9;
    rising[8].1 = 2.05;
    [
        Curve::new("training", halving(1.25).collect()),
        Curve::new("validation", rising).marking(Best::Lowest),
        Curve::new("Markov, order 3", vec![(0.0, 2.125), (8.0, 2.125)]),
    ]
}

fn panels() -> [Panel; 3] {
    let series = |name: &str, shares: &[f64]| Series { name: name.into(), shares: shares.into() };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let panel = |name: &str, labels, piece: &[f64], corpus: &[f64]| Panel {
        name: name.into(),
        remark: "overlap 0.75".into(),
        axis: name.to_lowercase(),
        bins: Bins::Ordered,
        labels,
        series: vec![series("this piece", piece), series("corpus", corpus)],
    };
    [
        panel(
            "Velocity",
            names(&["pp", "p", "mp", "mf", "f"]),
            &[0.0, 0.25, 0.5, 0.25],
            &[0.0, 0.0, 0.5, 0.25, 0.25],
        ),
        panel(
            "Duration",
            names(&["eighth", "quarter", "half"]),
            &[0.5, 0.375, 0.125],
            &[0.25, 0.5, 0.25],
        ),
        panel("Polyphony", names(&["1", "2"]), &[], &[]),
    ]
}

/// Instruments, whose names are too long to stand beside each other.
fn instruments() -> Panel {
    let names = ["Acoustic Grand Piano", "Electric Bass (finger)", "Kit", "Flute"];
    let series = |name: &str, shares: &[f64]| Series { name: name.into(), shares: shares.into() };
    Panel {
        name: "Instruments".into(),
        remark: String::new(),
        axis: "share of pieces".into(),
        bins: Bins::Named,
        labels: names.map(str::to_owned).into(),
        series: vec![
            series("this piece", &[1.0, 0.5, 0.25, 0.0]),
            series("corpus", &[0.5, 0.125, 0.25, 0.75]),
        ],
    }
}

#[test]
fn a_chorale_with_a_pickup_and_chord_symbols() {
    check("chorale", &piano_roll(&chorale(), &PianoRoll::default()));
}

#[test]
fn a_song_with_words_and_drums_on_a_phone() {
    let options = PianoRoll { paper: Paper::PHONE, ..PianoRoll::default() };
    check("song-phone", &piano_roll(&song(), &options));
}

#[test]
fn a_score_without_notes() {
    let score: Score = "r/1 |".parse().unwrap();
    check("empty", &piano_roll(&score, &PianoRoll::default()));
}

#[test]
fn learning_curves_on_a_page_and_on_a_phone() {
    let (epochs, nats) = (Axis::new("epochs"), Axis::new("nats a note"));
    check("curves", &curves("Learning", &epochs, &nats, &learning()));
    let nats = Axis::logarithmic("nats a note");
    check("curves-phone", &curves_on(Paper::PHONE, "Learning", &epochs, &nats, &learning()));
}

#[test]
fn histograms_on_a_page_and_on_a_phone() {
    check("histograms", &histograms("The piece beside the corpus", &panels()));
    check("names", &histograms("What plays", &[instruments()]));
    let title = "The piece beside the corpus";
    check("histograms-phone", &histograms_on(Paper::PHONE, title, &panels()));
}

//! What holds of every picture, whatever is drawn.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_plot::{
    Axis, Best, Bins, Curve, Panel, Paper, PianoRoll, Picture, PlotError, Series, Theme, curves_on,
    histograms_on, piano_roll,
};
use cantilena_score::{
    Chord, ChordSymbol, Lyric, Meter, Note, Pitch, Program, Score, Ticks, Track, Velocity,
};
use tiny_skia::{Pixmap, PremultipliedColorU8};

fn note(onset: u32, duration: u32, pitch: u8, velocity: u8) -> Note {
    Note {
        onset: Ticks(onset),
        duration: Ticks(duration),
        pitch: Pitch::new(pitch).unwrap(),
        velocity: Velocity::new(velocity).unwrap(),
    }
}

/// A score of one piano track on a clock of 24.
fn score(notes: Vec<Note>) -> Score {
    let mut score = Score::new(NonZero::new(24).unwrap());
    score.tracks.push(Track { notes, ..Track::new(Program::PIANO) });
    score
}

/// Checks that a picture is XML with numbers for coordinates, that nothing is named by an id,
/// and that it draws; gives the texts in it.
#[track_caller]
fn check(picture: &Picture) -> Vec<String> {
    let svg = picture.svg();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let document = roxmltree::Document::parse(&svg).unwrap();
    let allowed = ["svg", "title", "desc", "style", "rect", "text", "path", "circle"];
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let name = element.tag_name().name();
        assert!(allowed.contains(&name), "a {name}");
        assert_eq!(element.attribute("id"), None);
    }
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(root.first_element_child().unwrap().tag_name().name(), "title");
    assert!(picture.png(Theme::Dark, 0.5).unwrap().starts_with(b"\x89PNG"));
    let texts = document.descendants().filter(|element| element.has_tag_name("text"));
    texts.filter_map(|text| text.text()).map(str::to_owned).collect()
}

#[test]
fn words_from_outside_stay_words() {
    let hostile = "</title><script>alert(1)</script>\"'&\u{0}\u{1b}[31m\u{fffe}";
    let mut score = score(vec![note(0, 24, 60, 64)]);
    score.title = hostile.to_owned();
    score.tracks[0].name = hostile.to_owned();
    score.tracks[0].lyrics.push(Lyric { onset: Ticks(0), text: hostile.to_owned() });
    score.tracks.push(Track { name: hostile.to_owned(), ..score.tracks[0].clone() });
    let texts = check(&piano_roll(&score, &PianoRoll::default()));
    assert!(texts.iter().any(|text| text.starts_with("</title><script>")), "{texts:?}");

    let curve = Curve::new(hostile, vec![(0.0, 1.0), (1.0, 2.0)]);
    check(&curves_on(Paper::PAGE, hostile, &Axis::new(hostile), &Axis::new(hostile), &[curve]));
    let panel = |bins| Panel {
        name: hostile.into(),
        remark: hostile.into(),
        axis: hostile.into(),
        bins,
        labels: vec![hostile.into()],
        series: vec![Series { name: hostile.into(), shares: vec![1.0] }],
    };
    check(&histograms_on(Paper::PHONE, hostile, &[panel(Bins::Ordered), panel(Bins::Named)]));
}

#[test]
fn numbers_that_are_none_leave_no_trace() {
    let wild = [0.0, f64::NAN, f64::INFINITY, -1e308, 1e308, 3.0];
    let points = wild.iter().flat_map(|x| wild.iter().map(|y| (*x, *y))).collect();
    let curves = [
        Curve::new("wild", points).marking(Best::Highest),
        Curve::new("none", vec![(f64::NAN, f64::NAN)]).marking(Best::Lowest),
        Curve::new("empty", Vec::new()).marking(Best::Lowest),
    ];
    for axis in [Axis::new("linear"), Axis::logarithmic("logarithmic")] {
        check(&curves_on(Paper::new(f64::NAN), "Wild", &axis, &axis, &curves));
        check(&curves_on(Paper::new(-5.0), "None", &axis, &axis, &[]));
    }
    let panel = |bins, shares: &[f64]| Panel {
        name: "wild".into(),
        remark: String::new(),
        axis: String::new(),
        bins,
        labels: (0..9).map(|bin| bin.to_string()).collect(),
        series: vec![Series { name: "wild".into(), shares: shares.to_vec() }],
    };
    for bins in [Bins::Ordered, Bins::Named] {
        check(&histograms_on(Paper::PAGE, "Wild", &[panel(bins, &wild)]));
        check(&histograms_on(Paper::PHONE, "Nothing", &[panel(bins, &[])]));
    }
}

#[test]
fn any_score_gives_a_picture_of_bounded_size() {
    let crowd = (0..15_000).map(|i| note(i / 40, 9_000_000, (i % 128) as u8, 1 + (i % 127) as u8));
    let mut crowded = score(crowd.collect());
    crowded.tracks[0].lyrics =
        (0..1_000).map(|onset| Lyric { onset: Ticks(onset), text: "la".repeat(40) }).collect();
    let chord: Chord = "Am7".parse().unwrap();
    crowded.chords = (0..1_000).map(|onset| ChordSymbol { onset: Ticks(onset), chord }).collect();
    let mut endless = score(vec![note(0, 1, 0, 1), note(u32::MAX - 1, u32::MAX, 127, 127)]);
    for (onset, numerator, denominator) in [(0, 1, 128), (7, 255, 1), (1_000_000, 3, 16)] {
        endless.meters.insert(Ticks(onset), Meter::new(numerator, denominator).unwrap());
    }
    let mut drums = score((0..128).map(|pitch| note(u32::from(pitch), 0, pitch, 64)).collect());
    drums.tracks[0].is_drums = true;
    let mut orchestra = score(vec![note(0, 24, 60, 64)]);
    orchestra.tracks = vec![orchestra.tracks[0].clone(); 200];
    for score in [crowded, endless, drums, orchestra] {
        for bars_per_row in [None, NonZero::new(1), NonZero::new(u32::MAX)] {
            for paper in [Paper::PHONE, Paper::PAGE] {
                let options = PianoRoll { paper, bars_per_row, ..PianoRoll::default() };
                let picture = piano_roll(&score, &options);
                check(&picture);
                assert!(picture.size().1 < 17_000.0, "{:?}", picture.size());
                assert!(picture.svg().len() < 8_000_000, "{}", picture.svg().len());
            }
        }
    }
}

#[test]
fn what_is_left_out_is_said() {
    let score = score((0..400).map(|beat| note(beat * 24, 24, 60, 64)).collect());
    let rows_max = NonZero::new(2).unwrap();
    let bars_per_row = NonZero::new(10);
    let picture = piano_roll(&score, &PianoRoll { bars_per_row, rows_max, ..PianoRoll::default() });
    let texts = check(&picture);
    assert!(texts.iter().any(|text| text.ends_with("Bars 21–100 are not shown.")), "{texts:?}");
    assert!(texts.contains(&"20".to_owned()) && !texts.contains(&"21".to_owned()), "{texts:?}");
}

#[test]
fn a_note_stands_where_it_sounds() {
    // One bar of four quarters, the second of them a note; C4 is the lowest pitch.
    let drawn = |notes: Vec<Note>| {
        let svg = piano_roll(&score(notes), &PianoRoll::default()).svg();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let paths = document.descendants().filter(|element| element.has_tag_name("path"));
        let of = |class: &str| -> Vec<f64> {
            let path = paths.clone().rfind(|path| path.attribute("class") == Some(class)).unwrap();
            let numbers = path.attribute("d").unwrap().split(|c: char| c.is_ascii_alphabetic());
            numbers.flat_map(|part| part.split(' ')).filter_map(|n| n.parse().ok()).collect()
        };
        // The bar lines' x, and the note's ends and height.
        (of("stroke-axis"), of("stroke-hue0"))
    };
    let (bars, note_place) = drawn(vec![note(24, 24, 60, 64), note(72, 24, 60, 64)]);
    let bar_line = |bar: usize| bars[bar * 3];
    let width = bar_line(1) - bar_line(0);
    let thickness = 8.2;
    let begin = note_place[0] - thickness / 2.0;
    let end = note_place[2] + thickness / 2.0;
    assert!((begin - bar_line(0) - width / 4.0).abs() < 0.02, "{begin} {bars:?}");
    assert!((end - bar_line(0) - width / 2.0 + 0.8).abs() < 0.02, "{end} {bars:?}");

    let (_, low) = drawn(vec![note(0, 24, 60, 64)]);
    let (_, both) = drawn(vec![note(0, 24, 60, 64), note(0, 24, 63, 64)]);
    assert!((both[1] - both[4] - 3.0 * 9.0).abs() < 0.02, "three semitones: {both:?}");
    assert_eq!(low[0], both[0]);
}

/// The pixels of a picture at one for each point.
fn pixels(picture: &Picture, theme: Theme) -> Pixmap {
    Pixmap::decode_png(&picture.png(theme, 1.0).unwrap()).unwrap()
}

/// How far a pixel is from another, all channels together.
fn distance(one: PremultipliedColorU8, other: PremultipliedColorU8) -> u32 {
    let parts =
        [(one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue())];
    parts.map(|(a, b)| u32::from(a.abs_diff(b))).iter().sum()
}

#[test]
fn words_are_there_in_pixels_in_both_themes() {
    let mut score = score(vec![note(0, 24, 60, 64)]);
    score.title = "Wärme ♯ Жук 月".to_owned();
    let picture = piano_roll(&score, &PianoRoll::default());
    for theme in [Theme::Light, Theme::Dark] {
        let pixels = pixels(&picture, theme);
        let paper = pixels.pixel(2, 2).unwrap();
        // The title's line: from the left margin, 20 points high, base line at 40.
        let inked = |x: u32| (22..46).any(|y| distance(pixels.pixel(x, y).unwrap(), paper) > 300);
        let columns: Vec<u32> = (0..400).filter(|&x| inked(x)).collect();
        assert!(columns.len() > 80, "{theme:?}: {columns:?}");
        assert_eq!(columns[0] / 4, 6, "at the margin");
        let last = columns[columns.len() - 1];
        assert!((170..200).contains(&last), "the letter that the font lacks has its box: {last}");
    }
}

#[test]
fn dark_is_dark_and_light_is_light() {
    let picture = piano_roll(&score(Vec::new()), &PianoRoll::default());
    assert!(pixels(&picture, Theme::Dark).pixel(0, 0).unwrap().red() < 40);
    assert!(pixels(&picture, Theme::Light).pixel(0, 0).unwrap().red() > 240);
}

#[test]
fn the_same_picture_gives_the_same_bytes_and_grows_with_its_scale() {
    let picture = piano_roll(&score(vec![note(0, 24, 60, 64)]), &PianoRoll::default());
    let png = picture.png(Theme::Light, 2.0).unwrap();
    assert_eq!(png, picture.png(Theme::Light, 2.0).unwrap());
    let (width, height) = picture.size();
    let size = Pixmap::decode_png(&png).map(|pixels| (pixels.width(), pixels.height())).unwrap();
    assert_eq!(size, ((2.0 * width).ceil() as u32, (2.0 * height).ceil() as u32));
}

#[test]
fn no_pixels_and_too_many_are_refused() {
    let picture = piano_roll(&score(Vec::new()), &PianoRoll::default());
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY, 40.0] {
        let refused = picture.png(Theme::Light, scale).unwrap_err();
        assert!(matches!(refused, PlotError::Size { .. }), "{scale}: {refused}");
    }
}

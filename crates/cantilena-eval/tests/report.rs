//! A report from the outside: what is in it, and what is drawn of it.

#![expect(clippy::unwrap_used, reason = "a test may")]

use cantilena_eval::{Distributions, Means, Originality, Report};
use cantilena_score::Score;

fn song() -> Score {
    "= Song\n\n\
     mf c4/4 d4 e4 f4 | g4/2 e4/4. d4/8 |\n\
     p  c4/4 d4 e4 f4 | g4/2 c4/2 |\n"
        .parse()
        .unwrap()
}

#[test]
fn a_piece_beside_itself_has_everything_in_common() {
    let song = song();
    let corpus = Originality::new([("itself", &song)]);
    let report = Report::of(&song, &Distributions::of([&song]), Some(&corpus));
    assert_eq!(report.comparisons.len(), 7);
    let names: Vec<&str> = report.comparisons.keys().copied().collect();
    let json = serde_json::to_value(&report.piece).unwrap();
    let fields: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, fields, "one name for a histogram, wherever it stands");
    for (name, comparison) in &report.comparisons {
        assert!((comparison.overlap - 1.0).abs() < 1e-12, "{name}: {comparison:?}");
        assert!(comparison.divergence.abs() < 1e-12, "{name}: {comparison:?}");
        assert!(comparison.jensen_shannon.abs() < 1e-12, "{name}: {comparison:?}");
    }
    let shared = report.originality.unwrap();
    assert_eq!((shared.longest_run, shared.share_in_runs_of_8), (song.note_count(), 1.0));
}

#[test]
fn a_piece_beside_what_it_is_not_has_little_in_common() {
    let other: Score = "ff c6+e6/8 g6 f#6 d#6 c6+e6 g6 f#6 d#6 |".parse().unwrap();
    let report = Report::of(&song(), &Distributions::of([&other]), None);
    for name in ["pitch", "velocity", "duration"] {
        assert!(report.comparisons[name].overlap < 0.2, "{name}");
        assert!(report.comparisons[name].divergence > 0.05, "{name}");
        assert!(report.comparisons[name].jensen_shannon > 0.3, "{name}");
    }
    assert_eq!(report.originality, None);
}

#[test]
fn a_report_is_written_with_every_measure_by_name() {
    let song = song();
    let mut report = Report::of(&song, &Distributions::of([&song]), None);
    report.corpus_means = Some(Means::of([&song]));
    let json = serde_json::to_value(&report).unwrap();
    let at = |path: &str| json.pointer(path).and_then(serde_json::Value::as_f64);
    assert_eq!(at("/comparisons/pitch/overlap"), Some(1.0));
    assert_eq!(at("/repetition/loop_times"), Some(0.0));
    assert_eq!(at("/structure/bars_heard_before"), Some(0.25));
    assert_eq!(at("/consistency/scale"), Some(1.0));
    assert_eq!(at("/consistency/empty_bars"), Some(0.0));
    assert_eq!(at("/corpus_means/bars_heard_before"), Some(0.25));
    assert_eq!(at("/piece/velocity/counts/4"), Some(7.0));
    assert!(json["originality"].is_null());
}

#[test]
fn the_picture_names_what_it_compares() {
    let song = song();
    let svg = Report::of(&song, &Distributions::of([&song]), None).distributions_picture().svg();
    for words in ["Pitch", "Onset interval", "Duration", "Velocity", "100 % in common"] {
        assert!(svg.contains(words), "{words}");
    }
    assert!(svg.contains(">C4<") && svg.contains(">mf<") && svg.contains(">1/4<"));
    assert!(!svg.contains(">C#4<"), "the axis names the Cs");
}

//! The songbook held to what a songbook is: playable, various, in tune, and no piece twice.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;

use cantilena_score::{Note, Score, Ticks, Track, notation};

/// The books as they are built into the program.
const BOOKS: [&str; 3] = [
    include_str!("../../../songbook/traditional.txt"),
    include_str!("../../../songbook/studies.txt"),
    include_str!("../../../songbook/voices.txt"),
];

/// The text of every piece.
fn texts() -> impl Iterator<Item = &'static str> {
    BOOKS.iter().flat_map(|book| notation::pieces(book))
}

fn scores() -> Vec<Score> {
    let read = |text: &str| {
        let title = text.lines().next().unwrap().to_owned();
        text.parse::<Score>().unwrap_or_else(|error| panic!("{title}: {error}"))
    };
    texts().map(read).collect()
}

/// What stands behind a header, which every piece has.
fn header(text: &'static str, name: &str) -> &'static str {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).trim()
}

fn is_chorale(score: &Score) -> bool {
    let names = score.tracks.iter().map(|track| track.name.as_str());
    names.eq(["soprano", "alto", "tenor", "bass"])
}

/// The notes of the first track, the highest where several begin together.
fn melody(score: &Score) -> Vec<Note> {
    let notes = &score.tracks[0].notes;
    notes.chunk_by(|a, b| a.onset == b.onset).map(|chord| *chord.last().unwrap()).collect()
}

#[test]
fn there_is_enough_of_it_in_many_kinds() {
    let scores = scores();
    assert!(scores.len() >= 80, "{} pieces", scores.len());
    let notes: usize = scores.iter().map(Score::note_count).sum();
    assert!(notes >= 10_000, "{notes} notes");
    assert!(scores.iter().filter(|score| is_chorale(score)).count() >= 7);
    let in_voices = scores.iter().filter(|score| score.tracks.len() >= 3).count();
    assert!(in_voices >= 12, "{in_voices} pieces in three voices or more");

    let keys: BTreeSet<&str> = texts().map(|text| header(text, "key")).collect();
    let meters: BTreeSet<&str> = texts().map(|text| header(text, "meter")).collect();
    for mode in ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian"] {
        assert!(keys.iter().any(|key| key.ends_with(mode)), "nothing in {mode}");
    }
    assert!(keys.len() >= 18, "{keys:?}");
    for meter in ["2/4", "3/4", "4/4", "5/4", "2/2", "3/8", "6/8", "7/8", "9/8", "12/8"] {
        assert!(meters.contains(meter), "nothing in {meter}");
    }
}

#[test]
fn every_piece_is_headed_and_closed() {
    let mut titles = BTreeSet::new();
    for (text, score) in texts().zip(scores()) {
        let title = &score.title;
        assert!(!title.is_empty() && titles.insert(title.clone()), "a second {title}");
        for name in ["origin", "key", "meter", "tempo", "tracks"] {
            assert!(!header(text, name).is_empty(), "{title} has no {name}");
        }
        assert!((8..=64).contains(&score.bars()), "{title} has {} bars", score.bars());
        // After a pickup the last bar may be short of it, but no piece breaks off in mid-bar.
        assert!(text.trim_end().ends_with('|'), "the last bar of {title} is open");
        let clock = score.ticks_per_quarter();
        let last = score.meters.position(score.length() - Ticks(1), clock);
        let bar = last.meter.bar(clock);
        let silence = last.bar_onset + bar - score.length();
        assert!(silence.0 * 2 <= bar.0, "{title} ends {} ticks early", silence.0);
    }
}

#[test]
fn hands_and_voices_can_reach_every_note() {
    for score in scores() {
        for (index, track) in score.tracks.iter().enumerate() {
            let place = format!("{} of {}", track.name, score.title);
            let (low, high) = if index == 0 { (48, 88) } else { (28, 79) };
            let pitches = || track.notes.iter().map(|note| note.pitch.number());
            let (lowest, highest) = (pitches().min().unwrap(), pitches().max().unwrap());
            assert!(low <= lowest && highest <= high, "{place}: {lowest} to {highest}");
            for chord in track.notes.chunk_by(|a, b| a.onset == b.onset) {
                let span = chord.last().unwrap().pitch.number() - chord[0].pitch.number();
                assert!(span <= 16, "{place} spans {span} semitones");
                assert!(chord.len() <= 5, "{place} strikes {} notes at once", chord.len());
            }
        }
    }
}

#[test]
fn no_track_strikes_a_key_that_it_holds() {
    for score in scores() {
        for track in &score.tracks {
            for (at, held) in track.notes.iter().enumerate() {
                let mut struck = track.notes[at + 1..].iter();
                let again = struck.find(|n| n.onset < held.release() && n.pitch == held.pitch);
                assert!(again.is_none(), "{} of {}: {again:?}", track.name, score.title);
            }
        }
    }
}

#[test]
fn every_piece_is_accompanied_and_shaped() {
    for score in scores() {
        let title = &score.title;
        assert!(score.tracks.len() >= 2, "{title} is alone");
        assert!(score.chords.len() >= 3, "{title} has {} chords", score.chords.len());
        for track in &score.tracks[1..] {
            // The voices of a canon come late.
            let sounding: u32 = track.notes.iter().map(|note| note.duration.0).sum();
            assert!(sounding * 3 >= score.length().0, "{} of {title} rests", track.name);
        }
        let notes = &score.tracks[0].notes;
        let velocities: BTreeSet<u8> = notes.iter().map(|note| note.velocity.value()).collect();
        assert!(velocities.len() >= 5, "{title} is played with {velocities:?}");
    }
}

/// Where a bar begins, the melody has a note of the chord: in seven of ten bars.
#[test]
fn melodies_agree_with_their_chords() {
    for score in scores() {
        let (mut agree, mut counted) = (0, 0);
        for note in melody(&score) {
            let place = score.meters.position(note.onset, score.ticks_per_quarter());
            let after = score.chords.partition_point(|symbol| symbol.onset <= note.onset);
            if place.position == Ticks::ZERO && after > 0 {
                let chord = score.chords[after - 1].chord;
                agree += u32::from(chord.classes().any(|class| class == note.pitch.class()));
                counted += 1;
            }
        }
        assert!(agree * 10 >= counted * 7, "{}: {agree} of {counted}", score.title);
    }
}

/// Where a chord begins, the lowest part has a note of it: in nine of ten.
#[test]
fn the_lowest_part_plays_the_chords() {
    for score in scores() {
        let lowest = score.tracks.last().unwrap();
        let (mut agree, mut counted) = (0, 0);
        for symbol in &score.chords {
            let begun = lowest.notes.iter().filter(|note| note.onset == symbol.onset);
            if let Some(bass) = begun.min_by_key(|note| note.pitch) {
                agree += u32::from(symbol.chord.classes().any(|class| class == bass.pitch.class()));
                counted += 1;
            }
        }
        assert!(counted >= 3 && agree * 10 >= counted * 9, "{}: {agree} of {counted}", score.title);
    }
}

#[test]
fn every_piece_ends_on_its_tonic() {
    for score in scores() {
        let title = &score.title;
        let tonic = score.keys[0].key.tonic();
        assert_eq!(score.chords.last().unwrap().chord.root, tonic, "{title}");
        let lowest = &score.tracks.last().unwrap().notes;
        let end = lowest.iter().map(Note::release).max();
        let last = lowest.iter().filter(|note| Some(note.release()) == end);
        let bass = last.map(|note| note.pitch).min().unwrap();
        assert_eq!(bass.class(), tonic, "the last bass of {title} is {bass}");
    }
}

/// Semitones and ticks to the next note of the melody: the same in every transposition.
fn steps(score: &Score) -> Vec<(i32, u32)> {
    let step = |pair: &[Note]| (interval(pair[1], pair[0]), (pair[1].onset - pair[0].onset).0);
    melody(score).windows(2).map(step).collect()
}

#[test]
fn no_piece_stands_in_it_twice_in_any_key() {
    let scores = scores();
    // Runs of eight notes are seven steps.
    let runs = |score: &Score| -> BTreeSet<Vec<(i32, u32)>> {
        steps(score).windows(7).map(<[_]>::to_vec).collect()
    };
    let runs: Vec<_> = scores.iter().map(runs).collect();
    for (at, ours) in runs.iter().enumerate() {
        for (other, theirs) in runs.iter().enumerate().skip(at + 1) {
            let shared = ours.intersection(theirs).count();
            let fewest = ours.len().min(theirs.len());
            let titles = (&scores[at].title, &scores[other].title);
            assert!(shared * 2 < fewest, "{titles:?} share {shared} of {fewest} runs of notes");
        }
    }
}

#[test]
fn every_piece_is_spelled_and_read_back() {
    for score in scores() {
        let text = notation::spell(&score).unwrap_or_else(|why| panic!("{}: {why}", score.title));
        assert_eq!(text.parse::<Score>().as_ref(), Ok(&score), "{text}");
    }
}

/// How these tunes begin, as scale degrees that everyone knows by heart.
#[test]
fn well_known_tunes_begin_as_they_are_sung() {
    let scale = [0, 2, 4, 5, 7, 9, 11];
    for (title, degrees) in [
        ("Ode to Joy", "3 3 4 5 5 4 3 2 1 1 2 3 3 2 2"),
        ("Ah! vous dirai-je, Maman", "1 1 5 5 6 6 5 4 4 3 3 2 2 1"),
        ("Frère Jacques", "1 2 3 1 1 2 3 1 3 4 5 3 4 5"),
        ("Au clair de la lune", "1 1 1 2 3 2 1 3 2 2 1"),
        ("Silent Night", "5 6 5 3 5 6 5 3 2 2 7 1 1 5"),
        ("Joy to the World", "1 7 6 5 4 3 2 1 5 6 6 7 7 1"),
        ("Jingle Bells", "5 3 2 1 5 5 5 5 3 2 1 6"),
        ("Amazing Grace", "5 1 3 1 3 2 1 6 5"),
        ("Old Hundredth", "1 1 7 6 5 1 2 3 3 3 3 2 1 4 3 2"),
        ("Largo", "3 5 5 3 2 1 2 3 5 3 2"),
        ("Minuet in G", "5 1 2 3 4 5 1 1 6 4 5 6 7 1 1 1"),
        ("Canon in D", "3 2 1 7 6 5 6 7 1 7 6 5 4 3 4 2"),
    ] {
        let score = scores().into_iter().find(|score| score.title == title).expect(title);
        let tonic = score.keys[0].key.tonic();
        let degree = |note: &Note| {
            let above = (note.pitch.class() + 12 - tonic) % 12;
            let place = scale.iter().position(|&semitones| semitones == above);
            (place.expect("a note of the scale") + 1).to_string()
        };
        let count = degrees.split(' ').count();
        let begin: Vec<String> = melody(&score).iter().take(count).map(degree).collect();
        assert_eq!(begin.join(" "), degrees, "{title}");
    }
}

/// Where the four voices stand at each tick at which one of them moves.
fn positions(score: &Score) -> Vec<[Note; 4]> {
    let notes = score.tracks.iter().flat_map(|track| &track.notes);
    let onsets: BTreeSet<Ticks> = notes.map(|note| note.onset).collect();
    let at = |track: &Track, tick: Ticks| {
        let mut notes = track.notes.iter();
        *notes.find(|note| note.onset <= tick && tick < note.release()).unwrap()
    };
    let stand = |tick| std::array::from_fn(|voice| at(&score.tracks[voice], tick));
    onsets.into_iter().map(stand).collect()
}

/// Semitones from the second note up to the first.
fn interval(high: Note, low: Note) -> i32 {
    i32::from(high.pitch.number()) - i32::from(low.pitch.number())
}

#[test]
fn chorales_have_no_parallel_fifths_or_octaves() {
    for score in scores().iter().filter(|score| is_chorale(score)) {
        for pair in positions(score).windows(2) {
            let moves = |voice: usize| pair[0][voice].pitch != pair[1][voice].pitch;
            for (upper, lower) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
                let [before, after] =
                    [0, 1].map(|at| interval(pair[at][upper], pair[at][lower]).rem_euclid(12));
                let is_parallel = moves(upper) && moves(lower) && before == after;
                let tick = pair[1].iter().map(|note| note.onset.0).max();
                assert!(
                    !(is_parallel && [0, 7].contains(&after)),
                    "voices {upper} and {lower} of {} at tick {tick:?}",
                    score.title
                );
            }
        }
    }
}

#[test]
fn voices_of_a_chorale_keep_their_order_and_their_distance() {
    for score in scores().iter().filter(|score| is_chorale(score)) {
        for voices in positions(score) {
            let spans: [i32; 3] = std::array::from_fn(|i| interval(voices[i], voices[i + 1]));
            let told = format!("{}: {:?}", score.title, voices.map(|note| note.pitch.to_string()));
            assert!(spans.iter().all(|&span| span >= 0), "voices cross in {told}");
            assert!(spans[0] <= 12 && spans[1] <= 12, "upper voices part in {told}");
        }
        for track in &score.tracks {
            for pair in track.notes.windows(2) {
                let leap = interval(pair[1], pair[0]).abs();
                assert!(leap <= 12, "{} of {} leaps {leap}", track.name, score.title);
            }
        }
    }
}

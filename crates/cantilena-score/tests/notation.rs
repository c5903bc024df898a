//! The notation from the outside: text on the left, music on the right.

#![expect(clippy::unwrap_used, reason = "a test may")]

use cantilena_score::{Score, Ticks, notation};

/// The notes of every track as `onset:pitch:duration:velocity`, tracks between bars.
fn told(score: &Score) -> String {
    let tracks = score.tracks.iter().map(|track| {
        let notes = track.notes.iter().map(|note| {
            let (onset, duration) = (note.onset.0, note.duration.0);
            format!("{onset}:{}:{duration}:{}", note.pitch, note.velocity.value())
        });
        notes.collect::<Vec<_>>().join(" ")
    });
    tracks.collect::<Vec<_>>().join(" | ")
}

#[track_caller]
fn check(text: &str, notes: &str) {
    let score: Score = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(told(&score), notes);
}

/// Every error is a place and a sentence; `error` is how it is told.
#[track_caller]
fn refuse(text: &str, error: &str) {
    assert_eq!(text.parse::<Score>().unwrap_err().to_string(), error);
}

#[test]
fn notes_follow_one_another_and_chords_begin_together() {
    check("c4+e4/2 g4/4 r | c5/1 |", "0:C4:48:64 0:E4:48:64 48:G4:24:64 96:C5:96:64");
}

#[test]
fn a_value_holds_until_the_next_one_or_the_end_of_the_line() {
    check(
        "c4 d4/8 e4 f4/4\nr/4 | g4",
        "0:C4:24:64 24:D4:12:64 36:E4:12:64 48:F4:24:64 96:G4:24:64",
    );
}

#[test]
fn triplets_and_dots_fill_a_bar() {
    check(
        "c4/8t d4 e4 f4/4. g4/8 a4/4 |",
        "0:C4:8:64 8:D4:8:64 16:E4:8:64 24:F4:36:64 60:G4:12:64 72:A4:24:64",
    );
}

#[test]
fn a_key_alters_no_note() {
    check("key: A major\nf4 f#4 fb4 f##4 |", "0:F4:24:64 24:F#4:24:64 48:E4:24:64 72:G4:24:64");
}

#[test]
fn a_tie_goes_across_the_bar_line() {
    check("r/2. c4/4~ | c4/4 r/2. |", "72:C4:48:64");
}

#[test]
fn some_notes_of_a_chord_may_go_on_while_another_begins() {
    check("c4/1~ | c4+e4/2 r |", "0:C4:144:64 96:E4:48:64");
}

#[test]
fn ties_keep_to_their_voice() {
    check("c4/1 & e4/1~ | c4/1 & e4/1 |", "0:C4:96:64 0:E4:192:64 96:C4:96:64");
}

#[test]
fn staccato_halves_and_an_accent_is_one_dynamic_step() {
    check("c4' d4! e4@9 r", "0:C4:12:64 24:D4:24:80 48:E4:24:9");
}

#[test]
fn a_swell_is_spread_over_the_notes_under_it() {
    check(
        "p < c4 d4 e4 f4 | f g4/1 |",
        "0:C4:24:48 24:D4:24:60 48:E4:24:72 72:F4:24:84 96:G4:96:96",
    );
}

#[test]
fn a_swell_may_lead_to_the_end() {
    check("f > c4/1 | p", "0:C4:96:96");
}

#[test]
fn tracks_follow_the_dynamics_of_the_first_unless_they_have_their_own() {
    check(
        "tracks: a 0, b 0 -10, c 0\na: f c4/1 |\nb: c3/1 |\nc: pp c2/1 |",
        "0:C4:96:96 | 0:C3:96:86 | 0:C2:96:32",
    );
}

#[test]
fn the_pulse_adds_to_the_beats() {
    check(
        "meter: 3/4\npickup: 1/4\npulse: 8 0 2\nc4/8 d4 | e4 r f4/4 g4 |",
        "0:C4:12:66 12:D4:12:64 24:E4:12:72 48:F4:24:64 72:G4:24:66",
    );
}

#[test]
fn a_blank_line_ends_a_system_and_who_is_silent_in_it_rests() {
    check(
        "tracks: a 0, b 0\n\na: c4/1 |\n\nb: c3/1 |\n\na: c4/1 |\nb: c3/1 |",
        "0:C4:96:64 192:C4:96:64 | 96:C3:96:64 192:C3:96:64",
    );
}

#[test]
fn a_form_plays_sections_in_its_order() {
    check("form: A B A\n[A]\nc4/1 |\n[B]\nd4/1 |", "0:C4:96:64 96:D4:96:64 192:C4:96:64");
}

#[test]
fn headers_say_what_stands_above_the_staff() {
    let score: Score = "= Morning\n# words\norigin: Study\nkey: D dorian\nmeter: 6/8\n\
                        tempo: 4. = 60\ntracks: tune 73, kit drums\n\
                        tune: c4/4. c4 |\nkit: c2/4. c2 |\nmeter: 2/4\ntempo: 100\n\
                        kit: c2/2 |\n"
        .parse()
        .unwrap();
    assert_eq!(score.title, "Morning");
    assert_eq!(score.texts[0].text, "Study");
    assert_eq!(score.keys[0].key.to_string(), "D minor");
    let meters = score.meters.changes().iter().map(|c| (c.onset.0, c.meter.to_string()));
    assert_eq!(meters.collect::<Vec<_>>(), [(0, "6/8".to_owned()), (72, "2/4".to_owned())]);
    let tempi = score.tempo.changes().iter().map(|c| (c.onset.0, c.bpm().round()));
    assert_eq!(tempi.collect::<Vec<_>>(), [(0, 90.0), (72, 100.0)]);
    let names = score.tracks.iter().map(|t| (t.name.as_str(), t.instrument_name()));
    assert_eq!(names.collect::<Vec<_>>(), [("tune", "Flute"), ("kit", "Drums")]);
}

#[test]
fn a_pickup_is_a_short_first_bar() {
    let score: Score = "meter: 3/4\npickup: 1/4\nc4 | d4 e4 f4 | g4/2. |".parse().unwrap();
    let position = |tick| {
        let at = score.meters.position(Ticks(tick), notation::TICKS_PER_QUARTER);
        (at.bar, at.position.0)
    };
    assert_eq!(position(0), (0, 0));
    assert_eq!(position(24), (1, 0));
    assert_eq!(position(96), (2, 0));
}

#[test]
fn chord_symbols_share_their_bar() {
    let score: Score = "chords: C | F . . G7 | . Am |".parse().unwrap();
    let chords = score.chords.iter().map(|c| format!("{}:{}", c.onset.0, c.chord));
    assert_eq!(chords.collect::<Vec<_>>().join(" "), "0:C 96:F 168:G7 240:Am");
}

#[test]
fn pieces_of_a_book_begin_with_their_titles() {
    let book = "# a preface\n= One\nc4 |\n\n= Two\nd4\n";
    let pieces: Vec<&str> = notation::pieces(book).collect();
    assert_eq!(pieces, ["= One\nc4 |\n\n", "= Two\nd4\n"]);
    assert_eq!(notation::pieces("no title\n").count(), 0);
}

#[test]
fn an_error_says_what_was_found_where_and_what_would_do() {
    refuse(
        "c4 d4\ne4 h4 |",
        "line 2, column 4, bar 1: 'h4' is no note; c4, f#3, bb5, the rest r and chords as c4+e4 are",
    );
    refuse(
        "c4/1 | c4/2. |",
        "line 1, column 14, bar 2: the bar adds up to 3/4 of 1/1; 1/4 is missing before this",
    );
    refuse(
        "c4/1 | c4/2. d4/2 |",
        "line 1, column 14, bar 2: this ends 1/4 behind the bar line; shorten it, or cut it there \
         and tie it with ~",
    );
    refuse(
        "meter: 3/4\npickup: 1/4\nc4 | c4/4 d4 |",
        "line 3, column 14, bar 1: the bar adds up to 1/2 of 3/4; 1/4 is missing before this",
    );
    refuse(
        "c4/5",
        "line 1, column 1, bar 1: '/5' is no value; /1 /2 /4 /8 /16 /32, dotted as /4. and \
         triplets as /8t are",
    );
    refuse(
        "c4/1~ | d4/1 |",
        "line 1, column 9, bar 2: the tie of C4 leads nowhere; the next note of its voice must be \
         the same pitch",
    );
    refuse(
        "tracks: melody 0\nmeldoy: c4",
        "line 2, column 1: no track is called 'meldoy'; 'tracks:' names [\"melody\"]",
    );
    refuse(
        "tracks: a 0, b 0\na: c4/1 | c4/1 |\nb: c4/1 |\n\na: c4/1 |",
        "line 4, column 1: a system ends here in which a has 2 bars and b 1; all that play must \
         have as many",
    );
    refuse(
        "chords: C Dm Em F G |",
        "line 1, column 21, bar 1: 5 symbols cannot share a bar of 1/1 evenly; '.' holds a chord \
         for one share",
    );
    refuse(
        "chords: C | Cfoo |",
        "line 1, column 18, bar 2: 'Cfoo' is no chord symbol; C, Am, G7, Fmaj7, Bm7b5 and C/E are",
    );
    refuse(
        "p < c4/1 |",
        "line 1, column 3: '<' at velocity 48 leads nowhere; the next mark must be a louder one, \
         such as p, mf, f or @72",
    );
}

#[test]
fn what_stands_in_the_wrong_place_is_refused() {
    for text in [
        "c4/1 |\norigin: Study",
        "c4/1 |\npickup: 1/4",
        "pickup: 1/4\nmeter: 3/4",
        "= One\n= Two",
        "tracks: a 0\ntracks: b 0",
        "tracks: a 0\nc4",
        "melody: c4",
        "tracks: melody 0\nmelody: c4\n\nmelody: d4",
        "c4/1~ | & c4/1 |",
        "c4/2 & d4/1 |",
        "c4/1 & d4/1~ | c4/1 |",
        "c4/1~",
        "c4/2~ r/2 |",
        "| c4",
        "form: A\n[A]\nc4/1 |\n[B]\nd4/1 |",
        "form: A B\n[A]\nc4/1 |",
        "form: A\n[A]\nc4/1 |\n[A]\nd4/1 |",
        "chords: C |\nc4/1 | d4/1 |",
        "key: H major",
        "meter: 4/3",
        "tempo: slow",
        "pulse: 1 2 3",
    ] {
        assert!(text.parse::<Score>().is_err(), "{text:?}");
    }
}

#[test]
fn a_form_of_hostile_length_is_refused() {
    let text = format!("form:{}\n[A]\nc4/1 |", " A".repeat(65));
    assert!(text.parse::<Score>().is_err());
    let text = format!("form:{}\n[A]\nc4/1 |", " A".repeat(64));
    assert_eq!(text.parse::<Score>().unwrap().bars(), 64);
}

#[test]
fn nothing_is_an_empty_score() {
    for text in ["", "\n\n", "# only words"] {
        assert_eq!(text.parse(), Ok(Score::new(notation::TICKS_PER_QUARTER)));
    }
}

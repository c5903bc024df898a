//! Any bytes as the JSON of a tokenizer, followed by tokens: what it is, what it makes of a score,
//! and what score it makes of tokens that no score gave.
#![no_main]

use std::sync::LazyLock;

use cantilena_score::Score;
use cantilena_tokens::{END, Events, Tokenizer};
use libfuzzer_sys::fuzz_target;

/// Three players, the last a drummer.
static SCORE: LazyLock<Score> = LazyLock::new(|| {
    let music = "= Piece\nkey: A minor\nmeter: 6/8\ntempo: 90\ntracks: flute 73, piano 0, kit 0\n\n\
                 flute: e5/8 a5 c6 b5/4. | a5/2. |\n\
                 piano: a2+e3/4. e3/8 a3 c4 | a2/2. |\n\
                 kit: c2/8 f#2 d2 c2/4. | c2/4. d2 |\n";
    let mut score: Score = music.parse().expect("the notation of this target");
    score.tracks[2].is_drums = true;
    score
});

/// More of either tells nothing new and takes long.
const EVENTS_MAX: usize = 2000;

fuzz_target!(|bytes: &[u8]| {
    let mut json = serde_json::Deserializer::from_slice(bytes).into_iter::<Tokenizer>();
    let Some(Ok(tokenizer)) = json.next() else { return };
    let tokens = &bytes[json.byte_offset()..];

    // What was read is written and read as the same.
    let again = serde_json::to_vec(&tokenizer).expect("a tokenizer is JSON");
    assert_eq!(serde_json::from_slice::<Tokenizer>(&again).ok().as_ref(), Some(&tokenizer));

    let (events, setting) = tokenizer.encode(&SCORE);
    assert_eq!(tokenizer.check(&events), Ok(()));
    let decoded = tokenizer.decode(&setting, &events);
    let _ = tokenizer.spell(&events);
    let _ = tokenizer.encode(&decoded);

    // Tokens of which each has a meaning, and all together perhaps none.
    let fields = tokenizer.fields();
    let mut events = Events::new(fields.len());
    let numbers: Vec<u16> =
        tokens.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut composing = tokenizer.cursor(&setting);
    for row in numbers.chunks_exact(fields.len()).take(EVENTS_MAX) {
        let mut row: Vec<u16> = row
            .iter()
            .zip(&fields)
            .map(|(token, field)| (usize::from(*token) % field.size) as u16)
            .collect();
        events.push(&row);
        // The same tokens as a composer might draw them: only what is allowed.
        let drawn = (0..fields.len()).all(|field| {
            let token = row[field];
            if !fields[field].is_predicted() {
                composing.derive(field, &mut row);
                true
            } else if token > END && composing.allows(&tokenizer, field, &row, token) {
                let _ = composing.place(field, &row, token);
                true
            } else {
                false
            }
        });
        if drawn {
            let _ = composing.note(&tokenizer, &row);
            composing.push(&row);
        }
    }
    let _ = tokenizer.decode(&setting, &events);
});

//! The corpus that is always there: short pieces written out in our own notation.

use cantilena_score::{Score, notation};

use crate::conditions::Conditions;
use crate::corpus::Corpus;
use crate::piece::Piece;

/// The songbook's files; see `songbook/README.md`.
const FILES: [(&str, &str); 3] = [
    ("traditional.txt", include_str!("../../../songbook/traditional.txt")),
    ("studies.txt", include_str!("../../../songbook/studies.txt")),
    ("voices.txt", include_str!("../../../songbook/voices.txt")),
];

/// All pieces of the songbook.
pub fn corpus() -> Corpus {
    let mut pieces: Vec<Piece> =
        FILES.iter().flat_map(|(file, text)| self::pieces(file, text)).collect();
    pieces.sort_by(|a, b| a.name.cmp(&b.name));
    Corpus { pieces }
}

/// The pieces of one file.
fn pieces<'a>(file: &'a str, text: &'a str) -> impl Iterator<Item = Piece> + 'a {
    notation::pieces(text).map(move |text| {
        let score: Score = text.parse().unwrap_or_else(|why| panic!("the songbook is ours: {why}"));
        let name = format!("songbook/{file}/{}", score.title);
        let conditions = Conditions::of(&score);
        Piece { name, score, digest: *blake3::hash(text.as_bytes()).as_bytes(), conditions }
    })
}

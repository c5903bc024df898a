//! What MusicXML calls the qualities of chords.

use cantilena_score::Quality;

/// The kinds of chord that are a quality exactly.
const KINDS: [(Quality, &str); 15] = [
    (Quality::Major, "major"),
    (Quality::Minor, "minor"),
    (Quality::Diminished, "diminished"),
    (Quality::Augmented, "augmented"),
    (Quality::Suspended2, "suspended-second"),
    (Quality::Suspended4, "suspended-fourth"),
    (Quality::Dominant7, "dominant"),
    (Quality::Major7, "major-seventh"),
    (Quality::Minor7, "minor-seventh"),
    (Quality::HalfDiminished7, "half-diminished"),
    (Quality::Diminished7, "diminished-seventh"),
    (Quality::Major6, "major-sixth"),
    (Quality::Minor6, "minor-sixth"),
    (Quality::Dominant9, "dominant-ninth"),
    (Quality::Power, "power"),
];

/// The kinds that a score has no quality for, each with the nearest it has.
const NEAREST: [(&str, Quality); 10] = [
    ("augmented-seventh", Quality::Augmented),
    ("major-minor", Quality::Minor),
    ("major-ninth", Quality::Major7),
    ("minor-ninth", Quality::Minor7),
    ("dominant-11th", Quality::Dominant9),
    ("major-11th", Quality::Major7),
    ("minor-11th", Quality::Minor7),
    ("dominant-13th", Quality::Dominant9),
    ("major-13th", Quality::Major7),
    ("minor-13th", Quality::Minor7),
];

/// The kind that a quality is written as.
pub(super) fn kind(quality: Quality) -> &'static str {
    KINDS.iter().find(|row| row.0 == quality).map_or("other", |row| row.1)
}

/// The quality that a kind means, and whether it means just that.
pub(super) fn quality(kind: &str) -> Option<(Quality, bool)> {
    let exact = KINDS.iter().find(|row| row.1 == kind).map(|row| (row.0, true));
    let nearest = || NEAREST.iter().find(|row| row.0 == kind).map(|row| (row.1, false));
    exact.or_else(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quality_has_a_kind_that_means_it() {
        for (named, name) in KINDS {
            assert_eq!(kind(named), name);
            assert_eq!(quality(name), Some((named, true)));
        }
        assert_eq!(quality("dominant-13th"), Some((Quality::Dominant9, false)));
        assert_eq!(quality("Neapolitan"), None);
    }
}

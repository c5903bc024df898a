//! What is sound in a corpus, mended, as a folder of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cantilena_corpus::{Corpus, Duplicate, DuplicateKind, Facts, Oddity, Outcome, Sources};
use cantilena_formats::midi;

use super::{Cleaning, is_one_note};
use crate::error::StudioError;
use crate::new_folder::NewFolder;

/// Refuses a folder that is there: nothing of anybody's is written over.
pub(super) fn check(folder: &Path) -> Result<(), StudioError> {
    match folder.exists() {
        true => Err(StudioError::Request(format!(
            "{} exists, and --fix writes a new folder; name another, or remove it first",
            folder.display()
        ))),
        false => Ok(()),
    }
}

/// Writes every piece that is neither one note over and over nor the same notes as an earlier
/// one, as MIDI under its own name, with drums marked as drums.
///
/// The folder appears whole, or not at all.
pub(super) fn write(
    folder: &Path,
    sources: &Sources,
    outcomes: &[Outcome],
    corpus: &Corpus,
    facts: &[Facts],
    duplicates: &[Duplicate],
) -> Result<Cleaning, StudioError> {
    check(folder)?;
    let clean = NewFolder::new(folder)?;

    let same: BTreeSet<usize> = duplicates
        .iter()
        .filter(|twin| !matches!(twin.kind, DuplicateKind::Version { .. }))
        .map(|twin| twin.piece)
        .collect();
    let mut cleaning = Cleaning {
        folder: folder.to_owned(),
        written: 0,
        duplicates: 0,
        one_note: 0,
        drums: 0,
        unwritable: Vec::new(),
    };
    let mut taken = BTreeSet::new();
    // The file of each piece: a book of tunes is that of many.
    let files = outcomes
        .iter()
        .enumerate()
        .flat_map(|(file, outcome)| std::iter::repeat_n(file, outcome.pieces));
    for (index, (file, piece)) in files.zip(&corpus.pieces).enumerate() {
        if same.contains(&index) {
            cleaning.duplicates += 1;
            continue;
        }
        if is_one_note(&facts[index]) {
            cleaning.one_note += 1;
            continue;
        }
        let mut score = piece.score.clone();
        for oddity in &facts[index].oddities {
            if let Oddity::UnmarkedDrums { track, .. } = oddity {
                score.tracks[track - 1].is_drums = true;
                cleaning.drums += 1;
            }
        }
        match midi::write(&score) {
            Err(error) => cleaning.unwritable.push(format!("{}: {error}", piece.name)),
            Ok(writing) => {
                let number = piece.name.strip_prefix(&*outcomes[file].name).unwrap_or_default();
                let inside = format!("{}{number}", sources.name_inside(file));
                let name = free_name(&inside, &mut taken);
                clean.write(&name, &writing.bytes)?;
                cleaning.written += 1;
            }
        }
    }
    clean.keep()?;
    Ok(cleaning)
}

/// A relative path that leads nowhere but down, ends in `.mid`, and is not taken. A tune of a
/// book, `jigs.abc #7`, becomes `jigs-7.mid`.
fn free_name(inside: &str, taken: &mut BTreeSet<String>) -> PathBuf {
    let parts = inside.split(['/', '\\']).map(plain).filter(|part| !part.is_empty());
    let mut path: Vec<String> = parts.collect();
    let file = path.pop().unwrap_or_else(|| "piece".to_owned());
    let (file, number) = match file.rsplit_once(" #") {
        Some((book, number)) if number.bytes().all(|digit| digit.is_ascii_digit()) => {
            (book, format!("-{number}"))
        }
        _ => (file.as_str(), String::new()),
    };
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = format!("{stem}{number}");
    let folder: String = path.iter().map(|part| format!("{part}/")).collect();
    let mut name = format!("{folder}{stem}.mid");
    let mut number = 2;
    // Names that differ in case alone are one on some disks.
    while !taken.insert(name.to_lowercase()) {
        name = format!("{folder}{stem}-{number}.mid");
        number += 1;
    }
    PathBuf::from(name)
}

/// Part of a path with letters that every disk takes; nothing where it would lead up.
fn plain(part: &str) -> String {
    let allowed = |letter: char| match letter {
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        letter if letter.is_control() => '_',
        letter => letter,
    };
    let part: String = part.trim_matches([' ', '.']).chars().map(allowed).collect();
    let archive = part.len() > 4 && part.to_lowercase().ends_with(".zip");
    if archive { part[..part.len() - 4].to_owned() } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_down_and_are_taken_once() {
        let mut taken = BTreeSet::new();
        let mut name = |inside: &str| free_name(inside, &mut taken).display().to_string();
        assert_eq!(name("set.zip/Jazz/a.kar"), "set/Jazz/a.mid");
        assert_eq!(name("set.zip/Jazz/A.mid"), "set/Jazz/A-2.mid");
        assert_eq!(name("../../etc/passwd"), "etc/passwd.mid");
        assert_eq!(name("..\\c:\\x?.mid"), "c_/x_.mid");
        assert_eq!(name("..."), "piece.mid");
        assert_eq!(name("Jigs.abc #12"), "Jigs-12.mid");
        assert_eq!(name("jigs-12.abc"), "jigs-12-2.mid");
        assert_eq!(name("No. 3 in F #m.mid"), "No. 3 in F #m.mid");
    }
}

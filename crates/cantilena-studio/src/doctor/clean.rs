//! What is sound in a corpus, mended, as a folder of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cantilena_corpus::{
    Corpus, Duplicate, DuplicateKind, Facts, Oddity, Outcome, OutcomeKind, Sources,
};
use cantilena_formats::midi;

use super::{Cleaning, is_one_note};
use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;

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
/// The folder appears whole: it is filled under another name beside it, and renamed.
pub(super) fn write(
    folder: &Path,
    sources: &Sources,
    outcomes: &[Outcome],
    corpus: &Corpus,
    facts: &[Facts],
    duplicates: &[Duplicate],
) -> Result<Cleaning, StudioError> {
    check(folder)?;
    let cannot = |source| StudioError::Write { path: folder.to_owned(), source };
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent).map_err(cannot)?;
    let draft = tempfile::Builder::new()
        .prefix(".cantilena-")
        .suffix(".part")
        .tempdir_in(parent)
        .map_err(cannot)?;

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
    let read = |(_, outcome): &(usize, &Outcome)| !matches!(outcome.kind, OutcomeKind::Refused(_));
    let files = outcomes.iter().enumerate().filter(read).map(|(file, _)| file);
    for (index, file) in files.enumerate() {
        let piece = &corpus.pieces[index];
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
                let name = free_name(sources.name_inside(file), &mut taken);
                store::write(&draft.path().join(name), &writing.bytes, Overwrite::Refuse)?;
                cleaning.written += 1;
            }
        }
    }
    let draft = draft.keep();
    let renamed = open_to_all(&draft).and_then(|()| std::fs::rename(&draft, folder));
    if renamed.is_err() {
        // What is half there helps nobody; if it cannot be removed, its name says what it is.
        let _ = std::fs::remove_dir_all(&draft);
    }
    renamed.map_err(cannot)?;
    Ok(cleaning)
}

/// Lets everybody read the folder whom the umask of a new one lets.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // A temporary folder is private; one made plainly has what the umask leaves.
    let model = folder.join(".umask");
    std::fs::create_dir(&model)?;
    let mode = std::fs::metadata(&model)?.permissions().mode();
    std::fs::remove_dir(&model)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// A relative path that leads nowhere but down, ends in `.mid`, and is not taken.
fn free_name(inside: &str, taken: &mut BTreeSet<String>) -> PathBuf {
    let parts = inside.split(['/', '\\']).map(plain).filter(|part| !part.is_empty());
    let mut path: Vec<String> = parts.collect();
    let file = path.pop().unwrap_or_else(|| "piece".to_owned());
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
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
    }
}

//! Real books of tunes against the same tunes as another reader played them into MIDI, where the
//! music is at hand.

#![expect(clippy::unwrap_used, reason = "helpers of a test may")]
#![expect(clippy::print_stderr, reason = "it says what it found")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use cantilena_formats::{Limits, abc, midi};
use cantilena_score::Score;

/// The files of an archive by name; none where it is not there.
fn archive(name: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let root = std::env::var_os("CANTILENA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: there is no {} (set CANTILENA_DATA)", path.display());
        return None;
    };
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    Some(files)
}

/// Onset, duration and pitch of every note, by onset and pitch; times in 16ths of a quarter.
///
/// Notes of one tick are left out: so grace notes stand in the files of the other reader, and we
/// leave them out and say so.
fn notes(score: &Score) -> Vec<(u64, u64, u8)> {
    let clock = u64::from(score.ticks_per_quarter().get());
    let time = |ticks: u32| (u64::from(ticks) * 16 + clock / 2) / clock;
    let all = score.tracks.iter().flat_map(|track| &track.notes);
    let long = all.filter(|note| note.duration.0 > 1);
    let mut notes: Vec<_> =
        long.map(|n| (time(n.onset.0), time(n.duration.0), n.pitch.number())).collect();
    notes.sort_unstable();
    notes
}

#[test]
fn folk_tunes_sound_as_another_reader_plays_them() {
    let Some(books) = archive("folk/ryans_oneills_airds_abc.zip") else { return };
    let Some(played) = archive("folk/ryans_oneills_airds_midi_converted.zip") else { return };
    let (mut tunes, mut read, mut compared, mut equal, mut alike) = (0, 0, 0, 0, 0);
    for (name, bytes) in &books {
        let readings = abc::read_all(bytes, &Limits::default()).unwrap();
        let text = String::from_utf8_lossy(bytes);
        let numbers = text.lines().filter_map(|line| line.trim_start().strip_prefix("X:"));
        let numbers: Vec<&str> = numbers.map(str::trim).collect();
        assert_eq!(numbers.len(), readings.len(), "{name}");
        let stem = name.trim_end_matches(".abc").replace('/', "__");
        for (number, reading) in numbers.into_iter().zip(&readings) {
            tunes += 1;
            read += usize::from(reading.score.note_count() > 0);
            let number = number.split(['%', ' ']).next().unwrap().trim_start_matches('0');
            let [several, only] = [format!("{stem}__{number}.mid"), format!("{stem}.mid")];
            let Some(file) = played.get(&several).or_else(|| played.get(&only)) else { continue };
            let other = midi::read(file, &Limits::default()).unwrap();
            compared += 1;
            let (ours, theirs) = (notes(&reading.score), notes(&other.score));
            // The other reader leads a repeat without a beginning back to that of the tune, and
            // not of its section; it loses some broken rhythm, and some accidentals that hold to
            // the end of their bar. So its files say where we agree, not where we err; the
            // program that other ABC tools are measured by agrees far more (docs/abc.md).
            let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
            equal += usize::from(ours == theirs);
            alike += usize::from(ours == theirs || same * 2 >= ours.len());
        }
    }
    eprintln!("{tunes} tunes, {read} with notes; of {compared} compared, {equal} are equal");
    eprintln!("and {alike} are equal at least through their first half");
    assert!(read * 100 >= tunes * 99);
    assert!(equal * 100 >= compared * 50);
    assert!(alike * 100 >= compared * 80);
}

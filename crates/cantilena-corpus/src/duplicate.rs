//! Which pieces are the same music, in whatever key.

use std::collections::BTreeMap;

use cantilena_score::{Note, Score, TicksPerQuarter};
use serde::Serialize;

use crate::piece::Piece;

/// Notes in a shingle. Long enough that two tunes of one style do not share many by chance:
/// eight notes of a scale recur in any reel, sixteen hardly do.
const SHINGLE: usize = 16;

/// A note shorter than this share of a quarter note, a 128th, is an ornament: one format writes it
/// as no note of the tune, another as one of no length.
const ORNAMENT: u32 = 32;

/// The share of the smaller piece's shingles that must recur for two pieces to be the same.
/// Variants of one tune with another ending share about two thirds, tunes that quote each
/// other for a phrase a quarter.
const SAME: f64 = 0.4;

/// From this share on, what differs is no more than a note here and there.
const ALL: f64 = 0.95;

/// Shingles that stand in more pieces than this say little and would make pairs by the million.
const COMMON: usize = 48;

/// A piece that is the same music as an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Duplicate {
    /// Which piece, by its number in the corpus.
    pub piece: usize,
    /// The earlier piece it is nearest to.
    pub of: usize,
    /// How near.
    pub kind: DuplicateKind,
    /// Semitones that it stands above that piece; 0 where the music is drums.
    pub semitones: i32,
}

/// How near a duplicate is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum DuplicateKind {
    /// The very bytes.
    Bytes,
    /// The same notes, as near as sixteenths tell: in another file, format or key.
    Notes,
    /// A version: so much of the shorter piece stands in the other, 0.4 to 0.95.
    Version {
        /// The share in common.
        shared: f64,
    },
}

/// For each piece the number of its group: pieces of one group are the same music.
///
/// Two pieces are the same when they share much of their runs of sixteen notes, each taken as
/// intervals in pitch and in time (rounded to sixteenth notes), so transposition and small
/// timing differences do not hide them. Groups are closed: what is the same as the same is the
/// same. Numbers rise from 0 in the order of the pieces.
pub(crate) fn groups(pieces: &[Piece]) -> Vec<usize> {
    let mut leader: Vec<usize> = (0..pieces.len()).collect();
    for pair in pairs(pieces) {
        let (a, b) = (find(&mut leader, pair.first), find(&mut leader, pair.second));
        leader[a.max(b)] = a.min(b);
    }
    let mut numbers = BTreeMap::new();
    (0..pieces.len())
        .map(|piece| {
            let leader = find(&mut leader, piece);
            let next = numbers.len();
            *numbers.entry(leader).or_insert(next)
        })
        .collect()
}

/// Every piece that is the same music as an earlier one, in order, with the one it is nearest to.
pub fn duplicates(pieces: &[Piece]) -> Vec<Duplicate> {
    let mut nearest: BTreeMap<usize, Pair> = BTreeMap::new();
    for pair in pairs(pieces) {
        let known = nearest.entry(pair.second).or_insert(pair);
        if pair.shared > known.shared {
            *known = pair;
        }
    }
    let mut by_bytes: BTreeMap<&[u8; 32], usize> = BTreeMap::new();
    let mut duplicates = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let twin = *by_bytes.entry(&piece.digest).or_insert(index);
        let pair = nearest.get(&index);
        if twin != index {
            let kind = DuplicateKind::Bytes;
            duplicates.push(Duplicate { piece: index, of: twin, kind, semitones: 0 });
        } else if let Some(pair) = pair {
            let kind = match pair.shared >= ALL {
                true => DuplicateKind::Notes,
                false => DuplicateKind::Version { shared: (pair.shared * 1000.0).round() / 1000.0 },
            };
            let Pair { first, semitones, .. } = *pair;
            duplicates.push(Duplicate { piece: index, of: first, kind, semitones });
        }
    }
    duplicates
}

/// Two pieces that are the same music.
#[derive(Clone, Copy)]
struct Pair {
    first: usize,
    second: usize,
    /// The share of the smaller one's shingles that stand in the other.
    shared: f64,
    /// How far the second stands above the first, for most of what they share.
    semitones: i32,
}

/// What two pieces have in common, while it is counted.
#[derive(Default)]
struct Common {
    shingles: usize,
    /// The transposition with a majority, if one has it, and its votes (R. S. Boyer and J S.
    /// Moore, "MJRTY: a fast majority vote algorithm", 1991).
    semitones: i32,
    votes: usize,
}

/// All pairs that are the same music, by their numbers.
fn pairs(pieces: &[Piece]) -> Vec<Pair> {
    let mut shingled: Vec<(u64, u32, u8)> = Vec::new();
    let mut sizes = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let shingles = shingles(&piece.score);
        sizes.push(shingles.len());
        shingled.extend(shingles.into_iter().map(|(hash, pitch)| (hash, index as u32, pitch)));
    }
    shingled.sort_unstable();

    let mut shared = BTreeMap::<(u32, u32), Common>::new();
    for run in shingled.chunk_by(|a, b| a.0 == b.0).filter(|run| (2..=COMMON).contains(&run.len()))
    {
        for (place, (_, first, pitch)) in run.iter().enumerate() {
            for (_, second, other) in &run[place + 1..] {
                let common = shared.entry((*first, *second)).or_default();
                let semitones = i32::from(*other) - i32::from(*pitch);
                common.shingles += 1;
                if common.votes == 0 {
                    common.semitones = semitones;
                }
                match common.semitones == semitones {
                    true => common.votes += 1,
                    false => common.votes -= 1,
                }
            }
        }
    }
    let pair = |((first, second), common): ((u32, u32), Common)| {
        let (first, second) = (first as usize, second as usize);
        let shared = common.shingles as f64 / sizes[first].min(sizes[second]) as f64;
        let semitones = common.semitones;
        (shared >= SAME).then_some(Pair { first, second, shared, semitones })
    };
    shared.into_iter().filter_map(pair).collect()
}

/// The leader of a piece's group, shortening the way to it.
fn find(leader: &mut [usize], mut piece: usize) -> usize {
    while leader[piece] != piece {
        leader[piece] = leader[leader[piece]];
        piece = leader[piece];
    }
    piece
}

/// The distinct shingles of a score, sorted, each with its first pitch; of drums alone, whose
/// pitches are no pitches, with 0. A piece shorter than a shingle is one.
fn shingles(score: &Score) -> Vec<(u64, u8)> {
    let sixteenths: TicksPerQuarter = std::num::NonZero::new(4).expect("four is not zero");
    let clock = score.ticks_per_quarter();
    let place = |note: &Note| (note.onset.rescaled(clock, sixteenths).0, note.pitch.number());
    let pitched =
        score.tracks.iter().filter(|track| !track.is_drums).flat_map(|track| &track.notes);
    let is_sung = |note: &&Note| note.duration.0.saturating_mul(ORNAMENT) >= u32::from(clock.get());
    let mut notes: Vec<(u32, u8)> = Vec::with_capacity(score.note_count());
    notes.extend(pitched.clone().filter(is_sung).map(place));
    if notes.len() * 2 <= pitched.clone().count() {
        // What is mostly the shortest of notes is a clock read wrong, or staccato, and no ornament.
        notes.clear();
        notes.extend(pitched.map(place));
    }
    let is_drums = notes.is_empty();
    if is_drums {
        // Drums alone: their pitches are no pitches, but their rhythm and kit are the music.
        notes.extend(score.tracks.iter().flat_map(|track| &track.notes).map(place));
    }
    notes.sort_unstable();
    notes.dedup();
    let mut shingles: Vec<(u64, u8)> = notes
        .windows(SHINGLE.min(notes.len()).max(1))
        .map(|window| {
            let mut bytes = [0; (SHINGLE - 1) * 5];
            let mut length = 0;
            for pair in window.windows(2) {
                bytes[length..length + 4].copy_from_slice(&(pair[1].0 - pair[0].0).to_le_bytes());
                bytes[length + 4] = pair[1].1.wrapping_sub(pair[0].1);
                length += 5;
            }
            // Drums may not be transposed: which are struck is part of their shingle.
            let first = if is_drums { window[0].1 } else { 0 };
            let mut hasher = blake3::Hasher::new();
            hasher.update(&bytes[..length]).update(&[first]);
            let mut hash = [0; 8];
            hash.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            (u64::from_le_bytes(hash), if is_drums { 0 } else { window[0].1 })
        })
        .collect();
    shingles.sort_unstable();
    shingles.dedup_by_key(|(hash, _)| *hash);
    shingles
}

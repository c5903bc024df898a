//! Which pieces are the same music, in whatever key.

use std::collections::BTreeMap;

use cantilena_score::{Score, TicksPerQuarter};

use crate::piece::Piece;

/// Notes in a shingle. Long enough that two tunes of one style do not share many by chance:
/// eight notes of a scale recur in any reel, sixteen hardly do.
const SHINGLE: usize = 16;

/// The share of the smaller piece's shingles that must recur for two pieces to be the same.
/// Variants of one tune with another ending share about two thirds, tunes that quote each
/// other for a phrase a quarter.
const SAME: f64 = 0.4;

/// Shingles that stand in more pieces than this say little and would make pairs by the million.
const COMMON: usize = 48;

/// For each piece the number of its group: pieces of one group are the same music.
///
/// Two pieces are the same when they share much of their runs of sixteen notes, each taken as
/// intervals in pitch and in time (rounded to sixteenth notes), so transposition and small
/// timing differences do not hide them. Groups are closed: what is the same as the same is the
/// same. Numbers rise from 0 in the order of the pieces.
pub(crate) fn groups(pieces: &[Piece]) -> Vec<usize> {
    let mut shingled: Vec<(u64, u32)> = Vec::new();
    let mut sizes = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let shingles = shingles(&piece.score);
        sizes.push(shingles.len());
        shingled.extend(shingles.into_iter().map(|shingle| (shingle, index as u32)));
    }
    shingled.sort_unstable();

    let mut shared = BTreeMap::<(u32, u32), usize>::new();
    for run in shingled.chunk_by(|a, b| a.0 == b.0).filter(|run| (2..=COMMON).contains(&run.len()))
    {
        for (place, (_, first)) in run.iter().enumerate() {
            for (_, second) in &run[place + 1..] {
                *shared.entry((*first, *second)).or_default() += 1;
            }
        }
    }
    let mut leader: Vec<usize> = (0..pieces.len()).collect();
    for ((first, second), count) in shared {
        let (first, second) = (first as usize, second as usize);
        if count as f64 >= SAME * sizes[first].min(sizes[second]) as f64 {
            let (a, b) = (find(&mut leader, first), find(&mut leader, second));
            leader[a.max(b)] = a.min(b);
        }
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

/// The leader of a piece's group, shortening the way to it.
fn find(leader: &mut [usize], mut piece: usize) -> usize {
    while leader[piece] != piece {
        leader[piece] = leader[leader[piece]];
        piece = leader[piece];
    }
    piece
}

/// The distinct shingles of a score, sorted. A piece shorter than one is one shingle.
fn shingles(score: &Score) -> Vec<u64> {
    let sixteenths: TicksPerQuarter = std::num::NonZero::new(4).expect("four is not zero");
    let clock = score.ticks_per_quarter();
    let mut notes: Vec<(u32, u8)> = Vec::with_capacity(score.note_count());
    for track in score.tracks.iter().filter(|track| !track.is_drums) {
        notes.extend(
            track.notes.iter().map(|n| (n.onset.rescaled(clock, sixteenths).0, n.pitch.number())),
        );
    }
    if notes.is_empty() {
        // Drums alone: their pitches are no pitches, but their rhythm and kit are the music.
        notes.extend(
            score
                .tracks
                .iter()
                .flat_map(|track| &track.notes)
                .map(|note| (note.onset.rescaled(clock, sixteenths).0, note.pitch.number())),
        );
    }
    notes.sort_unstable();
    notes.dedup();
    let mut shingles: Vec<u64> = notes
        .windows(SHINGLE.min(notes.len()).max(1))
        .map(|window| {
            let mut hasher = blake3::Hasher::new();
            for pair in window.windows(2) {
                hasher.update(&(pair[1].0 - pair[0].0).to_le_bytes());
                hasher.update(&[pair[1].1.wrapping_sub(pair[0].1)]);
            }
            let mut first = [0; 8];
            first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            u64::from_le_bytes(first)
        })
        .collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

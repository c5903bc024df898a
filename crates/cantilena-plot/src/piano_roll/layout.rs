//! How many bars go in a row, how high a row is, and where a tick stands in it.

use cantilena_score::{Bars, Score, Ticks, TicksPerQuarter};

use super::part::Part;
use super::{MARGIN, PianoRoll};
use crate::drums::drum_name;
use crate::element::Style;
use crate::spelling;

/// Where everything in a row stands. All lengths in points; heights from the top of the row.
pub(super) struct Layout {
    pub(super) bar_map: Bars,
    pub(super) ticks_per_quarter: TicksPerQuarter,
    /// In the score; at least 1.
    pub(super) bars: u32,
    /// The number of the first: 0 where it is a pickup, shorter than the bar after it should be.
    pub(super) first_number: u32,
    /// Of those, how many are drawn.
    pub(super) bars_shown: u32,
    pub(super) bars_per_row: u32,
    /// The first and the last tick's place in the widest row.
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) points_per_tick: f64,
    /// The lowest and the highest pitch drawn, with a semitone to spare; `None` without pitches.
    pub(super) pitches: Option<(u8, u8)>,
    /// The height of a semitone.
    pub(super) semitone: f64,
    pub(super) roll_top: f64,
    pub(super) roll_bottom: f64,
}

/// The height of a drum's lane.
pub(super) const LANE: f64 = 11.0;

/// Syllables take turns on so many lines.
pub(super) const LYRIC_LINES: usize = 2;

/// From one row to the next.
pub(super) const GAP: f64 = 26.0;

/// The height of a line of chord symbols or lyrics.
pub(super) const LINE: f64 = 16.0;

/// How high the pitches of a row may be together, before semitones become as thin as they may.
const ROLL_HEIGHT: f64 = 190.0;

/// How wide a quarter must be for its notes to be told apart: a thirty-second is 3 points then.
const QUARTER_WIDTH: f64 = 26.0;

/// How wide a quarter may become for the sake of words.
const QUARTER_WIDTH_MAX: f64 = 90.0;

/// The most quarters in a row that are read as music rather than as an overview: eight bars of
/// four, as in lead sheets.
const QUARTERS_READABLE: f64 = 32.0;

/// The most bars in a row where the piece is long.
const BARS_OVERVIEW: u32 = 32;

/// The most bars in a row, whoever asks for them: more lines than points to draw them on.
const BARS_MAX: u32 = 256;

/// The highest picture.
const HEIGHT_MAX: f64 = 16_000.0;

/// The most notes in a picture: some two megabytes of SVG.
pub(super) const NOTES_MAX: usize = 60_000;

impl Layout {
    /// Lays out a score whose first row begins at `top`.
    pub(super) fn of(score: &Score, parts: &[Part], options: &PianoRoll, top: f64) -> Layout {
        let pitched = parts.iter().filter(|part| !part.is_drums);
        let notes = |part: &Part| {
            let tracks = part.tracks.iter().map(|&track| &score.tracks[track]);
            tracks
                .flat_map(|track| &track.notes)
                .map(|note| note.pitch.number())
                .collect::<Vec<_>>()
        };
        let numbers: Vec<u8> = pitched.flat_map(notes).collect();
        let mut drums: Vec<u8> =
            parts.iter().filter(|part| part.is_drums).flat_map(notes).collect();
        drums.sort_unstable_by(|a, b| b.cmp(a));
        drums.dedup();
        let pitches = match (numbers.iter().min(), numbers.iter().max()) {
            (Some(low), Some(high)) => Some(with_room(*low, *high)),
            // A score without notes still shows where they would stand.
            _ if drums.is_empty() => Some((59, 73)),
            _ => None,
        };
        let count = pitches.map_or(0, |(low, high)| high - low + 1);
        let semitone = (ROLL_HEIGHT / f64::from(count.max(1))).clamp(4.0, 9.0);

        let has_chords = !score.chords.is_empty();
        let has_lyrics = score.tracks.iter().any(|track| !track.lyrics.is_empty());
        let roll_top = if has_chords { 18.0 + LINE } else { 18.0 };
        let roll_bottom = roll_top + f64::from(count) * semitone;

        let names = drums.iter().map(|drum| Style::LABEL.width(&drum_name(*drum)));
        let gutter = names.fold(26.0, f64::max) + 8.0;
        let bar_map = Bars::new(&score.meters, score.ticks_per_quarter());
        let second = bar_map.position(bar_map.onset(1));
        let is_pickup = second.bar_onset < second.meter.bar(score.ticks_per_quarter());
        let mut layout = Layout {
            bar_map,
            first_number: if is_pickup { 0 } else { 1 },
            ticks_per_quarter: score.ticks_per_quarter(),
            bars: score.bars().max(1),
            bars_shown: 0,
            bars_per_row: 1,
            left: MARGIN + gutter,
            right: options.paper.width() - MARGIN,
            points_per_tick: 1.0,
            pitches,
            semitone,
            roll_top,
            roll_bottom,
        };
        let lyrics = if has_lyrics { LYRIC_LINES } else { 0 };
        let highest = layout.drums_top(lyrics) + drums.len() as f64 * LANE + GAP;
        layout.fill_rows(score, options, top, highest);
        layout
    }

    /// Where the lanes of drums begin in a row with so many lines of lyrics.
    pub(super) fn drums_top(&self, lyric_lines: usize) -> f64 {
        let gap = if self.pitches.is_some() { 8.0 } else { 0.0 };
        self.roll_bottom + lyric_lines as f64 * LINE + gap
    }

    /// Decides how many bars go in a row and how many rows, none higher than this, are drawn.
    fn fill_rows(&mut self, score: &Score, options: &PianoRoll, top: f64, row_height: f64) {
        let fitting = ((HEIGHT_MAX - top) / row_height).max(1.0) as u32;
        let rows_max = fitting.min(options.rows_max.get());
        self.bars_per_row = match options.bars_per_row {
            Some(bars) => bars.get().min(BARS_MAX),
            None => {
                let mut bars = self.readable_bars(score);
                while self.bars.div_ceil(bars) > rows_max && bars < BARS_OVERVIEW {
                    bars *= 2;
                }
                bars
            }
        };
        let rows = self.bars.div_ceil(self.bars_per_row).min(rows_max);
        let rows = rows.min(self.rows_of_notes(score, rows));
        self.bars_shown = rows.saturating_mul(self.bars_per_row).min(self.bars);
        let widest = (0..rows).map(|row| self.end(row).since(self.begin(row)).0).max();
        let ticks = f64::from(widest.unwrap_or(1).max(1));
        self.points_per_tick = (self.right - self.left) / ticks;
    }

    /// How many bars fit in a row so that notes, chord symbols and syllables keep apart.
    fn readable_bars(&self, score: &Score) -> u32 {
        let clock = score.ticks_per_quarter();
        let quarter = f64::from(clock.get());
        let chords = score.chords.iter().map(|symbol| {
            let words = spelling::chord(symbol.chord, symbol.onset, &score.keys);
            (symbol.onset, Style::BODY.width(&words) + 6.0)
        });
        let lyrics = score.tracks.iter().flat_map(|track| &track.lyrics).map(|lyric| {
            let width = Style::LABEL.width(lyric.text.trim()) + 4.0;
            (lyric.onset, width / LYRIC_LINES as f64)
        });
        let needed = crowding(chords, quarter).max(crowding(lyrics, quarter));
        let quarter_width = needed.clamp(QUARTER_WIDTH, QUARTER_WIDTH_MAX);
        let longest = score.meters.changes().iter().map(|change| change.meter.bar(clock).0).max();
        let bar = f64::from(longest.unwrap_or(1)) / quarter;
        let room = (self.right - self.left) / quarter_width;
        let fits = |bars: &u32| f64::from(*bars) * bar <= room.min(QUARTERS_READABLE);
        let readable = [32, 16, 8, 4, 2].into_iter().find(fits).unwrap_or(1);
        // A piece of a bar or two is not stretched over the page.
        readable.min(self.bars.max(readable / 2))
    }

    /// How many rows hold as many notes as a picture may have; at least one.
    fn rows_of_notes(&self, score: &Score, rows: u32) -> u32 {
        let mut notes = vec![0_usize; rows as usize];
        for note in score.tracks.iter().flat_map(|track| &track.notes) {
            let row = self.row_of(note.onset) as usize;
            if let Some(count) = notes.get_mut(row) {
                *count += 1;
            }
        }
        let mut sum = 0;
        let fits = |count: &&usize| {
            sum += **count;
            sum <= NOTES_MAX
        };
        (notes.iter().take_while(fits).count() as u32).max(1)
    }

    pub(super) fn rows(&self) -> u32 {
        self.bars_shown.div_ceil(self.bars_per_row)
    }

    /// The row in which a tick stands.
    pub(super) fn row_of(&self, tick: Ticks) -> u32 {
        self.bar_map.position(tick).bar / self.bars_per_row
    }

    /// The bars of a row, counted from 0.
    pub(super) fn bars_of(&self, row: u32) -> std::ops::Range<u32> {
        let first = row.saturating_mul(self.bars_per_row);
        first..first.saturating_add(self.bars_per_row).min(self.bars)
    }

    /// The first tick of a row.
    pub(super) fn begin(&self, row: u32) -> Ticks {
        self.bar_map.onset(self.bars_of(row).start)
    }

    /// The tick behind the last of a row.
    pub(super) fn end(&self, row: u32) -> Ticks {
        self.bar_map.onset(self.bars_of(row).end)
    }

    /// Where a tick stands in a row.
    pub(super) fn x(&self, row: u32, tick: Ticks) -> f64 {
        self.left + f64::from(tick.since(self.begin(row)).0) * self.points_per_tick
    }
}

/// A semitone to spare at both ends, and at least an octave in all.
fn with_room(low: u8, high: u8) -> (u8, u8) {
    let short = 12_u8.saturating_sub(high - low);
    let low = low.saturating_sub(1 + short / 2);
    let high = high.saturating_add(1 + short.div_ceil(2)).min(127);
    (low, high)
}

/// How wide a quarter must be so that nine in ten of these words do not touch the next.
fn crowding(words: impl Iterator<Item = (Ticks, f64)>, quarter: f64) -> f64 {
    let words: Vec<(Ticks, f64)> = words.collect();
    let mut needed: Vec<f64> = words
        .windows(2)
        .filter(|pair| pair[0].0 < pair[1].0)
        .map(|pair| pair[0].1 * quarter / f64::from(pair[1].0.since(pair[0].0).0))
        .collect();
    needed.sort_by(f64::total_cmp);
    needed.get(needed.len() * 9 / 10).or(needed.last()).copied().unwrap_or(0.0)
}

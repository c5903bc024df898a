//! A row of bars: its grid, its notes and its words.

use cantilena_score::{Note, Score, Ticks};

use super::MARGIN;
use super::layout::{GAP, LANE, LINE, LYRIC_LINES, Layout, NOTES_MAX};
use super::part::{Part, Pattern};
use super::shades::Shades;
use crate::drums::drum_name;
use crate::dynamic::Dynamic;
use crate::element::{Anchor, Look, Segment, Style};
use crate::picture::Picture;
use crate::spelling;
use crate::theme::Paint;
use crate::typeface::Weight;

/// A row and what stands in it.
pub(super) struct Row {
    index: u32,
    parts: Vec<Notes>,
    /// Note numbers of its drums, the top lane first.
    drums: Vec<u8>,
    /// Chord symbols, with their ticks.
    chords: Vec<(Ticks, String)>,
    /// Syllables, with their ticks.
    lyrics: Vec<(Ticks, String)>,
}

/// The notes of a part in a row.
struct Notes {
    paint: Paint,
    pattern: Pattern,
    is_drums: bool,
    /// By dynamic; a note from the row before begins with the row.
    notes: [Vec<Note>; Dynamic::ALL.len()],
}

/// Notes shorter than this, in points, are drawn so wide.
const WIDTH_MIN: f64 = 1.5;

impl Row {
    /// The rows of a layout with what stands in each.
    pub(super) fn all(score: &Score, parts: &[Part], layout: &Layout) -> Vec<Row> {
        let notes = |part: &Part| Notes {
            paint: part.paint(),
            pattern: part.pattern(),
            is_drums: part.is_drums,
            notes: Default::default(),
        };
        let row = |index| Row {
            index,
            parts: parts.iter().map(notes).collect(),
            drums: Vec::new(),
            chords: Vec::new(),
            lyrics: Vec::new(),
        };
        let mut rows: Vec<Row> = (0..layout.rows()).map(row).collect();
        let mut free = NOTES_MAX;
        for part in parts {
            for note in part.tracks.iter().flat_map(|&track| &score.tracks[track].notes) {
                let first = layout.row_of(note.onset);
                // A drum is a stroke: it does not ring on.
                let rings = note.duration.0.saturating_sub(1);
                let last =
                    if part.is_drums { first } else { layout.row_of(note.onset + Ticks(rings)) };
                for row in rows.iter_mut().take(last as usize + 1).skip(first as usize) {
                    if let Some(left) = free.checked_sub(1) {
                        free = left;
                        let dynamic = Dynamic::of(note.velocity) as usize;
                        row.parts[part.index].notes[dynamic].push(*note);
                    }
                }
            }
        }
        for row in &mut rows {
            let struck = row.parts.iter().filter(|part| part.is_drums).flat_map(|part| &part.notes);
            row.drums = struck.flatten().map(|note| note.pitch.number()).collect();
            row.drums.sort_unstable_by(|a, b| b.cmp(a));
            row.drums.dedup();
        }
        let mut place = |onset: Ticks, put: &mut dyn FnMut(&mut Row)| {
            if let Some(row) = rows.get_mut(layout.row_of(onset) as usize) {
                put(row);
            }
        };
        for symbol in &score.chords {
            let name = spelling::chord(symbol.chord, symbol.onset, &score.keys);
            place(symbol.onset, &mut |row| row.chords.push((symbol.onset, name.clone())));
        }
        for lyric in score.tracks.iter().flat_map(|track| &track.lyrics) {
            let syllable = lyric.text.trim().to_owned();
            place(lyric.onset, &mut |row| row.lyrics.push((lyric.onset, syllable.clone())));
        }
        rows
    }

    /// Its height and the gap behind it, in points.
    pub(super) fn height(&self, layout: &Layout) -> f64 {
        self.drums_bottom(layout) + GAP
    }

    fn drums_top(&self, layout: &Layout) -> f64 {
        layout.drums_top(if self.lyrics.is_empty() { 0 } else { LYRIC_LINES })
    }

    fn drums_bottom(&self, layout: &Layout) -> f64 {
        self.drums_top(layout) + self.drums.len() as f64 * LANE
    }

    /// Draws the row with its upper edge at `y`.
    pub(super) fn draw(&self, picture: &mut Picture, layout: &Layout, shades: Shades, y: f64) {
        self.draw_grid(picture, layout, y);
        for part in &self.parts {
            if part.is_drums {
                self.draw_drums(picture, layout, (part, shades), y);
            } else {
                self.draw_notes(picture, layout, (part, shades), y);
            }
        }
        let chord = Style { size: 12.0, weight: Weight::SemiBold, ..Style::BODY };
        self.draw_words(picture, layout, &self.chords, chord, &[y + layout.roll_top - 6.0]);
        let lines = [1.0, 2.0].map(|line| y + layout.roll_bottom + line * LINE - 2.0);
        let syllable = Style::LABEL.painted(Paint::Ink);
        self.draw_words(picture, layout, &self.lyrics, syllable, &lines);
    }

    fn draw_grid(&self, picture: &mut Picture, layout: &Layout, y: f64) {
        let (left, right) = (layout.left, layout.x(self.index, layout.end(self.index)));
        let (roll_top, roll_bottom) = (y + layout.roll_top, y + layout.roll_bottom);
        if let Some((low, high)) = layout.pitches {
            let top_of = |pitch: u8| roll_bottom - f64::from(pitch - low + 1) * layout.semitone;
            let is_black = |pitch: &u8| [1, 3, 6, 8, 10].contains(&(pitch % 12));
            let shades = (low..=high).filter(is_black);
            let shades = shades.map(|pitch| [left, top_of(pitch), right - left, layout.semitone]);
            picture.rectangles(shades, Look::filled(Paint::Shade));
            for pitch in (low..=high).filter(|pitch| pitch % 12 == 0) {
                let foot = top_of(pitch) + layout.semitone;
                picture.lines([[left, foot, right, foot]], Look::stroked(Paint::Rule, 1.0));
                let middle = foot - layout.semitone / 2.0;
                let style = Style::LABEL.anchored(Anchor::End);
                let octave = i32::from(pitch / 12) - 1;
                picture.words(left - 8.0, middle + 4.0, style, format!("C{octave}"));
            }
        }
        for (lane, drum) in self.drums.iter().enumerate() {
            let middle = y + self.drums_top(layout) + (lane as f64 + 0.5) * LANE;
            picture.lines([[left, middle, right, middle]], Look::stroked(Paint::Rule, 1.0));
            let style = Style { size: 10.0, ..Style::LABEL.anchored(Anchor::End) };
            picture.words(left - 8.0, middle + 3.5, style, drum_name(*drum));
        }
        let mut staves: Vec<[f64; 2]> = Vec::new();
        staves.extend(layout.pitches.map(|_| [roll_top, roll_bottom]));
        if !self.drums.is_empty() {
            staves.push([y + self.drums_top(layout), y + self.drums_bottom(layout)]);
        }
        let upright = |x: f64| staves.iter().map(move |[top, bottom]| [x, *top, x, *bottom]);
        let beats = self.beats(layout).into_iter().flat_map(upright);
        picture.lines(beats, Look::stroked(Paint::Rule, 0.8));
        let bars = layout.bars_of(self.index);
        let onsets =
            (bars.start..=bars.end).map(|bar| layout.x(self.index, layout.bar_map.onset(bar)));
        picture.lines(onsets.flat_map(upright), Look::stroked(Paint::Axis, 1.0));
        self.draw_bar_numbers(picture, layout, y + 11.0);
    }

    /// Where beats stand that do not begin a bar; none where they would crowd.
    fn beats(&self, layout: &Layout) -> Vec<f64> {
        let clock = layout.ticks_per_quarter;
        let mut beats = Vec::new();
        for bar in layout.bars_of(self.index) {
            let onset = layout.bar_map.onset(bar);
            let meter = layout.bar_map.position(onset).meter;
            // In 6/8, 9/8 and 12/8 three eighths are felt as one beat.
            let is_compound = meter.denominator() >= 8
                && meter.numerator().is_multiple_of(3)
                && meter.numerator() > 3;
            let beat = meter.beat(clock).0 * if is_compound { 3 } else { 1 };
            if f64::from(beat) * layout.points_per_tick < 7.0 {
                continue;
            }
            let end = layout.bar_map.onset(bar + 1);
            let places = (onset.0..end.0).step_by(beat as usize).skip(1);
            beats.extend(places.map(|tick| layout.x(self.index, Ticks(tick))));
        }
        beats
    }

    /// The number of each bar for which there is room, and the meter where it changes.
    fn draw_bar_numbers(&self, picture: &mut Picture, layout: &Layout, y: f64) {
        let mut free = 0.0;
        for bar in layout.bars_of(self.index) {
            let onset = layout.bar_map.onset(bar);
            let meter = layout.bar_map.position(onset).meter;
            let before = bar.checked_sub(1).map(|bar| layout.bar_map.onset(bar));
            let has_changed =
                before.is_some_and(|before| layout.bar_map.position(before).meter != meter);
            let number = (bar + layout.first_number).to_string();
            let words = if has_changed { format!("{number}  {meter}") } else { number };
            let x = layout.x(self.index, onset);
            if x >= free {
                free = x + Style::LABEL.width(&words) + 8.0;
                picture.words(x, y, Style::LABEL, words);
            }
        }
    }

    fn draw_notes(
        &self,
        picture: &mut Picture,
        layout: &Layout,
        (part, shades): (&Notes, Shades),
        y: f64,
    ) {
        let Some((low, _)) = layout.pitches else { return };
        let thickness = layout.semitone - 0.8;
        let roll_bottom = y + layout.roll_bottom;
        let (begin, end) = (layout.begin(self.index), layout.end(self.index));
        let mut all: Vec<[f64; 4]> = Vec::new();
        for (dynamic, notes) in Dynamic::ALL.into_iter().zip(&part.notes) {
            // Notes long enough have round ends; a short one would be a dot wider than itself.
            let (mut long, mut short) = (Vec::new(), Vec::new());
            for note in notes {
                let middle = f64::from(note.pitch.number() - low) + 0.5;
                let height = roll_bottom - middle * layout.semitone;
                let from = layout.x(self.index, note.onset.max(begin));
                let to = layout.x(self.index, note.release().min(end)) - 0.8;
                let width = (to - from).max(WIDTH_MIN);
                if width > thickness {
                    let cap = thickness / 2.0;
                    long.push([from + cap, height, from + width - cap, height]);
                } else {
                    short.push([from, height, from + width, height]);
                }
            }
            let look = Look::stroked(part.paint, thickness).opaque(shades.opacity(dynamic));
            all.extend(&long);
            picture.lines(long, look.round());
            picture.lines(short, look);
        }
        if let Some(overlay) = part.pattern.overlay(thickness) {
            picture.lines(all, overlay);
        }
    }

    fn draw_drums(
        &self,
        picture: &mut Picture,
        layout: &Layout,
        (part, shades): (&Notes, Shades),
        y: f64,
    ) {
        for (dynamic, notes) in Dynamic::ALL.into_iter().zip(&part.notes) {
            let strokes = notes.iter().filter_map(|note| {
                let lane = self.drums.iter().position(|drum| *drum == note.pitch.number())?;
                let middle = y + self.drums_top(layout) + (lane as f64 + 0.5) * LANE;
                Some(diamond(layout.x(self.index, note.onset), middle))
            });
            let look = Look::filled(part.paint).opaque(shades.opacity(dynamic));
            picture.path(strokes.flatten().collect(), look);
        }
    }

    /// Words at their ticks, each on the first of these lines where it has room; what has room
    /// on none is left out.
    fn draw_words(
        &self,
        picture: &mut Picture,
        layout: &Layout,
        words: &[(Ticks, String)],
        style: Style,
        lines: &[f64],
    ) {
        let mut free = vec![0.0; lines.len()];
        for (tick, words) in words {
            // The last of a row ends with the paper.
            let width = style.width(words);
            let x = layout.x(self.index, *tick).min(layout.right + MARGIN - width);
            if let Some(line) = free.iter().position(|free| *free <= x) {
                free[line] = x + width + 4.0;
                picture.words(x, lines[line], style, &**words);
            }
        }
    }
}

/// The stroke of a drum, about the place where it sounds.
pub(super) fn diamond(x: f64, y: f64) -> [Segment; 5] {
    let (wide, high) = (3.4, 4.4);
    [
        Segment::Move(x - wide, y),
        Segment::Line(x, y - high),
        Segment::Line(x + wide, y),
        Segment::Line(x, y + high),
        Segment::Close,
    ]
}

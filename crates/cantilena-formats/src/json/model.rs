//! The layout of the JSON of a score.

use std::borrow::Cow;
use std::num::NonZero;

use cantilena_score::{
    Change, ChordSymbol, Control, Key, KeyChange, Lyric, Meter, Mode, Note, Pitch, Program, Score,
    SystemExclusive, Text, TextKind, Ticks, Track, Velocity,
};
use serde::{Deserialize, Serialize};

use crate::json::KIND;

/// The version of the layout; a reader refuses a later one.
const VERSION: u32 = 1;

/// A piece. All times are ticks; a quarter has `ticks_per_quarter` of them.
#[derive(Serialize, Deserialize)]
pub(super) struct Piece<'a> {
    kind: Cow<'a, str>,
    version: u32,
    #[serde(default)]
    title: Cow<'a, str>,
    ticks_per_quarter: NonZero<u16>,
    #[serde(default)]
    tempi: Vec<TempoRow>,
    #[serde(default)]
    meters: Vec<MeterRow>,
    #[serde(default)]
    keys: Vec<KeyRow>,
    #[serde(default)]
    chords: Vec<ChordRow>,
    #[serde(default)]
    texts: Vec<TextRow<'a>>,
    #[serde(default)]
    system_exclusive: Vec<ExclusiveRow<'a>>,
    #[serde(default)]
    tracks: Vec<TrackRow<'a>>,
}

/// From `onset` on, a quarter lasts so many microseconds.
#[derive(Serialize, Deserialize)]
struct TempoRow {
    onset: u32,
    micros_per_quarter: NonZero<u32>,
}

#[derive(Serialize, Deserialize)]
struct MeterRow {
    onset: u32,
    numerator: u8,
    denominator: u16,
}

/// Sharps if `fifths` is positive, flats if it is negative.
#[derive(Serialize, Deserialize)]
struct KeyRow {
    onset: u32,
    fifths: i8,
    mode: ModeName,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ModeName {
    Major,
    Minor,
}

/// A chord by its symbol: `Am7/E`.
#[derive(Serialize, Deserialize)]
struct ChordRow {
    onset: u32,
    symbol: String,
}

#[derive(Serialize, Deserialize)]
struct TextRow<'a> {
    onset: u32,
    kind: TextName,
    text: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextName {
    Comment,
    Copyright,
    Marker,
    Cue,
}

#[derive(Serialize, Deserialize)]
struct ExclusiveRow<'a> {
    onset: u32,
    data: Cow<'a, [u8]>,
}

#[derive(Serialize, Deserialize)]
struct TrackRow<'a> {
    #[serde(default)]
    name: Cow<'a, str>,
    program: u8,
    #[serde(default)]
    is_drums: bool,
    #[serde(default)]
    lyrics: Vec<LyricRow<'a>>,
    #[serde(default)]
    controls: Vec<ControlRow>,
    notes: Vec<NoteRow>,
}

#[derive(Serialize, Deserialize)]
struct LyricRow<'a> {
    onset: u32,
    text: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct NoteRow {
    onset: u32,
    duration: u32,
    pitch: u8,
    velocity: u8,
}

#[derive(Serialize, Deserialize)]
struct ControlRow {
    onset: u32,
    #[serde(flatten)]
    change: ChangeRow,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
enum ChangeRow {
    Controller { number: u8, value: u8 },
    PitchBend { value: i16 },
    ChannelPressure { value: u8 },
    KeyPressure { pitch: u8, value: u8 },
}

impl<'a> Piece<'a> {
    pub(super) fn of(score: &'a Score) -> Piece<'a> {
        Piece {
            kind: KIND.into(),
            version: VERSION,
            title: score.title.as_str().into(),
            ticks_per_quarter: score.ticks_per_quarter(),
            tempi: score
                .tempo
                .changes()
                .iter()
                .map(|c| TempoRow { onset: c.onset.0, micros_per_quarter: c.micros_per_quarter })
                .collect(),
            meters: score
                .meters
                .changes()
                .iter()
                .map(|c| MeterRow {
                    onset: c.onset.0,
                    numerator: c.meter.numerator(),
                    denominator: c.meter.denominator(),
                })
                .collect(),
            keys: score
                .keys
                .iter()
                .map(|c| KeyRow {
                    onset: c.onset.0,
                    fifths: c.key.fifths(),
                    mode: match c.key.mode {
                        Mode::Major => ModeName::Major,
                        Mode::Minor => ModeName::Minor,
                    },
                })
                .collect(),
            chords: score
                .chords
                .iter()
                .map(|c| ChordRow { onset: c.onset.0, symbol: c.chord.to_string() })
                .collect(),
            texts: score
                .texts
                .iter()
                .map(|t| TextRow {
                    onset: t.onset.0,
                    kind: match t.kind {
                        TextKind::Comment => TextName::Comment,
                        TextKind::Copyright => TextName::Copyright,
                        TextKind::Marker => TextName::Marker,
                        TextKind::Cue => TextName::Cue,
                    },
                    text: t.text.as_str().into(),
                })
                .collect(),
            system_exclusive: score
                .system_exclusive
                .iter()
                .map(|m| ExclusiveRow { onset: m.onset.0, data: m.data.as_slice().into() })
                .collect(),
            tracks: score.tracks.iter().map(TrackRow::of).collect(),
        }
    }

    pub(super) fn tracks(&self) -> usize {
        self.tracks.len()
    }

    pub(super) fn notes(&self) -> usize {
        self.tracks.iter().map(|track| track.notes.len()).sum()
    }

    /// The score, or what no score can hold.
    pub(super) fn into_score(self) -> Result<Score, &'static str> {
        if self.kind != KIND {
            return Err("its kind is not \"cantilena score\"");
        }
        if self.version > VERSION {
            return Err("it was written by a later version, whose layout is not known here");
        }
        let mut score = Score::new(self.ticks_per_quarter);
        score.title = self.title.into_owned();
        for row in self.tempi {
            score.tempo.insert(Ticks(row.onset), row.micros_per_quarter);
        }
        for row in self.meters {
            let meter = Meter::new(row.numerator, row.denominator);
            score.meters.insert(Ticks(row.onset), meter.map_err(|_| "an impossible meter")?);
        }
        for row in self.keys {
            let mode = match row.mode {
                ModeName::Major => Mode::Major,
                ModeName::Minor => Mode::Minor,
            };
            let key = Key::new(row.fifths, mode).map_err(|_| "a key of more than 7 accidentals")?;
            score.keys.push(KeyChange { onset: Ticks(row.onset), key });
        }
        for row in self.chords {
            let chord = row.symbol.parse().map_err(|_| "an unknown chord symbol")?;
            score.chords.push(ChordSymbol { onset: Ticks(row.onset), chord });
        }
        for row in self.texts {
            let kind = match row.kind {
                TextName::Comment => TextKind::Comment,
                TextName::Copyright => TextKind::Copyright,
                TextName::Marker => TextKind::Marker,
                TextName::Cue => TextKind::Cue,
            };
            let (onset, text) = (Ticks(row.onset), row.text.into_owned());
            score.texts.push(Text { onset, kind, text });
        }
        for row in self.system_exclusive {
            let (onset, data) = (Ticks(row.onset), row.data.into_owned());
            score.system_exclusive.push(SystemExclusive { onset, data });
        }
        for row in self.tracks {
            score.tracks.push(row.into_track()?);
        }
        Ok(score)
    }

    /// The JSON with one row a line.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let layout = RowPerLine { depth: 0 };
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, layout);
        self.serialize(&mut serializer).expect("rows of numbers and text, written to memory");
        bytes.push(b'\n');
        bytes
    }
}

impl<'a> TrackRow<'a> {
    fn of(track: &'a Track) -> TrackRow<'a> {
        TrackRow {
            name: track.name.as_str().into(),
            program: track.program.number(),
            is_drums: track.is_drums,
            lyrics: track
                .lyrics
                .iter()
                .map(|l| LyricRow { onset: l.onset.0, text: l.text.as_str().into() })
                .collect(),
            controls: track
                .controls
                .iter()
                .map(|control| ControlRow {
                    onset: control.onset.0,
                    change: match control.change {
                        Change::Controller { number, value } => {
                            ChangeRow::Controller { number, value }
                        }
                        Change::PitchBend(value) => ChangeRow::PitchBend { value },
                        Change::ChannelPressure(value) => ChangeRow::ChannelPressure { value },
                        Change::KeyPressure { pitch, value } => {
                            ChangeRow::KeyPressure { pitch: pitch.number(), value }
                        }
                    },
                })
                .collect(),
            notes: track
                .notes
                .iter()
                .map(|note| NoteRow {
                    onset: note.onset.0,
                    duration: note.duration.0,
                    pitch: note.pitch.number(),
                    velocity: note.velocity.value(),
                })
                .collect(),
        }
    }

    fn into_track(self) -> Result<Track, &'static str> {
        let program = Program::new(self.program).map_err(|_| "a program above 127")?;
        let mut track = Track { program, is_drums: self.is_drums, ..Track::default() };
        track.name = self.name.into_owned();
        for row in self.lyrics {
            track.lyrics.push(Lyric { onset: Ticks(row.onset), text: row.text.into_owned() });
        }
        let pitch = |number| Pitch::new(number).map_err(|_| "a pitch above 127");
        for row in self.controls {
            let change = match row.change {
                ChangeRow::Controller { number, value } => Change::Controller { number, value },
                ChangeRow::PitchBend { value } => Change::PitchBend(value),
                ChangeRow::ChannelPressure { value } => Change::ChannelPressure(value),
                ChangeRow::KeyPressure { pitch: number, value } => {
                    Change::KeyPressure { pitch: pitch(number)?, value }
                }
            };
            track.controls.push(Control { onset: Ticks(row.onset), change });
        }
        for row in self.notes {
            track.notes.push(Note {
                onset: Ticks(row.onset),
                duration: Ticks(row.duration),
                pitch: pitch(row.pitch)?,
                velocity: Velocity::new(row.velocity)
                    .map_err(|_| "a velocity that is not 1 to 127")?,
            });
        }
        Ok(track)
    }
}

/// Puts every row of a table on a line of its own, and nothing else: the whole of a note is seen
/// at once, and tools that compare lines show which notes differ.
struct RowPerLine {
    /// How many arrays are open.
    depth: usize,
}

impl serde_json::ser::Formatter for RowPerLine {
    fn begin_array<W: std::io::Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: std::io::Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: std::io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"\n" } else { b",\n" })?;
        (0..self.depth).try_for_each(|_| writer.write_all(b" "))
    }
}

//! What can be the matter with a file, or with a score that is to be written.

use std::fmt;

/// One kind of fault, and what is done about it.
///
/// Each is one of two sorts: the bytes (or the score) break a rule, or they keep to the rules
/// and say something that the other side has no place for. [`Fault::breaks_a_rule`] tells which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fault {
    // The file around the tracks.
    /// Bytes before the header, such as a MacBinary wrapper's 128, are skipped.
    LeadingBytes(usize),
    /// The header is not 6 bytes long; what it says is read and the rest skipped.
    HeaderLength(u32),
    /// The header names a format other than 0, 1 and 2; read as 1.
    FileFormat(u16),
    /// The header promises another number of tracks than there are; those there are, are read.
    TrackCount {
        /// Tracks named by the header.
        promised: u16,
        /// Tracks read.
        found: usize,
    },
    /// Format 0 with more than one track; read as format 1.
    SeveralTracks,
    /// Format 2: independent patterns, laid one after another, each from a new bar.
    Patterns,
    /// A clock of 0 ticks a quarter; 480 are assumed.
    NoTicksPerQuarter,
    /// SMPTE timing with 0 ticks a frame; 40 are assumed.
    NoTicksPerFrame,
    /// A clock of more than 32,767 ticks a quarter, for which MIDI has no room: read as it is
    /// meant, written with half as many.
    FineClock(u16),
    /// Tempi under SMPTE timing, where they have no force; left out.
    TempoUnderSmpte,
    /// A chunk that is no track; skipped, as the standard asks.
    AlienChunk,
    /// Bytes between tracks that are no chunk; skipped.
    Garbage(usize),
    /// Bytes behind the last track; skipped.
    TrailingBytes(usize),
    /// A second file behind the first; not read.
    SecondFile,

    // A track's bytes.
    /// A track is longer or shorter than its header says; read to its real end.
    TrackLength,
    /// The file ends inside a track; read as far as it goes.
    TrackCut,
    /// A track has no end-of-track mark; it ends with its last event.
    NoEndOfTrack,
    /// Bytes behind an end-of-track mark; skipped.
    DataAfterEnd(usize),
    /// An event that cannot be read; the rest of its track is lost.
    Unreadable(&'static str),
    /// Events beyond tick 2³² − 2, the last a score can hold a note on; left out.
    BeyondLastTick,
    /// A quantity in more than 4 bytes; read all the same.
    LongQuantity,
    /// Running status behind a meta event or system exclusive message, which should end it.
    RunningStatus,
    /// Real-time and system common messages, which no file should hold; skipped.
    SystemMessage,
    /// A data byte above 127: as a value it is taken as 127, as a pitch, controller or program
    /// its message is left out.
    DataByte,
    /// A system exclusive message without its end mark F7; kept.
    NoEndOfExclusive,
    /// A meta event of another length than its kind has; read where there are bytes enough.
    MetaLength,

    // What a track says.
    /// A tempo of 0; left out.
    ZeroTempo,
    /// A meter of no beats, or of beats shorter than a 128th; left out.
    Meter,
    /// A meter whose quarter holds other than eight 32nds; its beats are counted as written.
    ThirtySeconds,
    /// A key signature of more than 7 sharps or flats, or neither major nor minor; left out.
    Key,
    /// A note that is never released; it ends with its track.
    NeverReleased,
    /// A release without a note to release; left out.
    ///
    /// One that stands on the tick of a note that would have none, ends that note instead.
    StrayRelease,
    /// A note of no length; kept as one tick.
    ZeroLength,
    /// A track's name of more than 255 bytes; cut.
    LongName,
    /// Text that is not UTF-8, read as Shift-JIS.
    ReadAsShiftJis,
    /// Text that is not UTF-8, read as Latin-1 (Windows-1252).
    ReadAsLatin1,

    // What a score has no place for.
    /// Changes on a channel that plays no note; left out.
    SilentChannel,
    /// More copies of controllers, for tracks that share a channel, than the file has bytes for.
    SharedControls,
    /// A second MIDI port for one track; the first counts.
    SecondPort,
    /// Escaped bytes (F7) that belong to no system exclusive message; left out.
    Escape,
    /// Data for one make of sequencer (FF 7F); left out.
    SequencerSpecific,
    /// An SMPTE offset other than 0 (FF 54); left out.
    SmpteOffset,
    /// A sequence number (FF 00); left out.
    SequenceNumber,
    /// A meta event of no known kind; left out.
    UnknownMeta,

    // What a file has no place for.
    /// A note that still sounds when its pitch is struck again; cut there.
    Overlap,
    /// Notes of one pitch that begin together; the longest is kept.
    Unison,
    /// A number that MIDI cannot hold: a tempo is taken as the nearest it can, a controller,
    /// pressure, bend or note on the very last tick is left out.
    OutOfRange,
    /// Program or controllers of a track without notes; left out, for no channel is its own.
    TrackWithoutNotes,
    /// A track without notes, lyrics and name, or a text without words; left out.
    Nothing,

    // What stands on a page.
    /// A grace note; played as a 32nd before the beat.
    Grace,
    /// Trills, mordents, turns and tremolos; the note is played plain.
    Ornament,
    /// A chord symbol that a score has no quality for; the nearest is taken.
    NearestChord,
    /// A chord symbol that cannot be read; left out.
    UnknownChord,
    /// A pitch between the keys of a keyboard; the nearest is taken.
    Microtone,
    /// A note beyond MIDI's pitches; left out.
    PitchRange,
    /// A tie that goes on from no note; the note is struck.
    StrayTie,

    // What stands around a page.
    /// The container of an archive cannot be read or names no file; the first score is taken.
    Container,

    // What stands in ABC.
    /// Grace notes, which have no length of their own there; left out.
    GraceLeftOut,
    /// A sign that means nothing where it stands; passed over.
    Stray,
    /// A length that no clock can count together with the others; rounded.
    FineValue,
    /// More tunes than the one that was asked for; not read.
    OtherTunes(usize),

    // What a page has no place for.
    /// A clock without triplets and 32nds, for which the page has another; times go to its
    /// nearest ticks.
    PageClock(u16),
    /// A note that stands on no grid; moved to the nearest place that can be notated.
    OffGrid,
    /// A change of meter that stands on no grid; moved likewise.
    MeterOffGrid,
    /// More notes at a time than four voices hold; one is cut, or takes another's length.
    Voices,
    /// A pitch below the lowest octave that a page can name; left out.
    TooLow,
    /// A syllable at a tick where no note begins, or a second one there; left out.
    LyricWithoutNote,
    /// Pedals, controllers, bends and pressure; left out.
    Controls,
    /// A system exclusive message; left out.
    SystemExclusive,
    /// How hard notes are struck, where nothing can say it; left out.
    Velocity,
    /// A text that has no place; left out.
    TextLeftOut,
    /// A chord symbol, key or tempo inside a note; moved to where the note begins.
    AsideMoved,
}

impl Fault {
    /// Whether a rule was broken, of the standard or of what a score can be.
    ///
    /// The others are lawful: there is just nowhere to put them.
    pub fn breaks_a_rule(self) -> bool {
        use Fault::*;
        !matches!(
            self,
            AlienChunk
                | Patterns
                | TempoUnderSmpte
                | ReadAsShiftJis
                | ReadAsLatin1
                | SilentChannel
                | SharedControls
                | SecondPort
                | Escape
                | SequencerSpecific
                | SmpteOffset
                | SequenceNumber
                | UnknownMeta
                | TrackWithoutNotes
                | Nothing
                | Grace
                | GraceLeftOut
                | FineValue
                | OtherTunes(_)
                | Ornament
                | NearestChord
                | Microtone
                | PageClock(_)
                | OffGrid
                | MeterOffGrid
                | Voices
                | TooLow
                | LyricWithoutNote
                | Controls
                | SystemExclusive
                | Velocity
                | TextLeftOut
                | AsideMoved
        )
    }
}

/// `1 byte`, `2 bytes`.
fn in_bytes(bytes: usize) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Fault::*;
        let words = match *self {
            LeadingBytes(bytes) => {
                return write!(f, "{} before the header skipped", in_bytes(bytes));
            }
            HeaderLength(found) => {
                return write!(f, "header said to have {found} bytes, and headers have 6");
            }
            FileFormat(found) => return write!(f, "MIDI format {found} read as format 1"),
            TrackCount { promised, found } => {
                return write!(f, "header promises {promised} tracks, and there are {found}");
            }
            FineClock(found) => {
                return write!(f, "clock of {found} ticks a quarter, and MIDI has at most 32767");
            }
            OtherTunes(others) => {
                return write!(f, "the first tune read, and there are {others} more");
            }
            PageClock(found) => {
                return write!(f, "times brought from {found} ticks a quarter to the page's clock");
            }
            Garbage(bytes) => {
                return write!(f, "{} between tracks skipped", in_bytes(bytes));
            }
            TrailingBytes(bytes) => {
                return write!(f, "{} behind the last track skipped", in_bytes(bytes));
            }
            DataAfterEnd(bytes) => {
                return write!(f, "{} behind an end of track skipped", in_bytes(bytes));
            }
            Unreadable(why) => return write!(f, "the rest of the track cannot be read: {why}"),
            SeveralTracks => "format 0 with several tracks read as format 1",
            Patterns => "independent patterns (format 2) laid one after another",
            NoTicksPerQuarter => "a clock of 0 ticks a quarter taken as 480",
            NoTicksPerFrame => "a clock of 0 ticks a frame taken as 40",
            TempoUnderSmpte => "tempo left out: the file's clock counts seconds",
            AlienChunk => "chunk of a foreign kind skipped",
            SecondFile => "a second file behind the first not read",
            TrackLength => "wrong track length: track read to its real end",
            TrackCut => "the file ends inside a track",
            NoEndOfTrack => "end of track missing",
            BeyondLastTick => "events beyond the last possible tick left out",
            LongQuantity => "number in more than 4 bytes",
            RunningStatus => "running status where it should have ended",
            SystemMessage => "real-time or system message in a file skipped",
            DataByte => "data byte above 127 taken as 127, or its message left out",
            NoEndOfExclusive => "system exclusive message without its end",
            MetaLength => "meta event of a wrong length",
            ZeroTempo => "tempo of 0 left out",
            Meter => "impossible meter left out",
            ThirtySeconds => "meter with other than eight 32nds in a quarter",
            Key => "impossible key signature left out",
            NeverReleased => "note never released, ended with its track",
            StrayRelease => "release without a note left out",
            ZeroLength => "note of no length kept as one tick",
            LongName => "name of more than 255 bytes cut",
            ReadAsShiftJis => "text read as Shift-JIS",
            ReadAsLatin1 => "text read as Latin-1",
            SilentChannel => "changes on a channel without notes left out",
            SharedControls => "too many copies of shared controllers left out",
            SecondPort => "second MIDI port of a track left out",
            Escape => "escaped bytes left out",
            SequencerSpecific => "sequencer's own data left out",
            SmpteOffset => "SMPTE offset left out",
            SequenceNumber => "sequence number left out",
            UnknownMeta => "meta event of an unknown kind left out",
            Overlap => "note cut where its pitch is struck again",
            Unison => "one of several equal notes at one time kept",
            OutOfRange => "number beyond MIDI's range brought into it or left out",
            TrackWithoutNotes => "program or controllers of a track without notes left out",
            Nothing => "empty track or text left out",
            Container => "container that names no file passed over, and the first score read",
            GraceLeftOut => "grace notes left out",
            Stray => "sign that means nothing here passed over",
            FineValue => "length too fine for any clock rounded",
            Grace => "grace note played as a 32nd before the beat",
            Ornament => "note with an ornament played plain",
            NearestChord => "chord symbol taken as the nearest that there is",
            UnknownChord => "chord symbol that cannot be read left out",
            Microtone => "pitch between two keys moved to the nearest",
            PitchRange => "note beyond MIDI's pitches left out",
            StrayTie => "tie from no note: the note is struck",
            OffGrid => "note moved to the nearest place that can be notated",
            MeterOffGrid => "change of meter moved to the nearest place that can be notated",
            Voices => "note cut or made longer, where four voices are not enough",
            TooLow => "note below the lowest octave that can be notated left out",
            LyricWithoutNote => "syllable without a note of its own left out",
            Controls => "pedals and controllers left out",
            Velocity => "velocities left out",
            TextLeftOut => "text left out",
            AsideMoved => "chord symbol, key or tempo moved to the start of its note",
            SystemExclusive => "system exclusive message left out",
        };
        f.write_str(words)
    }
}

//! The pieces of a studio: what each is, who has it, and where it came from.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::error::StudioError;
use crate::migrations;

/// The name of a piece: a checksum of everything that determines its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PieceId([u8; 16]);

impl PieceId {
    /// The id of what these bytes determine.
    pub fn of(bytes: &[u8]) -> PieceId {
        let hash = blake3::hash(bytes);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.as_bytes()[..16]);
        PieceId(id)
    }
}

impl fmt::Display for PieceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PieceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for PieceId {
    type Err = ();

    fn from_str(text: &str) -> Result<PieceId, ()> {
        let digits: Vec<u8> = text
            .chars()
            .map(|c| c.to_digit(16).map(|d| d as u8))
            .collect::<Option<_>>()
            .ok_or(())?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        match <[u8; 16]>::try_from(bytes) {
            Ok(id) if digits.len() == 32 => Ok(PieceId(id)),
            _ => Err(()),
        }
    }
}

/// Why there is no piece, in a form that can be kept and told again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong, and what would do.
    pub why: String,
    /// Whether another request would do; else the fault is ours.
    pub is_request: bool,
}

/// How a piece came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// From nothing.
    Composed,
    /// From a beginning.
    Continued,
    /// From a file somebody brought.
    Opened,
    /// By a model that was still learning, to hear how it is coming on.
    Sampled,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Verb::Composed => "composed",
            Verb::Continued => "continued",
            Verb::Opened => "opened",
            Verb::Sampled => "sampled",
        }
    }
}

/// A piece, whoever has it.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its name.
    pub id: PieceId,
    /// How it came to be.
    pub verb: Verb,
    /// What was asked for, as JSON; the file's name for one that was opened.
    pub request: String,
    /// Its title; may be empty.
    pub title: String,
    /// Bars, the last one counted whole.
    pub bars: u32,
    /// Notes.
    pub notes: usize,
    /// Length in seconds.
    pub seconds: f64,
    /// The bytes: the Standard MIDI File that was written, or the file as it was brought.
    pub bytes: Vec<u8>,
}

/// A piece in somebody's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The piece.
    pub id: PieceId,
    /// How it came to be.
    pub verb: Verb,
    /// What was asked for, as JSON.
    pub request: String,
    /// Its title.
    pub title: String,
    /// Bars.
    pub bars: u32,
    /// Notes.
    pub notes: usize,
    /// Length in seconds.
    pub seconds: f64,
    /// The piece it goes on from.
    pub parent: Option<PieceId>,
    /// Rises with every take of the studio.
    pub number: i64,
    /// When it was made, in seconds since 1970.
    pub made_at: i64,
    /// What its owner thinks of it.
    pub feedback: Feedback,
    /// Whether everybody who knows its id may see it.
    pub shared: bool,
    /// Whether its owner put it away.
    pub removed: bool,
}

/// What somebody thinks of a piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    /// Whether it has a star.
    pub star: bool,
    /// 1 up, -1 down, 0 neither.
    pub thumb: i8,
    /// A few words.
    pub note: String,
}

/// The pieces of a studio, in SQLite.
///
/// The write-ahead log is on and every change is a transaction: killed at any moment, the store
/// holds what was committed and nothing by halves.
pub(crate) struct Pieces {
    connection: Mutex<Connection>,
}

const TAKE: &str = "SELECT piece.id, verb, request, title, bars, notes, seconds, parent, number, \
                    made_at, star, thumb, note, shared, removed, owner \
                    FROM take JOIN piece ON piece.id = take.piece";

impl Pieces {
    /// The store in a file, which is made or brought to this version's schema.
    pub(crate) fn open(path: &Path) -> Result<Pieces, StudioError> {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        migrations::migrate(&mut connection)?;
        Ok(Pieces { connection: Mutex::new(connection) })
    }

    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves a transaction that rolls back, and a connection that works.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a piece and puts it into an owner's history, over a take of it that was put away.
    pub(crate) fn keep(
        &self,
        piece: &Piece,
        owner: &str,
        parent: Option<PieceId>,
        made_at: i64,
    ) -> Result<(), StudioError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT INTO piece (id, verb, request, title, bars, notes, seconds, bytes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
            params![
                piece.id.to_string(),
                piece.verb.name(),
                piece.request,
                piece.title,
                piece.bars,
                piece.notes as i64,
                piece.seconds,
                piece.bytes,
            ],
        )?;
        transaction.execute(
            "INSERT INTO take (owner, piece, parent, made_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (owner, piece) DO UPDATE SET removed = 0",
            params![owner, piece.id.to_string(), parent.map(|id| id.to_string()), made_at],
        )?;
        Ok(transaction.commit()?)
    }

    /// A piece, whoever has it.
    pub(crate) fn piece(&self, id: PieceId) -> Result<Option<Piece>, StudioError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT verb, request, title, bars, notes, seconds, bytes FROM piece \
             WHERE id = ?1",
        )?;
        let piece = statement.query_row([id.to_string()], |row| {
            Ok(Piece {
                id,
                verb: verb(&row.get::<_, String>(0)?),
                request: row.get(1)?,
                title: row.get(2)?,
                bars: row.get(3)?,
                notes: row.get::<_, i64>(4)? as usize,
                seconds: row.get(5)?,
                bytes: row.get(6)?,
            })
        });
        Ok(piece.optional()?)
    }

    /// A take that `owner` may see: an own one, or one that is shared, of which what others think
    /// of it stays theirs.
    pub(crate) fn take(&self, owner: &str, id: PieceId) -> Result<Option<Take>, StudioError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "{TAKE} WHERE piece.id = ?2 AND (owner = ?1 OR shared) ORDER BY owner = ?1 DESC LIMIT 1"
        ))?;
        let found = statement.query_row(params![owner, id.to_string()], |row| {
            let found = take(row)?;
            let is_own = row.get::<_, String>("owner")? == owner;
            let feedback = if is_own { found.feedback } else { Feedback::default() };
            Ok(Take { feedback, ..found })
        });
        Ok(found.optional()?)
    }

    /// An owner's history, the newest first: `limit` takes numbered below `before`. Samples of a
    /// training are part of it where somebody asked to keep them.
    pub(crate) fn takes(
        &self,
        owner: &str,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Take>, StudioError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "{TAKE} WHERE owner = ?1 AND number < ?2 AND NOT (verb = 'sampled' AND removed) \
             ORDER BY number DESC LIMIT ?3"
        ))?;
        let takes = statement.query_map(params![owner, before, limit], take)?;
        Ok(takes.collect::<Result<_, _>>()?)
    }

    /// Writes down what its owner thinks of a take; whether there is such a take.
    pub(crate) fn judge(
        &self,
        owner: &str,
        id: PieceId,
        feedback: &Feedback,
    ) -> Result<bool, StudioError> {
        self.update(
            "UPDATE take SET star = ?3, thumb = ?4, note = ?5 WHERE owner = ?1 AND piece = ?2",
            params![owner, id.to_string(), feedback.star, feedback.thumb, feedback.note],
        )
    }

    /// Puts a take away, or brings it back; whether there is such a take.
    pub(crate) fn remove(
        &self,
        owner: &str,
        id: PieceId,
        removed: bool,
    ) -> Result<bool, StudioError> {
        self.update(
            "UPDATE take SET removed = ?3 WHERE owner = ?1 AND piece = ?2",
            params![owner, id.to_string(), removed],
        )
    }

    /// Lets everybody who knows its id see a take, or its owner alone; whether there is such a
    /// take.
    pub(crate) fn share(
        &self,
        owner: &str,
        id: PieceId,
        shared: bool,
    ) -> Result<bool, StudioError> {
        self.update(
            "UPDATE take SET shared = ?3 WHERE owner = ?1 AND piece = ?2",
            params![owner, id.to_string(), shared],
        )
    }

    /// What was answered to an earlier request of this key: a checksum of the request, and the
    /// answer.
    pub(crate) fn answered(
        &self,
        owner: &str,
        key: &str,
    ) -> Result<Option<(String, String)>, StudioError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT request, answer FROM answered WHERE owner = ?1 AND key = ?2")?;
        let found = statement.query_row([owner, key], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?)
    }

    /// Remembers an answer under a key, unless there is one; forgets those made before `since`.
    pub(crate) fn answer(
        &self,
        owner: &str,
        key: &str,
        (request, answer): (&str, &str),
        (since, made_at): (i64, i64),
    ) -> Result<bool, StudioError> {
        let connection = self.connection();
        connection.execute("DELETE FROM answered WHERE made_at < ?1", [since])?;
        let added = connection.execute(
            "INSERT INTO answered (owner, key, request, answer, made_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner, key) DO NOTHING",
            params![owner, key, request, answer, made_at],
        )?;
        Ok(added == 1)
    }

    fn update(&self, sql: &str, with: impl rusqlite::Params) -> Result<bool, StudioError> {
        Ok(self.connection().prepare_cached(sql)?.execute(with)? == 1)
    }
}

fn take(row: &Row) -> rusqlite::Result<Take> {
    let id = |text: String| text.parse::<PieceId>().ok();
    Ok(Take {
        id: id(row.get(0)?).ok_or(rusqlite::Error::InvalidQuery)?,
        verb: verb(&row.get::<_, String>(1)?),
        request: row.get(2)?,
        title: row.get(3)?,
        bars: row.get(4)?,
        notes: row.get::<_, i64>(5)? as usize,
        seconds: row.get(6)?,
        parent: row.get::<_, Option<String>>(7)?.and_then(id),
        number: row.get(8)?,
        made_at: row.get(9)?,
        feedback: Feedback { star: row.get(10)?, thumb: row.get(11)?, note: row.get(12)? },
        shared: row.get(13)?,
        removed: row.get(14)?,
    })
}

fn verb(name: &str) -> Verb {
    match name {
        "continued" => Verb::Continued,
        "opened" => Verb::Opened,
        "sampled" => Verb::Sampled,
        _ => Verb::Composed,
    }
}

//! The schema of the store, and the way from each version to the next.

use rusqlite::Connection;

use crate::error::StudioError;

/// What brings a store from the version of its place in the list to the next. A step that was
/// released is never changed; what changes is added behind it.
const STEPS: [&str; 1] = ["
    CREATE TABLE piece (
        id      TEXT PRIMARY KEY,
        verb    TEXT NOT NULL,
        request TEXT NOT NULL,
        title   TEXT NOT NULL,
        bars    INTEGER NOT NULL,
        notes   INTEGER NOT NULL,
        seconds REAL NOT NULL,
        bytes   BLOB NOT NULL
    ) STRICT;
    CREATE TABLE take (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        owner   TEXT NOT NULL,
        piece   TEXT NOT NULL REFERENCES piece (id),
        parent  TEXT REFERENCES piece (id),
        made_at INTEGER NOT NULL,
        star    INTEGER NOT NULL DEFAULT 0,
        thumb   INTEGER NOT NULL DEFAULT 0 CHECK (thumb IN (-1, 0, 1)),
        note    TEXT NOT NULL DEFAULT '',
        shared  INTEGER NOT NULL DEFAULT 0,
        removed INTEGER NOT NULL DEFAULT 0,
        UNIQUE (owner, piece)
    ) STRICT;
    CREATE TABLE answered (
        owner   TEXT NOT NULL,
        key     TEXT NOT NULL,
        request TEXT NOT NULL,
        answer  TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        PRIMARY KEY (owner, key)
    ) STRICT;
    CREATE TABLE job (
        id      TEXT PRIMARY KEY,
        number  INTEGER NOT NULL UNIQUE,
        owner   TEXT NOT NULL,
        model   TEXT NOT NULL,
        request TEXT NOT NULL,
        stage   TEXT NOT NULL,
        why     TEXT NOT NULL DEFAULT '',
        log     TEXT NOT NULL DEFAULT '[]',
        made_at INTEGER NOT NULL
    ) STRICT;
"];

/// Brings a store to the newest version, a step a transaction.
///
/// # Errors
///
/// [`StudioError::Newer`] where a later build has written it: nothing is touched then.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StudioError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let found = found as usize;
    if found > STEPS.len() {
        return Err(StudioError::Newer { found, known: STEPS.len() });
    }
    for (version, step) in STEPS.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_made_once_and_left_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute("INSERT INTO piece VALUES ('x', 'opened', '', '', 1, 1, 1.0, x'')", [])
            .unwrap();
        migrate(&mut connection).unwrap();
        let pieces: i64 =
            connection.query_row("SELECT count(*) FROM piece", [], |row| row.get(0)).unwrap();
        assert_eq!(pieces, 1);
    }

    #[test]
    fn a_store_of_a_later_build_is_refused_untouched() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let refused = migrate(&mut connection).unwrap_err().to_string();
        assert!(refused.contains("99"), "{refused}");
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 0);
    }
}

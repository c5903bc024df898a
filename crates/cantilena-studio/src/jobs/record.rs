//! Trainings as the store keeps them.

use rusqlite::{OptionalExtension, params};

use super::job::Job;
use super::news::JobNews;
use crate::error::StudioError;
use crate::pieces::Pieces;

/// Writes down how a training stands.
pub(super) fn keep(pieces: &Pieces, job: &Job) -> Result<(), StudioError> {
    let heard = job.heard(0);
    let log = serde_json::json!(heard.news).to_string();
    let request = serde_json::json!(job.request).to_string();
    pieces.connection().execute(
        "INSERT INTO job (id, number, owner, model, request, stage, why, log, made_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (id) DO UPDATE SET stage = ?6, why = ?7, log = ?8",
        params![
            job.id,
            job.number,
            job.owner,
            job.request.name,
            request,
            heard.stage.name(),
            heard.why,
            log,
            job.made_at()
        ],
    )?;
    Ok(())
}

/// A training of this owner, if there is one.
pub(super) fn one(pieces: &Pieces, owner: &str, id: &str) -> Result<Option<Job>, StudioError> {
    let connection = pieces.connection();
    let mut statement = connection.prepare_cached(
        "SELECT id, number, owner, request, stage, why, log, made_at FROM job \
         WHERE owner = ?1 AND id = ?2",
    )?;
    Ok(statement.query_row([owner, id], job).optional()?.flatten())
}

/// An owner's trainings, the newest first.
pub(super) fn list(pieces: &Pieces, owner: &str) -> Result<Vec<Job>, StudioError> {
    let connection = pieces.connection();
    let mut statement = connection.prepare_cached(
        "SELECT id, number, owner, request, stage, why, log, made_at FROM job \
         WHERE owner = ?1 ORDER BY number DESC LIMIT 100",
    )?;
    let rows = statement.query_map([owner], job)?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Whether a training that is not over, or can go on, makes a model of this name.
pub(super) fn is_taken(pieces: &Pieces, model: &str) -> Result<bool, StudioError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM job WHERE model = ?1 \
               AND stage NOT IN ('done', 'failed'))";
    Ok(pieces.connection().query_row(sql, [model], |row| row.get(0))?)
}

/// The number of the next training that is asked for.
pub(super) fn next_number(pieces: &Pieces) -> Result<i64, StudioError> {
    let sql = "SELECT coalesce(max(number), 0) + 1 FROM job";
    Ok(pieces.connection().query_row(sql, [], |row| row.get(0))?)
}

/// A training as it was written down; `None` where another build wrote what is not understood
/// here.
fn job(row: &rusqlite::Row) -> rusqlite::Result<Option<Job>> {
    let text = |index| row.get::<_, String>(index);
    let log: Vec<(u64, JobNews)> = serde_json::from_str(&text(6)?).unwrap_or_default();
    let Ok(request) = serde_json::from_str(&text(3)?) else { return Ok(None) };
    let job = Job::new(text(0)?, request, text(2)?, row.get(1)?, row.get(7)?);
    Ok(Some(job.left(&text(4)?, text(5)?, log)))
}

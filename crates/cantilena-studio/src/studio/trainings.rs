//! Trainings, each of whom asked for it.

use std::sync::Arc;

use super::Studio;
use crate::error::StudioError;
use crate::jobs::{Job, JobRequest};

impl Studio {
    /// Begins a training on files: what each is called, and its bytes.
    pub fn train(
        &self,
        owner: &str,
        request: &JobRequest,
        files: &[(String, Vec<u8>)],
    ) -> Result<Arc<Job>, StudioError> {
        self.jobs.begin(owner, request, files)
    }

    /// An owner's trainings, the newest first.
    pub fn jobs(&self, owner: &str) -> Result<Vec<Arc<Job>>, StudioError> {
        self.jobs.list(owner)
    }

    /// A training of this owner.
    pub fn job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        self.jobs.job(owner, id)
    }

    /// Ends a training soon; what it has learnt is kept, and it can be taken up again.
    pub fn stop_job(&self, owner: &str, id: &str) -> Result<(), StudioError> {
        self.jobs.job(owner, id)?.stop();
        Ok(())
    }

    /// Takes up a training that was stopped, or interrupted by whatever.
    pub fn resume_job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        self.jobs.resume(owner, id)
    }
}

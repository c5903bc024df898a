//! The studio over HTTP, and the page.
//!
//! [`serve`] is all of it: it opens a studio, listens, and ends cleanly when asked to. Routes
//! stand one file each under `routes`; every one is a thin door on a call of
//! [`cantilena_studio::Studio`]. This is the only crate that is async.

mod api;
mod body;
mod guard;
mod json;
mod metrics;
mod openapi;
mod page;
mod problem;
mod query;
mod range;
mod routes;
mod server;
mod stream;

pub use server::{ServeError, Serving, serve};

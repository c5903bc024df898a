//! SoundFont files, after "SoundFont Technical Specification 2.04" (E-mu Systems, 2006): "SF2 2.04"
//! in what follows.
//!
//! A [`Bank`] is such a file as data. It comes from a file's bytes, which are checked to the last
//! index on the way ([`read`]), or from our own [orchestra](crate::orchestra); it goes to the
//! engine as the bytes of a file that keeps every rule ([`write`]). So the engine never sees a
//! byte that somebody else wrote.

mod bank;
mod chunk;
mod generator;
mod read;
mod write;

pub(crate) use bank::{Bank, Instrument, Preset, Wave, Zone, Zones};
pub(crate) use generator::{Generator, Kind};
pub(crate) use read::read;
pub(crate) use write::bytes;

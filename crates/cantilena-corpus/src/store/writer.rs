//! A corpus file, written from front to back.

use std::io::{self, Write};

use super::{Header, MAGIC, footer_checksum};

/// Writes records as they come; holds eight bytes for each.
pub(super) struct Writer<W> {
    out: W,
    header: Header,
    /// The place of each record.
    index: Vec<u8>, // (records, 8)
    place: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(mut out: W, header: Header) -> io::Result<Writer<W>> {
        let bytes = header.to_bytes();
        out.write_all(&bytes)?;
        Ok(Writer { out, header, index: Vec::new(), place: bytes.len() as u64 })
    }

    /// Writes a record with its checksum.
    pub(super) fn add(&mut self, record: &[u8], checksum: &[u8; 32]) -> io::Result<()> {
        let length = u32::try_from(record.len())
            .map_err(|_| io::Error::other("a piece of more than 4 GiB"))?;
        self.index.extend(self.place.to_le_bytes());
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(checksum)?;
        self.out.write_all(record)?;
        self.place += (super::RECORD + record.len()) as u64;
        Ok(())
    }

    /// How many records were written.
    pub(super) fn count(&self) -> u64 {
        self.index.len() as u64 / 8
    }

    /// Writes index and footer; gives the length of the file.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        let count = self.count();
        self.out.write_all(&self.index)?;
        let checksum = footer_checksum(&self.header.to_bytes(), &self.index, self.place, count);
        self.out.write_all(&self.place.to_le_bytes())?;
        self.out.write_all(&count.to_le_bytes())?;
        self.out.write_all(&checksum)?;
        self.out.write_all(&MAGIC)?;
        self.out.flush()?;
        Ok(self.place + (self.index.len() + super::FOOTER) as u64)
    }
}

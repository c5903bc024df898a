//! The chunks of a RIFF file, and the records in them (SF2 2.04 § 3).

use crate::error::SoundError;

/// Some bytes of the file, and where they stand in it.
#[derive(Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
}

impl<'a> Chunk<'a> {
    /// The chunks in this one (SF2 2.04 § 3.1). One that claims more than there is ends with the
    /// bytes; what is missing in it will be missed by whoever reads it.
    pub(super) fn chunks(self) -> impl Iterator<Item = ([u8; 4], Chunk<'a>)> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let (head, body) = rest.bytes.split_first_chunk::<8>()?;
            let [kind @ .., s0, s1, s2, s3] = *head;
            let claimed = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
            let size = claimed.min(body.len());
            let chunk = Chunk { bytes: &body[..size], offset: rest.offset + 8 };
            // Chunks begin on even bytes.
            let next = (size + size % 2).min(body.len());
            rest = Chunk { bytes: &body[next..], offset: rest.offset + 8 + next };
            Some((kind, chunk))
        })
    }

    /// The kind of a LIST or RIFF chunk, and what is in it.
    pub(super) fn list(self) -> Result<([u8; 4], Chunk<'a>), SoundError> {
        let (kind, bytes) = self
            .bytes
            .split_first_chunk()
            .ok_or(malformed("a list without a kind", self.offset))?;
        Ok((*kind, Chunk { bytes, offset: self.offset + 4 }))
    }

    /// The first chunk of a kind in this one.
    pub(super) fn find(self, kind: &'static [u8; 4]) -> Result<Chunk<'a>, SoundError> {
        let missing = match kind {
            b"smpl" => "no smpl chunk",
            b"phdr" => "no phdr chunk",
            b"pbag" => "no pbag chunk",
            b"pgen" => "no pgen chunk",
            b"inst" => "no inst chunk",
            b"ibag" => "no ibag chunk",
            b"igen" => "no igen chunk",
            b"shdr" => "no shdr chunk",
            _ => "a chunk is missing",
        };
        self.chunks()
            .find(|(found, _)| found == kind)
            .map(|(_, chunk)| chunk)
            .ok_or(malformed(missing, self.offset))
    }

    /// The records of `SIZE` bytes in this chunk, the terminal one included.
    pub(super) fn records<const SIZE: usize>(self) -> Result<&'a [[u8; SIZE]], SoundError> {
        match self.bytes.as_chunks() {
            (records, []) if !records.is_empty() => Ok(records),
            _ => Err(malformed("a chunk that is no whole number of records", self.offset)),
        }
    }
}

/// The 16-bit number at a place in a record.
pub(super) fn u16_at(record: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([record[at], record[at + 1]])
}

/// The 32-bit number at a place in a record.
pub(super) fn u32_at(record: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]])
}

/// A file whose structure is broken at a byte.
pub(super) fn malformed(what: &'static str, offset: usize) -> SoundError {
    SoundError::MalformedSoundFont { what, offset }
}

//! MusicXML in a zip archive (MusicXML 4.0, "Compressed .MXL files").

use std::io::{Cursor, Read, Write};

use cantilena_score::Score;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::{ReadError, WriteError};
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::repair::{Place, Repair};
use crate::writing::Writing;

/// Where an archive names its root file.
const CONTAINER: &str = "META-INF/container.xml";

/// The largest container that is read, in bytes; the usual one has 250.
const CONTAINER_MAX: usize = 1 << 16;

/// How many bytes a byte of an archive may become, beside a first megabyte. Scores shrink 10 to
/// 50 times; a bomb of zeros a thousand times.
const GROWTH_MAX: usize = 200;

/// Whether bytes are an archive that names a root file.
pub(crate) fn looks_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        && bytes.windows(CONTAINER.len()).any(|name| name == CONTAINER.as_bytes())
}

/// Reads the score of a `.mxl` archive.
///
/// # Errors
///
/// [`ReadError::Malformed`] where the archive or its score cannot be read,
/// [`ReadError::OverLimit`] where it unpacks to more than `limits` allow, or to more than 200
/// times its own size.
pub fn read_compressed(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    limits.check("bytes", bytes.len(), limits.bytes)?;
    let malformed = |what| ReadError::Malformed { format: Format::Mxl, what, offset: 0 };
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| malformed("an archive that cannot be opened"))?;
    let container = unpack(&mut archive, CONTAINER, CONTAINER_MAX, bytes.len())?;
    let named = root_file(&super::text::decode(&container));
    let is_named = named.is_ok();
    let path = named.or_else(|error| first_score(&archive).ok_or(error))?;
    let score = unpack(&mut archive, &path, limits.bytes, bytes.len())?;
    let mut reading = super::read::read_text(&score, Format::Mxl, limits)?;
    if !is_named {
        let what = Fault::Container;
        reading.repairs.insert(0, Repair { what, place: Place::default(), count: 1 });
    }
    Ok(reading)
}

/// The path that a container names.
fn root_file(container: &str) -> Result<String, ReadError> {
    let document = super::text::parse(container, Format::Mxl)?;
    let mut files = document.descendants().filter(|node| node.tag_name().name() == "rootfile");
    let what = "META-INF/container.xml names no root file";
    let path = files.find_map(|node| node.attribute("full-path"));
    path.map(str::to_owned).ok_or(ReadError::Malformed { format: Format::Mxl, what, offset: 0 })
}

/// The first file of an archive that is called as a score is.
///
/// Some programs write names with apostrophes between apostrophes, which is no XML.
fn first_score(archive: &ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    let is_score = |name: &str| {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        !name.starts_with("META-INF/")
            && Format::from_extension(extension) == Some(Format::MusicXml)
    };
    let mut names = archive.file_names().filter_map(Result::ok);
    names.find(|name| is_score(name)).map(|name| name.into_owned())
}

/// The bytes of one file of an archive of so many bytes.
fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    path: &str,
    most: usize,
    archive_bytes: usize,
) -> Result<Vec<u8>, ReadError> {
    let malformed = |what| ReadError::Malformed { format: Format::Mxl, what, offset: 0 };
    let limit = most.min(archive_bytes.saturating_mul(GROWTH_MAX).saturating_add(1 << 20));
    let file = archive
        .by_name(path)
        .map_err(|_| malformed("a file that the archive should hold is not there"))?;
    let mut bytes = Vec::new();
    { file }
        .by_ref()
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| malformed("a file of the archive cannot be unpacked"))?;
    match bytes.len() {
        found if found > limit => {
            Err(ReadError::OverLimit { what: "bytes unpacked", found, limit })
        }
        _ => Ok(bytes),
    }
}

/// Writes a score as a `.mxl` archive; as [`write`](super::write()), but some ten times smaller.
///
/// # Errors
///
/// As [`write`](super::write()).
pub fn write_compressed(score: &Score) -> Result<Writing, WriteError> {
    let Writing { bytes, repairs, hard_to_read } = super::write(score)?;
    let bytes = pack(&bytes).map_err(|_| WriteError::Length {
        what: "an archive",
        found: bytes.len(),
        limit: u32::MAX as usize,
    })?;
    Ok(Writing { bytes, repairs, hard_to_read })
}

fn pack(score: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    // No time of day, so that the same score gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let stored = options.compression_method(CompressionMethod::Stored);
    let deflated = options.compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // First and not compressed, so that the first bytes tell the type.
    archive.start_file("mimetype", stored)?;
    archive.write_all(b"application/vnd.recordare.musicxml")?;
    archive.start_file(CONTAINER, deflated)?;
    archive.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<container>\n <rootfiles>\n  \
        <rootfile full-path=\"score.musicxml\" \
        media-type=\"application/vnd.recordare.musicxml+xml\"/>\n </rootfiles>\n</container>\n",
    )?;
    archive.start_file("score.musicxml", deflated)?;
    archive.write_all(score)?;
    Ok(archive.finish()?.into_inner())
}

//! A bank as the bytes of a SoundFont file.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use crate::sf2::bank::{Bank, Zone, Zones};

/// Samples of silence behind the last wave (SF2 2.04 § 7.10 asks for 46 behind each).
const PADDING: usize = 46;
/// Generator numbers that a [`Zone`] holds as what they are (SF2 2.04 § 8.1.2).
const KEY_RANGE: u16 = 43;
const VELOCITY_RANGE: u16 = 44;
const INSTRUMENT: u16 = 41;
const SAMPLE: u16 = 53;

/// The file, to be read from its start to its end.
///
/// The bank's samples are lent, not copied: they may be most of what memory holds.
pub(crate) fn bytes<'b>(bank: &'b Bank<'_>) -> impl Read + 'b {
    let info = list(b"INFO", &[(b"ifil", version()), (b"INAM", text(&bank.name))]);
    let parameters = list(b"pdta", &parameters(bank));
    let padding = vec![0; 2 * PADDING];
    let samples_size = bank.samples.iter().map(|piece| piece.len()).sum::<usize>() + padding.len();

    let mut head = Vec::with_capacity(info.len() + 32);
    head.extend(b"RIFF");
    head.extend(size(4 + info.len() + 20 + samples_size + parameters.len()));
    head.extend(b"sfbk");
    head.extend(info);
    head.extend(b"LIST");
    head.extend(size(12 + samples_size));
    head.extend(b"sdtasmpl");
    head.extend(size(samples_size));
    let samples = Pieces { current: &[], rest: bank.samples.iter() };
    Cursor::new(head).chain(samples).chain(Cursor::new(padding)).chain(Cursor::new(parameters))
}

/// Pieces of memory, read one after the other.
struct Pieces<'b> {
    current: &'b [u8],
    rest: std::slice::Iter<'b, Cow<'b, [u8]>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.rest.next() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        self.current.read(buffer)
    }
}

/// A RIFF size (SF2 2.04 § 3.1).
fn size(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).expect("readers and the orchestra stay below 2 GiB").to_le_bytes()
}

/// A LIST chunk of chunks.
fn list(kind: &[u8; 4], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = kind.to_vec();
    for (kind, bytes) in chunks {
        body.extend(*kind);
        body.extend(size(bytes.len()));
        body.extend(bytes);
    }
    [b"LIST".as_slice(), &size(body.len()), &body].concat()
}

/// Version 2.04 (SF2 2.04 § 5.1).
fn version() -> Vec<u8> {
    vec![2, 0, 4, 0]
}

/// A text with one or two zeros behind it, so that its size is even (SF2 2.04 § 5.3).
fn text(text: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        text.bytes().filter(|byte| byte.is_ascii_graphic() || *byte == b' ').take(254).collect();
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

/// A name of twenty bytes, the last one zero (SF2 2.04 § 7.2).
fn name(text: &str) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..19].iter_mut().zip(text.bytes()).for_each(|(byte, letter)| *byte = letter);
    bytes
}

/// The nine chunks of pdta (SF2 2.04 § 7), each with its terminal record.
fn parameters(bank: &Bank<'_>) -> Vec<(&'static [u8; 4], Vec<u8>)> {
    let mut preset_zones = ZoneWriter::new(INSTRUMENT);
    let mut presets = Vec::new();
    let end = ("EOP", 0, 0, None);
    let rows = bank.presets.iter().map(|p| (p.name.as_str(), p.program, p.bank, Some(&p.zones)));
    for (title, program, number, zones) in rows.chain([end]) {
        presets.extend(name(title));
        presets.extend(program.to_le_bytes());
        presets.extend(number.to_le_bytes());
        presets.extend(preset_zones.next_index());
        presets.extend([0; 12]); // library, genre, morphology: reserved
        zones.into_iter().for_each(|zones| preset_zones.write(zones));
    }

    let mut instrument_zones = ZoneWriter::new(SAMPLE);
    let mut instruments = Vec::new();
    let rows = bank.instruments.iter().map(|i| (i.name.as_str(), Some(&i.zones)));
    for (title, zones) in rows.chain([("EOI", None)]) {
        instruments.extend(name(title));
        instruments.extend(instrument_zones.next_index());
        zones.into_iter().for_each(|zones| instrument_zones.write(zones));
    }

    let mut waves = Vec::new();
    for (index, wave) in bank.waves.iter().enumerate() {
        const MONO: u16 = 1;
        waves.extend(name(&format!("wave {index}")));
        for place in [wave.start, wave.end, wave.loop_start, wave.loop_end, wave.sample_rate] {
            waves.extend(place.to_le_bytes());
        }
        waves.extend([wave.root, wave.correction.cast_unsigned()]);
        waves.extend([0, 0]); // no linked sample
        waves.extend(MONO.to_le_bytes());
    }
    waves.extend(name("EOS"));
    waves.extend([0; 26]);

    let (preset_bags, preset_generators) = preset_zones.finish();
    let (instrument_bags, instrument_generators) = instrument_zones.finish();
    let no_modulators = vec![0; 10];
    vec![
        (b"phdr", presets),
        (b"pbag", preset_bags),
        (b"pmod", no_modulators.clone()),
        (b"pgen", preset_generators),
        (b"inst", instruments),
        (b"ibag", instrument_bags),
        (b"imod", no_modulators),
        (b"igen", instrument_generators),
        (b"shdr", waves),
    ]
}

/// Writes zones as bags and generators (SF2 2.04 §§ 7.3, 7.5, 7.7 and 7.9).
struct ZoneWriter {
    /// The generator that ends a zone and names its target.
    target: u16,
    bags: Vec<u8>,
    generators: Vec<u8>,
}

impl ZoneWriter {
    fn new(target: u16) -> ZoneWriter {
        ZoneWriter { target, bags: Vec::new(), generators: Vec::new() }
    }

    /// The index of the next bag.
    fn next_index(&self) -> [u8; 2] {
        index(self.bags.len() / 4)
    }

    fn write(&mut self, zones: &Zones) {
        // A global zone stands first and has no target. One stands for no zones at all, too: an
        // instrument without a bag is malformed.
        if !zones.global.is_empty() || zones.local.is_empty() {
            self.open_bag();
            for generator in &zones.global {
                self.generator(generator.kind as u16, generator.amount.to_le_bytes());
            }
        }
        for zone in &zones.local {
            self.open_bag();
            // Ranges come first, in this order, and the target last (SF2 2.04 § 7.5).
            for (number, range) in [(KEY_RANGE, &zone.keys), (VELOCITY_RANGE, &zone.velocities)] {
                if *range != Zone::ALL {
                    self.generator(number, [range.start, range.end - 1]);
                }
            }
            for generator in &zone.generators {
                self.generator(generator.kind as u16, generator.amount.to_le_bytes());
            }
            self.generator(self.target, zone.target.to_le_bytes());
        }
    }

    fn open_bag(&mut self) {
        self.bags.extend(index(self.generators.len() / 4));
        self.bags.extend([0, 0]); // no modulators
    }

    fn generator(&mut self, number: u16, amount: [u8; 2]) {
        self.generators.extend(number.to_le_bytes());
        self.generators.extend(amount);
    }

    /// The bags and generators with their terminal records.
    fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        self.open_bag();
        self.generator(0, [0, 0]);
        (self.bags, self.generators)
    }
}

fn index(records: usize) -> [u8; 2] {
    u16::try_from(records)
        .expect("a bank from a file has no more than the file's 16 bits; the orchestra is tested")
        .to_le_bytes()
}

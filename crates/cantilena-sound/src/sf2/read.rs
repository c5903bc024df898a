//! A SoundFont file's bytes as a bank, checked to the last index.
//!
//! Where a rule is broken that the rest of the file does not hang on, the zone that breaks it is
//! left out (SF2 2.04 § 10 asks readers to); where the structure is broken, the file is refused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::SoundError;
use crate::sf2::bank::{Bank, Instrument, Preset, Wave, Zone, Zones};
use crate::sf2::chunk::{Chunk, malformed, u16_at, u32_at};
use crate::sf2::generator::{Generator, Kind, amount};

/// Generators that are no [`Kind`] (SF2 2.04 § 8.1.2): where a zone's wave begins, ends and
/// loops, in samples and in 32,768 samples; the zone's target and its ranges.
const START: u16 = 0;
const END: u16 = 1;
const LOOP_START: u16 = 2;
const LOOP_END: u16 = 3;
const START_COARSE: u16 = 4;
const END_COARSE: u16 = 12;
const INSTRUMENT: u16 = 41;
const KEY_RANGE: u16 = 43;
const VELOCITY_RANGE: u16 = 44;
const LOOP_START_COARSE: u16 = 45;
const LOOP_END_COARSE: u16 = 50;
const SAMPLE: u16 = 53;

/// The engine counts samples in 31 bits and sizes in 32.
const BYTES_MAX: usize = i32::MAX as usize;
/// Bags and generators of a kind, which are numbered in 16 bits, the terminal ones included.
const RECORDS_MAX: usize = 65_534;
/// Waves that a single note may look at. The largest banks in use need a few hundred; without a
/// limit, a file of one megabyte could make a note look at four thousand million.
const ZONES_OF_A_PRESET_MAX: usize = 16_384;
/// Frames a second of a wave: SF2 2.04 § 7.10 allows 400 to 50,000, and banks hold up to 96,000.
const SAMPLE_RATES: Range<u32> = 400..192_001;
/// How far, in semitones, [`Synth`](crate::Synth) lets controllers raise a note: 24 by the pitch
/// wheel, 25 by tuning, half of one by the modulation wheel.
const RAISED_SEMITONES: f64 = 49.5;
/// A zone that may step over more samples at once than this is left out: it could not be heard,
/// and the engine's fixed-point numbers end at 2³⁹.
const STRIDE_MAX: f64 = 4_294_967_296.0;
/// The engine's frames a second; no renderer uses fewer.
const ENGINE_RATE: f64 = 44_100.0;

/// The bank in a file's bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Bank<'_>, SoundError> {
    if bytes.len() > BYTES_MAX {
        return Err(SoundError::OverLimit {
            what: "bytes of SoundFont",
            found: bytes.len(),
            limit: BYTES_MAX,
        });
    }
    let file = Chunk { bytes, offset: 0 };
    let riff = file.chunks().next().ok_or(malformed("no RIFF chunk", 0))?;
    let (form, rest) = riff.1.list()?;
    if riff.0 != *b"RIFF" || form != *b"sfbk" {
        return Err(malformed("no RIFF chunk of form sfbk", 0));
    }

    let (mut info, mut samples, mut parameters) = (None, None, None);
    for (kind, chunk) in rest.chunks() {
        if kind != *b"LIST" {
            continue;
        }
        match chunk.list()? {
            (kind, list) if kind == *b"INFO" => info = Some(list),
            (kind, list) if kind == *b"sdta" => samples = Some(list),
            (kind, list) if kind == *b"pdta" => parameters = Some(list),
            _ => {}
        }
    }
    let samples = samples.ok_or(malformed("no sdta list", bytes.len()))?.find(b"smpl")?;
    let parameters = parameters.ok_or(malformed("no pdta list", bytes.len()))?;
    let name = info.and_then(|info| info.find(b"INAM").ok());
    let name = name.map_or_else(|| "SoundFont".to_owned(), |name| text(name.bytes));
    let samples = &samples.bytes[..samples.bytes.len() & !1];
    if samples.starts_with(b"OggS") {
        return Err(SoundError::Compressed);
    }
    Reader { parameters, sample_count: (samples.len() / 2) as u32 }.bank(name, samples)
}

/// A text up to its first zero, with what is no ASCII replaced.
fn text(bytes: &[u8]) -> String {
    let letters = bytes.iter().take_while(|&&byte| byte != 0).take(254);
    let letters =
        letters.map(|&byte| if (32..127).contains(&byte) { char::from(byte) } else { '?' });
    letters.collect::<String>().trim().to_owned()
}

/// A zone as the file has it: generator numbers and raw amounts.
type RawZone<'a> = &'a [[u8; 4]];

/// Finds its way through pdta.
struct Reader<'a> {
    parameters: Chunk<'a>,
    sample_count: u32,
}

impl<'a> Reader<'a> {
    fn bank(&self, name: String, samples: &'a [u8]) -> Result<Bank<'a>, SoundError> {
        let presets = self.presets()?;
        let (instruments, waves) = self.instruments(&raised_by_presets(&presets))?;
        let mut bank =
            Bank { name, samples: vec![Cow::Borrowed(samples)], waves, instruments, presets };
        for preset in &mut bank.presets {
            preset.zones.local.retain(|zone| usize::from(zone.target) < bank.instruments.len());
            let zones = preset.zones.local.iter();
            let looked_at = zones
                .map(|zone| 1 + bank.instruments[usize::from(zone.target)].zones.local.len())
                .sum();
            within("zones in one preset", looked_at, ZONES_OF_A_PRESET_MAX)?;
        }
        within_bags(bank.presets.iter().map(|preset| &preset.zones))?;
        within_bags(bank.instruments.iter().map(|instrument| &instrument.zones))?;
        if bank.presets.is_empty() || bank.instruments.is_empty() {
            return Err(malformed("no preset, or no instrument", self.parameters.offset));
        }
        Ok(bank)
    }

    fn presets(&self) -> Result<Vec<Preset>, SoundError> {
        let headers = self.parameters.find(b"phdr")?.records::<38>()?;
        let bags = self.bags(b"pbag", b"pgen")?;
        let starts: Vec<u16> = headers.iter().map(|header| u16_at(header, 24)).collect();
        let mut presets = Vec::new();
        for (header, raw) in headers.iter().zip(self.zones_of(&starts, &bags)?) {
            presets.push(Preset {
                name: text(&header[..20]),
                program: u16_at(header, 20),
                bank: u16_at(header, 22),
                zones: Self::preset_zones(raw),
            });
        }
        Ok(presets)
    }

    fn preset_zones(raw: &[RawZone<'_>]) -> Zones {
        let (global, locals) = split(raw, INSTRUMENT);
        let local = locals.iter().filter_map(|zone| {
            let (keys, velocities) = global.overridden_by(zone).ranges()?;
            Some(Zone {
                generators: zone.generators.clone(),
                keys,
                velocities,
                target: zone.target?,
            })
        });
        let mut zones = Zones { local: local.collect(), global: global.generators };
        // What a preset adds to the tuning from key to key is rare, and cannot be bounded once for
        // all instruments.
        let other = |generator: &Generator| generator.kind != Kind::ScaleTuning;
        zones.global.retain(other);
        zones.local.iter_mut().for_each(|zone| zone.generators.retain(other));
        zones
    }

    /// The instruments and the waves that their zones play. `raised` tells for each instrument
    /// by how many semitones presets raise it at most.
    fn instruments(
        &self,
        raised: &BTreeMap<u16, f64>,
    ) -> Result<(Vec<Instrument>, Vec<Wave>), SoundError> {
        let headers = self.parameters.find(b"inst")?.records::<22>()?;
        let samples = self.parameters.find(b"shdr")?.records::<46>()?;
        let samples = &samples[..samples.len() - 1];
        let bags = self.bags(b"ibag", b"igen")?;
        let starts: Vec<u16> = headers.iter().map(|header| u16_at(header, 20)).collect();

        let mut waves = BTreeMap::new();
        let mut instruments = Vec::new();
        for (number, (header, raw)) in
            headers.iter().zip(self.zones_of(&starts, &bags)?).enumerate()
        {
            let raised = raised.get(&(number as u16)).copied().unwrap_or(0.0);
            let (global, locals) = split(raw, SAMPLE);
            let mut local = Vec::new();
            for zone in locals {
                let header = zone.target.and_then(|target| samples.get(usize::from(target)));
                let Some(header) = header else { continue };
                let whole = global.overridden_by(&zone);
                let Some(wave) = self.wave(&whole, header, raised)? else { continue };
                let Some((keys, velocities)) = whole.ranges() else { continue };
                let next = waves.len() as u16;
                let target = *waves.entry(wave).or_insert(next);
                local.push(Zone { generators: zone.generators, keys, velocities, target });
            }
            let zones = Zones { global: global.generators, local };
            instruments.push(Instrument { name: text(&header[..20]), zones });
        }

        // Waves are numbered as they were met.
        let mut waves: Vec<(u16, Wave)> = waves.into_iter().map(|(wave, n)| (n, wave)).collect();
        waves.sort_unstable_by_key(|(number, _)| *number);
        Ok((instruments, waves.into_iter().map(|(_, wave)| wave).collect()))
    }

    /// The wave that a zone plays, or nothing if it cannot be played.
    fn wave(
        &self,
        zone: &ReadZone,
        header: &[u8; 46],
        raised: f64,
    ) -> Result<Option<Wave>, SoundError> {
        const ROM: u16 = 0x8000; // SF2 2.04 § 7.10
        const VORBIS: u16 = 0x10; // not in the specification, but in every .sf3 file
        let kind = u16_at(header, 44);
        if kind & VORBIS != 0 {
            return Err(SoundError::Compressed);
        }
        let address = |at: usize, fine: u16, coarse: u16| {
            let offset = zone.offset(fine) + 32_768 * zone.offset(coarse);
            u32::try_from(i64::from(u32_at(header, at)) + offset).unwrap_or(u32::MAX)
        };
        let mut wave = Wave {
            sample_rate: u32_at(header, 36),
            start: address(20, START, START_COARSE),
            end: address(24, END, END_COARSE).min(self.sample_count),
            loop_start: address(28, LOOP_START, LOOP_START_COARSE),
            loop_end: address(32, LOOP_END, LOOP_END_COARSE),
            // 255 says that the wave has no pitch, and asks for 60 (SF2 2.04 § 7.10).
            root: if header[40] < 128 { header[40] } else { 60 },
            correction: header[41].cast_signed(),
        };
        let stride = zone.stride(&wave, raised);
        if kind & ROM != 0
            || wave.start >= wave.end
            || !SAMPLE_RATES.contains(&wave.sample_rate)
            || stride > STRIDE_MAX
        {
            return Ok(None);
        }
        if wave.loop_start >= wave.loop_end
            || wave.loop_end > self.sample_count
            || f64::from(wave.loop_end - wave.loop_start) <= stride
        {
            // Nothing to loop, or a loop that one step could leap over. The engine plays a wave
            // whose loop is empty once.
            (wave.loop_start, wave.loop_end) = (wave.start, wave.start);
        }
        Ok(Some(wave))
    }

    /// The generators of each bag.
    fn bags(
        &self,
        bags: &'static [u8; 4],
        generators: &'static [u8; 4],
    ) -> Result<Vec<RawZone<'a>>, SoundError> {
        let bags = self.parameters.find(bags)?;
        let generators = self.parameters.find(generators)?.records::<4>()?;
        let starts: Vec<u16> = bags.records::<4>()?.iter().map(|bag| u16_at(bag, 0)).collect();
        starts
            .windows(2)
            .map(|pair| generators.get(usize::from(pair[0])..usize::from(pair[1])))
            .collect::<Option<_>>()
            .ok_or(malformed("bags whose generators go backwards or beyond the end", bags.offset))
    }

    /// The bags of each preset or instrument.
    fn zones_of<'z>(
        &self,
        starts: &[u16],
        bags: &'z [RawZone<'a>],
    ) -> Result<Vec<&'z [RawZone<'a>]>, SoundError> {
        starts
            .windows(2)
            .map(|pair| bags.get(usize::from(pair[0])..usize::from(pair[1])))
            .collect::<Option<_>>()
            .ok_or(malformed(
                "headers whose bags go backwards or beyond the end",
                self.parameters.offset,
            ))
    }
}

/// The global zone, empty where there is none, and the local zones of a preset or instrument.
///
/// A zone without a target is global if it stands first, and means nothing elsewhere (SF2 2.04
/// § 7.3).
fn split(raw: &[RawZone<'_>], target: u16) -> (ReadZone, Vec<ReadZone>) {
    let mut zones: Vec<ReadZone> = raw.iter().map(|raw| ReadZone::new(raw, target)).collect();
    let has_global = zones.first().is_some_and(|zone| zone.target.is_none());
    let global = if has_global { zones.remove(0) } else { ReadZone::default() };
    zones.retain(|zone| zone.target.is_some());
    (global, zones)
}

/// Whether zones can be numbered in 16 bits once their global zones are spelled out.
fn within_bags<'z>(all: impl Iterator<Item = &'z Zones>) -> Result<(), SoundError> {
    let (mut bags, mut generators) = (0, 0);
    for zones in all {
        bags += 1 + zones.local.len();
        // At most two ranges and a target come to what a zone holds.
        let local = zones.local.iter().map(|zone| zone.generators.len() + 3);
        generators += zones.global.len() + local.sum::<usize>();
    }
    within("zones", bags, RECORDS_MAX)?;
    within("generators", generators, RECORDS_MAX)
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), SoundError> {
    if found <= limit { Ok(()) } else { Err(SoundError::OverLimit { what, found, limit }) }
}

/// By how many semitones presets raise each instrument at most.
fn raised_by_presets(presets: &[Preset]) -> BTreeMap<u16, f64> {
    let mut raised = BTreeMap::new();
    for preset in presets {
        let global = semitones(&preset.zones.global);
        for zone in &preset.zones.local {
            let semitones = global + semitones(&zone.generators);
            let entry: &mut f64 = raised.entry(zone.target).or_default();
            *entry = entry.max(semitones);
        }
    }
    raised
}

/// By how many semitones settings raise a note at most.
fn semitones(generators: &[Generator]) -> f64 {
    let of = |kind| amount(generators, kind).map_or(0.0, f64::from);
    let swing = [Kind::ModLfoToPitch, Kind::VibLfoToPitch, Kind::ModEnvToPitch];
    let swing: f64 = swing.into_iter().map(|kind| of(kind).abs()).sum();
    of(Kind::CoarseTune).max(0.0) + (of(Kind::FineTune).max(0.0) + swing) / 100.0
}

/// A zone on its way into a bank.
#[derive(Clone, Default)]
struct ReadZone {
    generators: Vec<Generator>,
    /// By number: the first to the last key and velocity, both included.
    ranges: BTreeMap<u16, (u8, u8)>,
    /// By number: what moves the wave's addresses.
    offsets: BTreeMap<u16, i16>,
    target: Option<u16>,
}

impl ReadZone {
    /// A zone from its raw generators; `target` ends it, and what follows that is not read
    /// (SF2 2.04 § 7.5). Of two of one kind, the later one holds.
    fn new(raw: &[[u8; 4]], target: u16) -> ReadZone {
        let mut zone = ReadZone::default();
        for &[n0, n1, a0, a1] in raw {
            let (number, amount) = (u16::from_le_bytes([n0, n1]), i16::from_le_bytes([a0, a1]));
            match number {
                KEY_RANGE | VELOCITY_RANGE => {
                    zone.ranges.insert(number, (a0, a1.min(127)));
                }
                START | END | LOOP_START | LOOP_END | START_COARSE | END_COARSE
                | LOOP_START_COARSE | LOOP_END_COARSE => {
                    zone.offsets.insert(number, amount);
                }
                number if number == target => {
                    zone.target = Some(amount.cast_unsigned());
                    break;
                }
                number => {
                    if let Some(kind) = Kind::from_number(number) {
                        zone.set(Generator::new(kind, amount));
                    }
                }
            }
        }
        zone
    }

    fn set(&mut self, generator: Generator) {
        self.generators.retain(|other| other.kind != generator.kind);
        self.generators.push(generator);
    }

    /// A zone with everything that `zone` says and, where it is silent, what this global one does.
    fn overridden_by(&self, zone: &ReadZone) -> ReadZone {
        let mut whole = ReadZone { target: zone.target, ..self.clone() };
        zone.generators.iter().for_each(|&generator| whole.set(generator));
        whole.ranges.extend(&zone.ranges);
        whole.offsets.extend(&zone.offsets);
        whole
    }

    /// The keys and velocities, or `None` if no note is among them.
    fn ranges(&self) -> Option<(Range<u8>, Range<u8>)> {
        let range = |number| match self.ranges.get(&number) {
            None => Some(Zone::ALL),
            Some(&(first, last)) => (first <= last).then(|| first..last + 1),
        };
        Some((range(KEY_RANGE)?, range(VELOCITY_RANGE)?))
    }

    fn offset(&self, number: u16) -> i64 {
        self.offsets.get(&number).copied().map_or(0, i64::from)
    }

    /// How many samples of the wave the engine steps over at most for one of its own.
    fn stride(&self, wave: &Wave, raised: f64) -> f64 {
        let highest = self.ranges.get(&KEY_RANGE).map_or(127, |&(_, last)| last);
        let root = match amount(&self.generators, Kind::RootKey) {
            Some(root) if root >= 0 => f64::from(root),
            _ => f64::from(wave.root),
        };
        let scale = amount(&self.generators, Kind::ScaleTuning)
            .map_or(1.0, |cents| f64::from(cents) / 100.0);
        // Whatever raises the note counts before the tuning from key to key stretches it.
        let above = (f64::from(highest) - root).max(0.0);
        let correction = f64::from(wave.correction).max(0.0) / 100.0;
        let by_zone = semitones(&self.generators);
        let semitones = scale.max(1.0) * (above + RAISED_SEMITONES + raised + by_zone) + correction;
        f64::from(wave.sample_rate) / ENGINE_RATE * (semitones / 12.0).exp2()
    }
}

//! SoundFonts from bytes: good ones, broken ones and hostile ones.

#![expect(clippy::unwrap_used, reason = "a test may")]

mod listening;

use cantilena_audio::decibels_of;
use cantilena_score::Change;
use cantilena_sound::{Message, Part, SoundError, SoundFont, Synth};

use listening::{controller, decibels, part, play, release, strike};

/// A SoundFont written by hand, after SF2 2.04 § 4: one preset with a global zone and two zones,
/// one instrument with a global zone and two zones, two waves. Every part can be changed before it
/// is put together.
struct File {
    samples: Vec<i16>,
    phdr: Vec<u8>,
    pbag: Vec<[u16; 2]>,
    pgen: Vec<[u16; 2]>,
    inst: Vec<u8>,
    ibag: Vec<[u16; 2]>,
    igen: Vec<[u16; 2]>,
    /// Start, end, loop start, loop end, rate; root and correction; link and type.
    shdr: Vec<([u32; 5], [u8; 2], [u16; 2])>,
    info: Vec<(&'static [u8; 4], Vec<u8>)>,
}

/// A cycle of the wave, in samples.
const CYCLE: usize = 100;

impl File {
    fn new() -> File {
        let sine =
            |t: usize| (12_000.0 * (t as f64 * std::f64::consts::TAU / CYCLE as f64).sin()) as i16;
        let mut phdr = Vec::new();
        for (name, program, bag) in [("Sine", 0u16, 0u16), ("EOP", 0, 3)] {
            phdr.extend(padded(name));
            phdr.extend(program.to_le_bytes());
            phdr.extend(0u16.to_le_bytes());
            phdr.extend(bag.to_le_bytes());
            phdr.extend([0; 12]);
        }
        let mut inst = Vec::new();
        for (name, bag) in [("Sine", 0u16), ("EOI", 3)] {
            inst.extend(padded(name));
            inst.extend(bag.to_le_bytes());
        }
        // 441 Hz is 4 cents above the A of 440.
        let header = [0, 1_000, 200, 900, 44_100];
        File {
            samples: (0..1_100).map(sine).collect(),
            phdr,
            pbag: vec![[0, 0], [1, 0], [3, 0], [5, 0]],
            pgen: vec![
                [16, 0],       // global: no reverb
                [43, 0x3F_00], // keys 0 to 63
                [41, 0],       // instrument 0
                [43, 0x7F_40], // keys 64 to 127
                [41, 0],       // instrument 0
                [0, 0],        // the end
            ],
            inst,
            ibag: vec![[0, 0], [1, 0], [3, 0], [6, 0]],
            igen: vec![
                [54, 1],       // global: looped
                [43, 0x45_00], // keys 0 to 69
                [53, 0],       // wave 0
                [43, 0x7F_46], // keys 70 to 127
                [17, 100],     // a little to the right
                [53, 1],       // wave 1
                [0, 0],        // the end
            ],
            shdr: vec![
                (header, [69, (-4i8).cast_unsigned()], [0, 1]),
                (header, [69, (-4i8).cast_unsigned()], [0, 1]),
                ([0; 5], [0, 0], [0, 0]),
            ],
            info: vec![
                (b"ifil", vec![2, 0, 4, 0]),
                (b"INAM", b"By hand\0".to_vec()),
                (b"Xtra", b"not in the specification".to_vec()),
            ],
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let pairs =
            |pairs: &[[u16; 2]]| pairs.iter().flatten().flat_map(|n| n.to_le_bytes()).collect();
        let mut waves = Vec::new();
        for (numbers, root, link) in &self.shdr {
            waves.extend(padded("wave"));
            waves.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            waves.extend(root);
            waves.extend(link.iter().flat_map(|number| number.to_le_bytes()));
        }
        let samples = self.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let body = [
            list(b"INFO", &self.info),
            list(b"sdta", &[(b"smpl", samples)]),
            list(
                b"pdta",
                &[
                    (b"phdr", self.phdr.clone()),
                    (b"pbag", pairs(&self.pbag)),
                    (b"pmod", vec![0; 10]),
                    (b"pgen", pairs(&self.pgen)),
                    (b"inst", self.inst.clone()),
                    (b"ibag", pairs(&self.ibag)),
                    (b"imod", vec![0; 10]),
                    (b"igen", pairs(&self.igen)),
                    (b"shdr", waves),
                ],
            ),
        ]
        .concat();
        chunk(b"RIFF", &[b"sfbk".as_slice(), &body].concat())
    }
}

fn padded(name: &str) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = &[0][..body.len() % 2];
    [kind.as_slice(), &(body.len() as u32).to_le_bytes(), body, pad].concat()
}

fn list(kind: &[u8; 4], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunks: Vec<u8> = chunks.iter().flat_map(|(kind, body)| chunk(kind, body)).collect();
    chunk(b"LIST", &[kind.as_slice(), &chunks].concat())
}

/// A synth of one part, without reverb.
fn dry(soundfont: &SoundFont) -> Synth {
    let mut synth = Synth::new(soundfont, &[part(0)]).unwrap();
    synth.send(0, controller(91, 0)).unwrap();
    synth
}

/// How loud key 69 is with this SoundFont, in decibels.
fn loudness(soundfont: &SoundFont) -> f64 {
    let mut synth = dry(soundfont);
    synth.send(0, strike(69, 127)).unwrap();
    play(&mut synth, 0.1);
    decibels(&play(&mut synth, 0.2)).1
}

#[test]
fn a_soundfont_written_by_hand_is_read_and_played() {
    let soundfont = SoundFont::read(&File::new().bytes()).unwrap();
    assert_eq!(soundfont.name(), "By hand");
    let presets: Vec<(u16, u16, &str)> =
        soundfont.presets().iter().map(|p| (p.bank, p.program, p.name.as_str())).collect();
    assert_eq!(presets, [(0, 0, "Sine")]);

    // 12,000 of 32,768 at full velocity: half by the engine's master volume, its square root of a
    // half by the middle of the panorama, and 100 of 127 squared by the channel's volume.
    let expected = decibels_of(
        12_000.0 / 32_768.0 / 2f64.sqrt() * 0.5 * 0.5f64.sqrt() * (100.0 / 127.0f64).powi(2),
    );
    let found = loudness(&soundfont);
    assert!((found - expected).abs() < 0.3, "{found} dB, and {expected} was expected");
    for key in [57, 69, 76, 90] {
        let mut synth = Synth::new(&soundfont, &[part(0)]).unwrap();
        synth.send(0, strike(key, 100)).unwrap();
        let heard = listening::mono(&play(&mut synth, 0.5));
        let hertz = cantilena_score::Pitch::new(key).unwrap().hertz();
        assert!(listening::cents_above(&heard, hertz).abs() < 5.0, "key {key}");
    }
}

/// The file with something changed, refused with this message.
#[track_caller]
fn refused(change: impl FnOnce(&mut File), message: &str) {
    let mut file = File::new();
    change(&mut file);
    let error = SoundFont::read(&file.bytes()).unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn a_broken_structure_is_refused_with_its_reason() {
    refused(|file| file.phdr.truncate(50), "no whole number of records");
    refused(|file| file.igen.clear(), "no whole number of records");
    refused(|file| file.ibag[1][0] = 60_000, "go backwards or beyond the end");
    refused(|file| file.pbag[1][0] = 4, "go backwards or beyond the end");
    refused(|file| file.inst[42..44].copy_from_slice(&[200, 0]), "go backwards or beyond the end");
    refused(|file| file.phdr.truncate(38), "no preset");
    for (bytes, message) in [
        (b"".as_slice(), "no RIFF chunk"),
        (b"MThd\0\0\0\x06\0\0\0\0\0\0", "no RIFF chunk"),
        (b"RIFF\x04\0\0\0sfbk", "no sdta list"),
        (b"RIFF\xff\xff\xff\xffsfbkLIST\xff\xff\xff\xffsdtasmpl\xff\xff\xff\xff", "no pdta list"),
    ] {
        let error = SoundFont::read(bytes).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn compressed_soundfonts_are_named_as_such() {
    let mut file = File::new();
    file.shdr[0].2[1] |= 0x10;
    assert_eq!(SoundFont::read(&file.bytes()).unwrap_err(), SoundError::Compressed);
    let mut file = File::new();
    file.samples[..2].copy_from_slice(&[i16::from_le_bytes(*b"Og"), i16::from_le_bytes(*b"gS")]);
    assert_eq!(SoundFont::read(&file.bytes()).unwrap_err(), SoundError::Compressed);
}

/// The file with a fault in the zone of the lower keys still plays; whether it does so there.
#[track_caller]
fn survives(change: impl FnOnce(&mut File)) -> bool {
    let mut file = File::new();
    change(&mut file);
    let soundfont = SoundFont::read(&file.bytes()).unwrap();
    let mut synth = Synth::new(&soundfont, &[part(0)]).unwrap();
    synth.send(0, strike(80, 127)).unwrap();
    assert!(decibels(&play(&mut synth, 0.2)).1 > -40.0, "the upper keys are whole");
    loudness(&soundfont) > -40.0
}

#[test]
fn a_broken_zone_is_left_out_and_the_rest_plays() {
    assert!(survives(|_| {}));
    // A wave from nowhere, one that ends before it starts, one in ROM, one of no rate.
    assert!(!survives(|file| file.igen[2][1] = 9));
    assert!(!survives(|file| file.shdr[0].0[1] = 0));
    assert!(!survives(|file| file.shdr[0].2[1] = 0x8001));
    assert!(!survives(|file| file.shdr[0].0[4] = 0));
    // Keys from the higher to the lower.
    assert!(!survives(|file| file.igen[1][1] = 0x00_45));
    // A preset zone of no instrument, below key 64.
    assert!(survives(|file| file.pgen[2] = [48, 0]));
    let mut file = File::new();
    file.pgen[2] = [48, 0];
    let mut synth = dry(&SoundFont::read(&file.bytes()).unwrap());
    synth.send(0, strike(50, 127)).unwrap();
    assert_eq!(decibels(&play(&mut synth, 0.2)).1, f64::NEG_INFINITY);
}

#[test]
fn a_broken_loop_plays_once() {
    // Beyond the samples, backwards, and shorter than one step of the engine may be.
    for broken in [[200, 4_000_000], [900, 200], [200, 202]] {
        let mut file = File::new();
        file.shdr[0].0[2..4].copy_from_slice(&broken);
        let soundfont = SoundFont::read(&file.bytes()).unwrap();
        let mut synth = dry(&soundfont);
        synth.send(0, strike(69, 127)).unwrap();
        let once = decibels(&play(&mut synth, 0.02)).1;
        play(&mut synth, 0.1);
        let later = decibels(&play(&mut synth, 0.1)).1;
        assert!(once > -30.0 && later < -60.0, "{once} dB, then {later} dB");
    }
}

#[test]
fn global_zones_and_offsets_hold_for_all_zones() {
    // A global attenuation of 25 cB is one decibel to the engine.
    let mut file = File::new();
    file.igen[0] = [54, 1];
    file.ibag = vec![[0, 0], [2, 0], [4, 0], [7, 0]];
    file.igen.insert(1, [48, 250]);
    let softer = loudness(&SoundFont::read(&file.bytes()).unwrap());
    let plain = loudness(&SoundFont::read(&File::new().bytes()).unwrap());
    assert!((plain - softer - 10.0).abs() < 0.2, "{plain} dB, then {softer} dB");

    // Offsets move the wave's end to where it starts: nothing is left of it.
    let mut file = File::new();
    file.ibag = vec![[0, 0], [2, 0], [4, 0], [7, 0]];
    file.igen.insert(1, [1, (-1_000i16).cast_unsigned()]);
    assert!(loudness(&SoundFont::read(&file.bytes()).unwrap()) < -60.0);
}

#[test]
fn a_preset_that_would_make_every_note_look_at_millions_of_zones_is_refused() {
    let mut file = File::new();
    // 600 preset zones of an instrument of 600 zones.
    file.pbag = (0..=600).map(|n| [n, 0]).collect();
    file.pgen = (0..600).map(|_| [41, 0]).chain([[0, 0]]).collect();
    file.phdr[38 + 24..38 + 26].copy_from_slice(&600u16.to_le_bytes());
    file.ibag = (0..=600).map(|n| [n, 0]).collect();
    file.igen = (0..600).map(|_| [53, 0]).chain([[0, 0]]).collect();
    file.inst[22 + 20..].copy_from_slice(&600u16.to_le_bytes());
    let refused = SoundFont::read(&file.bytes()).unwrap_err();
    assert!(matches!(refused, SoundError::OverLimit { limit: 16_384, .. }), "{refused}");
}

/// Plays all that a player can do; gives whether anything went wrong.
fn torment(soundfont: &SoundFont) -> Result<(), SoundError> {
    let drums = Part { is_drums: true, ..part(0) };
    let mut synth = Synth::new(soundfont, &[part(0), drums])?;
    for message in [controller(101, 0), controller(100, 0), controller(6, 127), controller(1, 127)]
    {
        synth.send(0, message)?;
    }
    for (round, key) in [0u8, 21, 60, 69, 70, 108, 127].into_iter().enumerate() {
        let bend = if round % 2 == 0 { 8_191 } else { -8_192 };
        synth.send(0, Message::Change(Change::PitchBend(bend)))?;
        for part in 0..2 {
            synth.send(part, strike(key, 1 + 18 * round as u8))?;
        }
        let sound = play(&mut synth, 0.01);
        assert!(sound.iter().flatten().all(|sample| sample.is_finite()));
        synth.send(0, release(key))?;
    }
    play(&mut synth, 0.02);
    Ok(())
}

#[test]
fn ten_thousand_damaged_files_do_no_harm() {
    let good = File::new().bytes();
    // Where the numbers stand that matter; the samples in between can hardly be wrong.
    let samples = good.windows(4).position(|window| window == b"smpl").unwrap() + 8;
    let matters: Vec<usize> = (0..samples).chain(samples + 2_200..good.len()).collect();
    let mut state = 20u64;
    let mut chance = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..10_000 {
        let mut bytes = good.clone();
        for _ in 0..1 + chance(4) {
            let at = matters[chance(matters.len())].min(bytes.len().saturating_sub(1));
            match chance(8) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = 0xFF,
                2 => bytes[at] = 0,
                3 => bytes[at] ^= 1 << chance(8),
                4 => bytes[at] = bytes[at].wrapping_add(1),
                5 => bytes[at] = 0x7F,
                6 => drop(bytes.splice(at..at, [0; 2])),
                _ => bytes[at] = chance(256) as u8,
            }
        }
        match SoundFont::read(&bytes) {
            Ok(soundfont) => {
                read += 1;
                // Not even the fence around the engine was needed.
                assert_eq!(torment(&soundfont), Ok(()), "{bytes:02x?}");
            }
            Err(error) => {
                refused += 1;
                assert_ne!(error, SoundError::Engine, "{bytes:02x?}");
            }
        }
    }
    // Both ways were tried in earnest.
    assert!(read > 2_000 && refused > 1_000, "{read} read, {refused} refused");
}

#[test]
fn generators_of_any_amount_do_no_harm() {
    let extremes = [0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x8001, 12_000, 0xD120, 1_200];
    for number in 0..61u16 {
        for amount in extremes {
            for in_preset in [false, true] {
                let mut file = File::new();
                let generators = if in_preset { &mut file.pgen } else { &mut file.igen };
                generators[0] = [number, amount];
                match SoundFont::read(&file.bytes()) {
                    Ok(soundfont) => assert_eq!(torment(&soundfont), Ok(())),
                    Err(error) => assert_ne!(error, SoundError::Engine),
                }
            }
        }
    }
}

#[test]
fn the_built_in_bank_is_whole() {
    let soundfont = SoundFont::built_in();
    let presets = soundfont.presets();
    assert_eq!(presets.len(), 129);
    for (number, preset) in presets[..128].iter().enumerate() {
        let program = cantilena_score::Program::new(number as u8).unwrap();
        assert_eq!((preset.bank, preset.program), (0, number as u16));
        // Names in a SoundFont have nineteen letters.
        assert!(program.name().starts_with(&preset.name), "{}", preset.name);
    }
    assert_eq!((presets[128].bank, presets[128].program), (128, 0));
    assert!(soundfont.sample_count() * 2 < 40_000_000, "{} samples", soundfont.sample_count());
}

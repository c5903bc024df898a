//! Which sound a part means that names no General MIDI program.

use cantilena_score::Program;

/// Parts of names in lower case, in English, German, Italian and French as scores have them, with
/// the program counted from 0. The first that stands in a name counts, so that the longer names
/// come first.
const NAMES: [(&str, u8); 66] = [
    ("electric piano", 4),
    ("harpsichord", 6),
    ("cembalo", 6),
    ("clavecin", 6),
    ("clavinet", 7),
    ("celesta", 8),
    ("glockenspiel", 9),
    ("vibraphone", 11),
    ("marimba", 12),
    ("xylophone", 13),
    ("tubular", 14),
    ("dulcimer", 15),
    ("accordion", 21),
    ("akkordeon", 21),
    ("harmonica", 22),
    ("organ", 19),
    ("orgel", 19),
    ("orgue", 19),
    ("electric guitar", 27),
    ("e-gitarre", 27),
    ("bass guitar", 33),
    ("electric bass", 33),
    ("guitar", 24),
    ("gitarre", 24),
    ("chitarra", 24),
    ("contrabassoon", 70),
    ("double bass", 43),
    ("contrabass", 43),
    ("kontrabass", 43),
    ("violoncell", 42),
    ("cello", 42),
    ("viola", 41),
    ("bratsche", 41),
    ("alto saxophone", 65),
    ("tenor saxophone", 66),
    ("baritone saxophone", 67),
    ("soprano saxophone", 64),
    ("saxophon", 65),
    ("english horn", 69),
    ("bass clarinet", 71),
    ("violin", 40),
    ("geige", 40),
    ("violon", 40),
    ("fiddle", 110),
    ("harp", 46),
    ("harfe", 46),
    ("timpani", 47),
    ("pauken", 47),
    ("strings", 48),
    ("trumpet", 56),
    ("trompet", 56),
    ("trombon", 57),
    ("posaun", 57),
    ("tuba", 58),
    ("horn", 60),
    ("corno", 60),
    ("oboe", 68),
    ("fagott", 70),
    ("bassoon", 70),
    ("clarinet", 71),
    ("klarinette", 71),
    ("piccolo", 72),
    ("recorder", 74),
    ("flut", 73),
    ("flöte", 73),
    ("bagpipe", 109),
];

/// Names of parts that are sung; the program is a choir.
const SUNG: [&str; 12] = [
    "voice", "vocal", "soprano", "alto", "tenor", "baritone", "bass", "choir", "sopran", "chor",
    "gesang", "singer",
];

/// Choir Aahs.
const CHOIR: u8 = 52;

/// The program that a name most likely means; a piano where it means none that is known.
pub(super) fn program_named(name: &str) -> Program {
    let name = name.to_lowercase();
    let played = NAMES.iter().find(|(part, _)| name.contains(part)).map(|row| row.1);
    let sung = || SUNG.iter().any(|part| name.contains(part)).then_some(CHOIR);
    let number = played.or_else(sung).unwrap_or(0);
    Program::new(number).unwrap_or(Program::PIANO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_mean_their_instruments() {
        for (name, program) in [
            ("Violino I", 40),
            ("Violoncello", 42),
            ("Contrabassoon", 70),
            ("Horn in F", 60),
            ("English Horn", 69),
            ("Soprano", 52),
            ("Soprano Saxophone", 64),
            ("Piano", 0),
            ("Klavier", 0),
            ("Flöte", 73),
        ] {
            assert_eq!(program_named(name).number(), program, "{name}");
        }
    }
}

//! What drummers call the keys of a drum track.

/// Names by note number from 35, after the percussion map of General MIDI 1, table 3, in the
/// short forms of drum charts.
const NAMES: [&str; 47] = [
    "Kick 2",
    "Kick",
    "Side stick",
    "Snare",
    "Clap",
    "Snare 2",
    "Floor tom 2",
    "Hi-hat",
    "Floor tom",
    "Pedal hat",
    "Low tom",
    "Open hat",
    "Mid tom 2",
    "Mid tom",
    "Crash",
    "High tom",
    "Ride",
    "China",
    "Ride bell",
    "Tambourine",
    "Splash",
    "Cowbell",
    "Crash 2",
    "Vibraslap",
    "Ride 2",
    "High bongo",
    "Low bongo",
    "Muted conga",
    "High conga",
    "Low conga",
    "High timbale",
    "Low timbale",
    "High agogo",
    "Low agogo",
    "Cabasa",
    "Maracas",
    "Whistle",
    "Long whistle",
    "Guiro",
    "Long guiro",
    "Claves",
    "High block",
    "Low block",
    "Muted cuica",
    "Cuica",
    "Mute triangle",
    "Triangle",
];

/// The name of a drum by its note number; outside General MIDI's map, but for the two keys that
/// electronic kits give to the edge of a hi-hat, the number itself.
pub(crate) fn drum_name(number: u8) -> String {
    match number {
        22 => return "Hat edge".to_owned(),
        26 => return "Open edge".to_owned(),
        _ => {}
    }
    let place = usize::from(number).checked_sub(35);
    match place.and_then(|place| NAMES.get(place)) {
        Some(name) => (*name).to_owned(),
        None => format!("key {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_begins_and_ends_where_general_midi_has_it() {
        let cases = [
            (22, "Hat edge"),
            (34, "key 34"),
            (35, "Kick 2"),
            (38, "Snare"),
            (42, "Hi-hat"),
            (49, "Crash"),
        ];
        for (number, name) in cases.into_iter().chain([(81, "Triangle"), (82, "key 82")]) {
            assert_eq!(drum_name(number), name);
        }
    }
}

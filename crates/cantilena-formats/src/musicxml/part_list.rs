//! Who plays, as the head of a page lists it.

use cantilena_score::Program;
use roxmltree::Node;

use crate::musicxml::instrument::program_named;

/// One part of the list.
#[derive(Clone, Debug, Default)]
pub(super) struct ScorePart {
    pub(super) id: String,
    /// May be empty.
    pub(super) name: String,
    /// Never empty; the first plays what names none.
    pub(super) instruments: Vec<Instrument>,
}

/// One sound of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Instrument {
    pub(super) id: String,
    pub(super) program: Program,
    /// Whether it plays on the channel of drums.
    pub(super) is_drums: bool,
    /// The pitch that it strikes where its notes have none.
    pub(super) unpitched: Option<u8>,
}

/// A child's text, without the space around it.
pub(super) fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}

/// A child's number.
pub(super) fn number<T: std::str::FromStr>(node: Node<'_, '_>, name: &str) -> Option<T> {
    text(node, name)?.parse().ok()
}

/// The first child of a name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// All parts that the head lists.
pub(super) fn part_list(root: Node<'_, '_>) -> Vec<ScorePart> {
    let list = child(root, "part-list");
    let parts = list.into_iter().flat_map(|list| list.children());
    parts.filter(|node| node.has_tag_name("score-part")).map(score_part).collect()
}

fn score_part(node: Node<'_, '_>) -> ScorePart {
    // A name that is not shown was made up by the program that wrote it.
    let shown =
        child(node, "part-name").filter(|name| name.attribute("print-object") != Some("no"));
    let name = shown.and_then(|name| name.text()).unwrap_or_default().trim();
    let any_name = text(node, "part-name").unwrap_or_default();
    let mut instruments: Vec<Instrument> = Vec::new();
    for listed in node.children().filter(|child| child.has_tag_name("score-instrument")) {
        let names = ["instrument-name", "instrument-sound"].map(|name| text(listed, name));
        let names = [Some(any_name), names[0], names[1]].map(Option::unwrap_or_default).join(" ");
        instruments.push(Instrument {
            id: listed.attribute("id").unwrap_or_default().to_owned(),
            program: program_named(&names),
            ..Instrument::default()
        });
    }
    for midi in node.children().filter(|child| child.has_tag_name("midi-instrument")) {
        let id = midi.attribute("id").unwrap_or_default();
        let place = match instruments.iter().position(|instrument| instrument.id == id) {
            Some(place) => place,
            None => {
                let program = program_named(any_name);
                instruments.push(Instrument { id: id.to_owned(), program, ..Default::default() });
                instruments.len() - 1
            }
        };
        let instrument = &mut instruments[place];
        // Programs and pitches are counted from 1 here.
        let from_one = |name| number::<u8>(midi, name).and_then(|number| number.checked_sub(1));
        if let Some(program) = from_one("midi-program").and_then(|n| Program::new(n).ok()) {
            instrument.program = program;
        }
        instrument.is_drums = number(midi, "midi-channel") == Some(10);
        instrument.unpitched = from_one("midi-unpitched").filter(|&pitch| pitch < 128);
    }
    if instruments.is_empty() {
        instruments.push(Instrument { program: program_named(any_name), ..Instrument::default() });
    }
    let id = node.attribute("id").unwrap_or_default().to_owned();
    ScorePart { id, name: name.to_owned(), instruments }
}

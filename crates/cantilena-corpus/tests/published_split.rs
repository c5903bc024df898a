//! A real corpus with its real table: the split that was published is the one we keep.

#![expect(clippy::print_stderr, reason = "a test says what it could not do")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use cantilena_corpus::{Label, Labels, Sources};

#[test]
fn every_performance_of_maestro_has_its_composer_and_its_side() {
    let data = std::env::var_os("CANTILENA_DATA").map(PathBuf::from);
    let data = data.unwrap_or_else(|| {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"))
    });
    let maestro = data.join("maestro-v3");
    if !maestro.is_dir() {
        eprintln!("{} is absent; nothing to test", maestro.display());
        return;
    }
    let sources = Sources::find(&[maestro]).unwrap();
    let labels = Labels::beside(&sources);
    let mut sides: BTreeMap<String, usize> = BTreeMap::new();
    for index in 0..sources.len() {
        let said = labels.of(sources.name_inside(index));
        assert!(said.get(Label::Composer).is_some(), "{}", sources.name(index));
        *sides.entry(said.get(Label::Split).unwrap().to_owned()).or_default() += 1;
    }
    let counts: Vec<(&str, usize)> = sides.iter().map(|(side, n)| (side.as_str(), *n)).collect();
    assert_eq!(counts, [("test", 177), ("train", 962), ("validation", 137)]);
    assert!(sources.licences().iter().any(|name| name.ends_with("LICENSE")));
}

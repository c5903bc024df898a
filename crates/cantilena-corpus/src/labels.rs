//! What people say of their files: in tables, in folder names, in file names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::conditions::{Conditions, Known, Origin};
use crate::csv;
use crate::file_pattern::FilePattern;
use crate::sources::Sources;
use crate::split::Side;

/// Something that a label can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Who wrote it.
    Composer,
    /// Genre or style.
    Genre,
    /// Mood.
    Mood,
    /// Quarters a minute.
    Bpm,
    /// The side of a published split.
    Split,
}

impl Label {
    /// All of them, each with the words that name its column in a table, the plainest first.
    const WORDS: [(Label, &[&str]); 5] = [
        (Label::Composer, &["composer", "canonical_composer", "artist"]),
        (Label::Genre, &["genre", "style"]),
        (Label::Mood, &["mood", "emotion", "4q", "quadrant"]),
        (Label::Bpm, &["bpm", "tempo"]),
        (Label::Split, &["split", "subset", "fold"]),
    ];

    /// The label that a word names, in whatever case.
    pub fn from_word(word: &str) -> Option<Label> {
        let word = word.trim().to_lowercase();
        let row = Label::WORDS.iter().find(|(_, words)| words.contains(&word.as_str()))?;
        Some(row.0)
    }
}

/// Words that name the column of file names in a table, the likeliest first.
const FILE_WORDS: [&str; 8] =
    ["midi_filename", "file", "filename", "file_name", "midi", "path", "midi_path", "name"];

/// What is said of the files of a folder.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// What the name of the folder that a file lies in says; `None` says nothing.
    pub folder: Option<Label>,
    /// What file names say.
    pub pattern: Option<FilePattern>,
    /// Rows of tables by the last part of the file they speak of, in lower case.
    rows: BTreeMap<String, Vec<Row>>,
}

/// What a row of a table says of a file.
#[derive(Clone, Debug)]
struct Row {
    /// The folder of the table, and the file as the table names it, in lower case.
    folder: String,
    file: String,
    labelled: Labelled,
}

/// What is said of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labelled(BTreeMap<Label, String>);

impl Labels {
    /// What the tables beside the music say: every CSV or TSV file that has a column of file
    /// names and one with a [`Label`]. Tables of other things say nothing.
    pub fn beside(sources: &Sources) -> Labels {
        let mut labels = Labels::default();
        for (folder, text) in sources.tables() {
            labels.add_table(folder, &text);
        }
        labels
    }

    /// Adds a table that lies in `folder`, which is empty or ends in a slash; gives the number of
    /// files it speaks of.
    pub fn add_table(&mut self, folder: &str, text: &str) -> usize {
        let rows = csv::records(text);
        let Some((heading, rows)) = rows.split_first() else { return 0 };
        let heading: Vec<String> = heading.iter().map(|word| word.trim().to_lowercase()).collect();
        let column = |word: &str| heading.iter().position(|heading| heading == word);
        let Some(file) = FILE_WORDS.into_iter().find_map(column) else { return 0 };
        let columns: Vec<(Label, usize)> = Label::WORDS
            .iter()
            .filter_map(|(label, words)| {
                Some((*label, words.iter().find_map(|word| column(word))?))
            })
            .collect();
        if columns.is_empty() {
            return 0;
        }
        let mut count = 0;
        for row in rows {
            let Some(file) = row.get(file).filter(|file| !file.is_empty()) else { continue };
            let said = columns.iter().filter_map(|(label, column)| {
                let value = row.get(*column)?.trim();
                (!value.is_empty()).then(|| (*label, value.to_owned()))
            });
            let labelled = Labelled(said.collect());
            let file = file.trim().replace('\\', "/").to_lowercase();
            let key = last_part(&file).to_owned();
            let folder = folder.to_lowercase();
            self.rows.entry(key).or_default().push(Row { folder, file, labelled });
            count += 1;
        }
        count
    }

    /// What is said of the file with this name below its root. Of tables that speak of it, the
    /// one nearest to it counts; a table outdoes the file's name, and that its folder's.
    pub fn of(&self, name: &str) -> Labelled {
        let mut labelled = Labelled::default();
        let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
        if let (Some(label), false) = (self.folder, folders.is_empty()) {
            labelled.0.insert(label, last_part(folders).to_owned());
        }
        if let Some(pattern) = &self.pattern {
            labelled.0.extend(pattern.labels(file));
        }
        let lower = name.to_lowercase();
        let rows = self.rows.get(last_part(&lower)).into_iter().flatten();
        // A row speaks of a file in or below its table's folder, if it names the end of its path.
        let speaks = |row: &&Row| {
            let below = lower.strip_prefix(&row.folder);
            below.is_some_and(|below| {
                let before = below.strip_suffix(&row.file);
                before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            })
        };
        let nearest = rows.filter(speaks).max_by_key(|row| (row.folder.len(), row.file.len()));
        if let Some(row) = nearest {
            labelled.0.extend(row.labelled.0.clone());
        }
        labelled
    }
}

impl Labelled {
    /// What is said, if anything.
    pub fn get(&self, label: Label) -> Option<&str> {
        self.0.get(&label).map(String::as_str)
    }

    /// Writes what is said over what was known.
    pub fn apply(&self, conditions: &mut Conditions) {
        let text = |label| self.get(label).map(str::to_owned);
        conditions.composer = text(Label::Composer).or(conditions.composer.take());
        conditions.genre = text(Label::Genre).or(conditions.genre.take());
        conditions.mood = text(Label::Mood).or(conditions.mood.take());
        conditions.side = self.get(Label::Split).and_then(Side::from_word).or(conditions.side);
        let bpm = self.get(Label::Bpm).and_then(|bpm| bpm.parse::<f64>().ok());
        if let Some(value) = bpm.filter(|bpm| (1.0..=1000.0).contains(bpm)) {
            conditions.bpm = Some(Known { value, from: Origin::Label });
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_labels_the_files_it_names() {
        let mut labels = Labels::default();
        let table = "canonical_composer,split,midi_filename\nBerg,test,2018/a.midi\nBach,,b.midi\n";
        assert_eq!(labels.add_table("maestro/", table), 2);
        let said = labels.of("maestro/v3/2018/A.midi");
        assert_eq!(
            (said.get(Label::Composer), said.get(Label::Split)),
            (Some("Berg"), Some("test"))
        );
        assert_eq!(labels.of("maestro/x/b.midi").get(Label::Composer), Some("Bach"));
        assert_eq!(labels.of("maestro/x/bb.midi"), Labelled::default(), "not the end of a part");
        assert_eq!(labels.of("other/2018/a.midi"), Labelled::default(), "another folder");

        let mut conditions = Conditions::default();
        said.apply(&mut conditions);
        assert_eq!(
            (conditions.composer.as_deref(), conditions.side),
            (Some("Berg"), Some(Side::Test))
        );
    }

    #[test]
    fn a_table_of_other_things_says_nothing() {
        let mut labels = Labels::default();
        assert_eq!(labels.add_table("", "time,pitch\n1,2\n"), 0);
        assert_eq!(labels.add_table("", "file,size\na.mid,2\n"), 0);
        assert_eq!(labels.add_table("", ""), 0);
    }

    #[test]
    fn a_table_outdoes_the_file_name_and_that_the_folder() {
        let mut labels = Labels {
            folder: Some(Label::Genre),
            pattern: Some("{mood}_*".parse().unwrap()),
            ..Labels::default()
        };
        let said = labels.of("set.zip/Jazz/Q1_abc.mid");
        assert_eq!((said.get(Label::Genre), said.get(Label::Mood)), (Some("Jazz"), Some("Q1")));
        labels.add_table("", "file;genre;mood\nQ1_abc.mid;swing;\n");
        let said = labels.of("set.zip/Jazz/Q1_abc.mid");
        assert_eq!((said.get(Label::Genre), said.get(Label::Mood)), (Some("swing"), Some("Q1")));
    }
}

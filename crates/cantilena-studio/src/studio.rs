//! One folder on disk, and all that can be done in it.

use std::fs::File;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use cantilena_eval::Distributions;
use cantilena_formats::{Format, midi};
use cantilena_plot::{PianoRoll, piano_roll};
use cantilena_score::Score;
use cantilena_sound::SoundError;

use crate::asked::Asked;
use crate::clock::unix_seconds;
use crate::composers::{Composers, Figures, Limits};
use crate::error::StudioError;
use crate::fidelity::{Kept, fidelity};
use crate::foresight::{Foreseen, foresee};
use crate::jobs::{CORPUS, HISTORY, Job, JobRequest, Jobs};
use crate::listening::listen;
use crate::performance::Listener;
use crate::pieces::{Feedback, Piece, PieceId, Pieces, Take, Verb};
use crate::shelf::{ModelKind, Shelf, Shelved};
use crate::sounds::Sounds;
use crate::store;
use crate::systems::melody_of_genre;

/// How a studio is opened.
#[derive(Clone, Debug)]
pub struct StudioOptions {
    /// Its folder, which is made if need be.
    pub folder: PathBuf,
    /// Models in other folders that may be composed with too.
    pub models: Vec<PathBuf>,
    /// A SoundFont for the sound.
    pub soundfont: Option<PathBuf>,
    /// How much is done at once.
    pub limits: Limits,
    /// What is read of a file that somebody brings.
    pub reading: cantilena_formats::Limits,
}

/// One folder on disk, and all that can be done in it, for several people at once.
///
/// `studio.sqlite` holds the pieces, `models/` the models, `jobs/` the files they learn from,
/// `sounds/` sound that can be rendered again. Each owner (a name the door gives to whoever asks) has a history of their own.
pub struct Studio {
    pieces: Arc<Pieces>,
    shelf: Shelf,
    sounds: Sounds,
    composers: Composers,
    jobs: Jobs,
    figures: Arc<Figures>,
    /// The songbook's fingerprint and distributions, in JSON.
    songbook: OnceLock<(String, String)>,
    reading: cantilena_formats::Limits,
    /// Threads that listen to a recording; held while one is listened to, for that takes seconds
    /// of all of them, and memory.
    listening: Mutex<NonZero<usize>>,
    /// Held as long as the studio is open; the system lets go of it whatever happens.
    _lock: File,
}

/// Notes of a melody that is asked for by genre: as many as its system's description has.
const MELODY_NOTES: usize = 200;

/// A file that somebody brought.
#[derive(Debug)]
pub struct Opened {
    /// The piece that it became.
    pub take: Take,
    /// What was wrong with it and put right.
    pub repairs: Vec<String>,
}

impl Studio {
    /// Opens the studio in a folder.
    pub fn open(options: StudioOptions) -> Result<Studio, StudioError> {
        let StudioOptions { folder, models, soundfont, limits, reading } = options;
        for folder in [folder.clone(), folder.join("models"), folder.join("sounds")] {
            std::fs::create_dir_all(&folder)
                .map_err(|source| StudioError::Write { path: folder.clone(), source })?;
        }
        let lock = store::lock(&folder, "studio.lock")?
            .ok_or_else(|| StudioError::InUse { path: folder.clone() })?;
        let pieces = Arc::new(Pieces::open(&folder.join("studio.sqlite"))?);
        let figures = Arc::new(Figures::default());
        Ok(Studio {
            shelf: Shelf::new(folder.join("models"), models),
            sounds: Sounds::new(folder.join("sounds"), soundfont),
            jobs: Jobs::new(
                Arc::clone(&pieces),
                folder.join("jobs"),
                folder.join("models"),
                limits.composers,
            ),
            composers: Composers::new(Arc::clone(&pieces), limits, Arc::clone(&figures)),
            pieces,
            figures,
            songbook: OnceLock::new(),
            reading,
            listening: Mutex::new(NonZero::new(limits.composers).unwrap_or(NonZero::<usize>::MIN)),
            _lock: lock,
        })
    }

    /// The models there are, the newest first: name and folder.
    pub fn models(&self) -> Vec<(String, PathBuf)> {
        self.shelf.list()
    }

    /// A model by its name.
    pub fn model(&self, name: &str) -> Result<Arc<Shelved>, StudioError> {
        self.shelf.model(name)
    }

    /// Loads every model, so that nobody has to wait for it later.
    pub fn warm(&self) {
        for (name, _) in self.models() {
            // One that cannot be loaded says so to whoever asks for it.
            let _ = self.model(&name);
        }
    }

    /// Whether any model is loaded.
    pub fn has_loaded(&self) -> bool {
        self.shelf.has_loaded()
    }

    /// Has a piece composed; it goes on as long as somebody listens.
    pub fn compose(&self, owner: &str, asked: &Asked) -> Result<Listener, StudioError> {
        let model = self.shelf.model(&asked.model)?;
        let prompt = match &asked.from {
            None => None,
            Some(from) => {
                let (take, piece) = self.piece(owner, &from.piece)?;
                Some((take.id, self.read(&piece)?))
            }
        };
        // What cannot be done is said at once, not by a composer.
        let beginning = prompt.as_ref().map(|(_, score)| score.clone());
        model.check(&asked.commission(beginning)?)?;
        self.composers.ask(owner, asked, model, prompt)
    }

    /// Has a piece of the history composed again, note for note, to be heard as it comes.
    pub fn again(&self, owner: &str, id: &str) -> Result<Listener, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        let asked = serde_json::from_str::<Asked>(&piece.request);
        let Some(asked) = asked.ok().filter(|_| piece.verb != Verb::Opened) else {
            return Err(StudioError::Request(
                "it was opened or sampled, so there is nothing to compose again".to_owned(),
            ));
        };
        if asked.id(&self.shelf.model(&asked.model)?.fingerprint) != piece.id {
            return Err(StudioError::Request(format!(
                "the model {:?} has changed since it composed this piece",
                asked.model
            )));
        }
        self.compose(owner, &asked)
    }

    /// Ends a piece under way, keeping what there is; whether there was one.
    pub fn stop(&self, owner: &str, id: &str) -> bool {
        id.parse().is_ok_and(|id| self.composers.stop(owner, id))
    }

    /// Takes in a file that somebody brings: a score in any form that is read, or a recording of
    /// one voice, which is written down.
    pub fn open_file(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Opened, StudioError> {
        // The name is part of it: whoever brings the same bytes must not be told another's name.
        let id = PieceId::of(&[b"opened ", name.as_bytes(), b"\0", &bytes].concat());
        let (score, repairs, bytes) = self.opened(Path::new(name), bytes)?;
        if score.note_count() == 0 {
            let why = format!("{name} holds no notes");
            return Err(StudioError::Unsuited { field: "file", why });
        }
        let piece = Piece {
            id,
            verb: Verb::Opened,
            request: name.to_owned(),
            title: if score.title.is_empty() { name.to_owned() } else { score.title.clone() },
            bars: score.bars(),
            notes: score.note_count(),
            seconds: score.seconds().0,
            bytes,
        };
        self.pieces.keep(&piece, owner, None, unix_seconds())?;
        Ok(Opened { take: self.take(owner, &id.to_string())?, repairs })
    }

    /// The score in a file, what was mended in it, and the bytes that are kept of it.
    fn opened(
        &self,
        name: &Path,
        bytes: Vec<u8>,
    ) -> Result<(Score, Vec<String>, Vec<u8>), StudioError> {
        match cantilena_formats::read(&bytes, &self.reading) {
            Ok(reading) => {
                let repairs = reading.repairs.iter().map(ToString::to_string).collect();
                Ok((reading.score, repairs, bytes))
            }
            Err(source) => {
                let Some(score) = listen(name, &bytes, &self.listening)? else {
                    return Err(StudioError::Music { path: name.to_owned(), source });
                };
                // Of a recording the notes are kept, a thousandth of its size.
                let written = midi::write(&score)?.bytes;
                Ok((score, Vec::new(), written))
            }
        }
    }

    /// An owner's history, the newest first: `limit` takes numbered below `before`.
    pub fn takes(&self, owner: &str, before: i64, limit: u32) -> Result<Vec<Take>, StudioError> {
        self.pieces.takes(owner, before, limit)
    }

    /// A take that `owner` may see.
    pub fn take(&self, owner: &str, id: &str) -> Result<Take, StudioError> {
        let found = match id.parse() {
            Ok(id) => self.pieces.take(owner, id)?,
            Err(()) => None,
        };
        found.ok_or_else(|| StudioError::NoSuchPiece { id: id.chars().take(64).collect() })
    }

    /// A take that `owner` may see, and its piece.
    pub fn piece(&self, owner: &str, id: &str) -> Result<(Take, Piece), StudioError> {
        let take = self.take(owner, id)?;
        let piece = self.pieces.piece(take.id)?;
        let piece = piece.ok_or_else(|| StudioError::NoSuchPiece { id: take.id.to_string() })?;
        Ok((take, piece))
    }

    /// The score of a piece.
    pub fn score(&self, owner: &str, id: &str) -> Result<Score, StudioError> {
        self.read(&self.piece(owner, id)?.1)
    }

    /// A piece as a Standard MIDI File: the one that was written, or the one that was brought.
    pub fn midi(&self, owner: &str, id: &str) -> Result<Vec<u8>, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        if cantilena_formats::Format::from_bytes(&piece.bytes)
            == Some(cantilena_formats::Format::Midi)
        {
            return Ok(piece.bytes);
        }
        Ok(midi::write(&self.read(&piece)?)?.bytes)
    }

    /// A piece in another written form: MusicXML, plain or compressed, or ABC.
    pub fn written(&self, owner: &str, id: &str, format: Format) -> Result<Vec<u8>, StudioError> {
        Ok(cantilena_formats::write(&self.score(owner, id)?, format)?.bytes)
    }

    /// A melody with the band of a genre, as a Standard MIDI File: of the newest model here that
    /// is a `melody`. Every call has a piece of its own.
    pub fn melody(&self, genre: &str, seed: u64) -> Result<Vec<u8>, StudioError> {
        let model = self.shelf.melody()?;
        if !model.genres().iter().any(|known| known == genre) {
            let why =
                format!("no genre is called {genre:?}; {} will do", model.genres().join(", "));
            return Err(StudioError::Unsuited { field: "genre", why });
        }
        let ModelKind::System(checkpoint) = &model.kind else {
            return Err(StudioError::NoSuchModel { name: model.name.clone(), known: Vec::new() });
        };
        Ok(midi::write(&melody_of_genre(checkpoint, genre, MELODY_NOTES, seed)?)?.bytes)
    }

    /// A piece as a picture that scales.
    pub fn picture(&self, owner: &str, id: &str) -> Result<String, StudioError> {
        Ok(piano_roll(&self.score(owner, id)?, &PianoRoll::default()).svg())
    }

    /// The WAV file of a piece, or of some of its tracks, whose numbers rise.
    pub fn sound(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
    ) -> Result<PathBuf, StudioError> {
        let (take, piece) = self.piece(owner, id)?;
        if let Some(&last) = tracks.and_then(<[usize]>::last) {
            let found = self.read(&piece)?.tracks.len();
            if last >= found {
                let why = format!("there is no track {last} among {found}, counted from 0");
                return Err(StudioError::Unsuited { field: "tracks", why });
            }
        }
        self.sounds.of(take.id, tracks, || self.read(&piece)).map_err(|error| match error {
            StudioError::Sound(why @ SoundError::TooLong { .. }) => {
                StudioError::Unsuited { field: "id", why: why.to_string() }
            }
            error => error,
        })
    }

    /// What a piece is made of, for pictures of it.
    pub fn distributions(&self, owner: &str, id: &str) -> Result<Distributions, StudioError> {
        Ok(Distributions::of([&self.score(owner, id)?]))
    }

    /// How a piece keeps to what was asked for; nothing of one that was not composed here.
    pub fn fidelity(&self, owner: &str, id: &str) -> Result<Vec<Kept>, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        let Ok(asked) = serde_json::from_str::<Asked>(&piece.request) else {
            return Ok(Vec::new());
        };
        // A beginning that its owner no longer has is not compared with.
        let from = asked.from.as_ref().and_then(|from| self.score(owner, &from.piece).ok());
        // Nor is what only its model can tell, once that has gone.
        let model = self.model(&asked.model).ok();
        let notes = model.as_ref().and_then(|model| model.notes());
        let known = notes.map(|checkpoint| checkpoint.model.conditions.clone()).unwrap_or_default();
        Ok(fidelity(&asked, from.as_ref(), &known, &self.read(&piece)?))
    }

    /// What a model expected of the first `notes` notes of a piece, everything before each known.
    pub fn foresee(
        &self,
        owner: &str,
        id: &str,
        model: &str,
        notes: usize,
    ) -> Result<Vec<Foreseen>, StudioError> {
        let model = self.model(model)?;
        let Some(checkpoint) = model.notes() else { return Ok(Vec::new()) };
        Ok(foresee(&checkpoint.model, &self.score(owner, id)?, notes))
    }

    /// What a model has learnt from, as [`Distributions`] in JSON, where that is known: of those
    /// trained here, and of those of the songbook.
    pub fn learnt_from(&self, model: &str) -> Result<Option<String>, StudioError> {
        let model = self.model(model)?;
        let kept = std::fs::read_to_string(model.folder.join(CORPUS)).ok();
        let songbook = || {
            let is_songbook = model.corpus() == self.songbook.get_or_init(songbook).0;
            is_songbook.then(|| self.songbook.get_or_init(songbook).1.clone())
        };
        Ok(kept.or_else(songbook))
    }

    /// How a model's learning went, as its history in JSON, where it was trained here.
    pub fn history(&self, model: &str) -> Result<Option<String>, StudioError> {
        Ok(std::fs::read_to_string(self.model(model)?.folder.join(HISTORY)).ok())
    }

    /// Writes down what its owner thinks of a take.
    pub fn judge(&self, owner: &str, id: &str, feedback: &Feedback) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.judge(owner, id, feedback))
    }

    /// Puts a take away, or brings it back.
    pub fn remove(&self, owner: &str, id: &str, removed: bool) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.remove(owner, id, removed))
    }

    /// Lets everybody who knows its id see a take, or its owner alone.
    pub fn share(&self, owner: &str, id: &str, shared: bool) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.share(owner, id, shared))
    }

    /// What was answered to an earlier request of this key: a checksum of the request, and the
    /// answer.
    pub fn answered(
        &self,
        owner: &str,
        key: &str,
    ) -> Result<Option<(String, String)>, StudioError> {
        self.pieces.answered(owner, key)
    }

    /// Remembers an answer for a day; whether it was the first under this key.
    pub fn answer(
        &self,
        owner: &str,
        key: &str,
        request: &str,
        answer: &str,
    ) -> Result<bool, StudioError> {
        let now = unix_seconds();
        self.pieces.answer(owner, key, (request, answer), (now - ANSWERS_KEPT_SECONDS, now))
    }

    /// Begins a training on files: what each is called, and its bytes.
    pub fn train(
        &self,
        owner: &str,
        request: &JobRequest,
        files: &[(String, Vec<u8>)],
    ) -> Result<Arc<Job>, StudioError> {
        self.jobs.begin(owner, request, files)
    }

    /// An owner's trainings, the newest first.
    pub fn jobs(&self, owner: &str) -> Result<Vec<Arc<Job>>, StudioError> {
        self.jobs.list(owner)
    }

    /// A training of this owner.
    pub fn job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        self.jobs.job(owner, id)
    }

    /// Ends a training soon; what it has learnt is kept, and it can be taken up again.
    pub fn stop_job(&self, owner: &str, id: &str) -> Result<(), StudioError> {
        self.jobs.job(owner, id)?.stop();
        Ok(())
    }

    /// Takes up a training that was stopped, or interrupted by whatever.
    pub fn resume_job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        self.jobs.resume(owner, id)
    }

    /// How many commissions wait, and how many wait or are being composed.
    pub fn load(&self) -> (usize, usize) {
        self.composers.load()
    }

    /// What composing has come to since the studio was opened.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Takes nothing more in and ends what is under way, keeping what there is.
    pub fn close(&self) {
        self.composers.close();
        self.jobs.close();
    }

    fn own(
        &self,
        id: &str,
        change: impl FnOnce(PieceId) -> Result<bool, StudioError>,
    ) -> Result<(), StudioError> {
        let found = match id.parse() {
            Ok(id) => change(id)?,
            Err(()) => false,
        };
        match found {
            true => Ok(()),
            false => Err(StudioError::NoSuchPiece { id: id.chars().take(64).collect() }),
        }
    }

    fn read(&self, piece: &Piece) -> Result<Score, StudioError> {
        // What we wrote may be longer than what we take in from others.
        let limits = cantilena_formats::Limits::default();
        let reading = cantilena_formats::read(&piece.bytes, &limits);
        Ok(reading
            .map_err(|source| StudioError::Music {
                path: PathBuf::from(piece.id.to_string()),
                source,
            })?
            .score)
    }
}

/// How long an answer is remembered for a client that asks again: a day.
const ANSWERS_KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The songbook's fingerprint, and what it is made of, in JSON.
fn songbook() -> (String, String) {
    let corpus = cantilena_corpus::songbook::corpus();
    let distributions = Distributions::of(corpus.pieces.iter().map(|piece| &piece.score));
    (corpus.fingerprint(), serde_json::json!(distributions).to_string())
}

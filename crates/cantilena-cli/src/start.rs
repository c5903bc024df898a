//! What a person sees who types the name alone.

use crate::failure::Failure;
use crate::words::give;

/// The start page.
const PAGE: &str = "\
Cantilena trains a music model on your own files, on your own computer, and composes with it.

  cantilena demo                              hear it: a model and a piece in about a minute
  cantilena train ~/midi --minutes 5 --out my-model
                                              learn from your music
  cantilena compose my-model --bars 32 -o piece.mid -o piece.wav
                                              compose with what it learnt
  cantilena inspect piece.mid                 say what is in a file
  cantilena render piece.mid -o piece.wav --play
                                              hear a file
  cantilena serve --open                      all of it in a browser

`cantilena help` lists everything; `cantilena help train` explains one command, with examples.";

/// Prints the start page.
pub(crate) fn page() -> Result<(), Failure> {
    Ok(give(PAGE)?)
}

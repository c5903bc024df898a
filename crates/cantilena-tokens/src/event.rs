//! A piece as a matrix of tokens.

/// Events × fields, row-major; the last event of a whole piece is its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Tokens in a row: the number of fields.
    width: usize,
    tokens: Vec<u16>, // (events, fields)
}

impl Events {
    /// No events yet, of so many fields.
    pub fn new(width: usize) -> Events {
        Events { width, tokens: Vec::new() }
    }

    /// No events yet, with room for so many.
    pub(crate) fn with_capacity(width: usize, events: usize) -> Events {
        Events { width, tokens: Vec::with_capacity(width * events) }
    }

    /// Events of one field: a stream of tokens.
    pub(crate) fn stream(tokens: Vec<u16>) -> Events {
        Events { width: 1, tokens }
    }

    /// How many fields an event has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many events there are, the end counted.
    pub fn len(&self) -> usize {
        self.tokens.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The tokens of one event, shape (fields,).
    pub fn row(&self, event: usize) -> &[u16] {
        &self.tokens[event * self.width..(event + 1) * self.width]
    }

    /// All events in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u16]> {
        self.tokens.chunks_exact(self.width.max(1))
    }

    /// Adds an event of [`Events::width`] tokens.
    pub fn push(&mut self, row: &[u16]) {
        debug_assert_eq!(row.len(), self.width, "an event has one token a field");
        self.tokens.extend_from_slice(row);
    }
}

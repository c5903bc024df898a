//! One column of a representation.

/// The token that stands where there is nothing: before the first event, in a field that an
/// event does not use, in a derived field without an answer. It is never predicted.
pub const NONE: u16 = 0;

/// The token of the first predicted field that ends a piece.
pub const END: u16 = 1;

/// Whether a model predicts a field or is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Drawn from a distribution, given the fields before it.
    Predicted,
    /// Follows from the setting, the events before and the fields before it in this event.
    Derived,
}

/// One column: a name, a vocabulary `0..size`, and a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the column says: `pitch`, `duration` …
    pub name: &'static str,
    /// How many tokens there are, [`NONE`] counted.
    pub size: usize,
    /// Predicted or derived.
    pub role: Role,
}

impl Field {
    pub(crate) fn predicted(name: &'static str, size: usize) -> Field {
        Field { name, size, role: Role::Predicted }
    }

    pub(crate) fn derived(name: &'static str, size: usize) -> Field {
        Field { name, size, role: Role::Derived }
    }

    /// Whether a model predicts this field.
    pub fn is_predicted(&self) -> bool {
        self.role == Role::Predicted
    }
}

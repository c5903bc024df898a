//! Where each tensor of a network lies in its one flat array.

/// The names, shapes and places of all tensors of a network.
///
/// Tensors lie one behind the other in the order in which they were added, without gaps.
/// Parameters, gradients and both moments of [`Adam`](crate::Adam) share the layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    entries: Vec<Entry>,
    len: usize,
}

/// One tensor of a [`Layout`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique in its layout, such as `layers.0.weight_ih`.
    pub name: String,
    /// Row-major; the product of the sizes is the length of the span.
    pub shape: Vec<usize>,
    /// Where its values lie.
    pub span: Span,
}

/// The place of one tensor in the flat array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Layout {
    /// A layout without tensors.
    pub fn new() -> Layout {
        Layout::default()
    }

    /// Appends a tensor and tells its place.
    ///
    /// # Panics
    ///
    /// If the layout has a tensor of this name already.
    pub fn add(&mut self, name: &str, shape: &[usize]) -> Span {
        assert!(self.entries.iter().all(|entry| entry.name != name), "two tensors named {name}");
        let span = Span { start: self.len, end: self.len + shape.iter().product::<usize>() };
        self.len = span.end;
        self.entries.push(Entry { name: name.to_owned(), shape: shape.to_vec(), span });
        span
    }

    /// How many values the flat array has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many values the tensors of a layer have together: all whose names are its own and a
    /// point and more.
    pub fn len_of(&self, layer: &str) -> usize {
        let is_own = |entry: &&Entry| {
            entry.name.strip_prefix(layer).is_some_and(|rest| rest.starts_with('.'))
        };
        self.entries.iter().filter(is_own).map(|entry| entry.shape.iter().product::<usize>()).sum()
    }

    /// The tensors, in the order of their places.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Span {
    /// The tensor's values in the flat array.
    pub fn of(self, values: &[f32]) -> &[f32] {
        &values[self.start..self.end]
    }

    /// The tensor's values in the flat array, to be changed.
    pub fn of_mut(self, values: &mut [f32]) -> &mut [f32] {
        &mut values[self.start..self.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_lie_one_behind_the_other() {
        let mut layout = Layout::new();
        let first = layout.add("a", &[2, 3]);
        let second = layout.add("b", &[4]);
        let mut values: Vec<f32> = (0..layout.len()).map(|i| i as f32).collect();
        assert_eq!(layout.len(), 10);
        assert_eq!(first.of(&values), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(second.of_mut(&mut values), [6.0, 7.0, 8.0, 9.0]);
        let names: Vec<_> = layout.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn a_layer_has_the_tensors_named_after_it() {
        let mut layout = Layout::new();
        for (name, shape) in
            [("layer.1.bias", [2, 3]), ("layer.10.bias", [5, 1]), ("layer", [7, 1])]
        {
            layout.add(name, &shape);
        }
        assert_eq!(
            ["layer.1", "layer.10", "layer", "lay"].map(|of| layout.len_of(of)),
            [6, 5, 11, 0]
        );
    }

    #[test]
    #[should_panic(expected = "two tensors named a")]
    fn a_name_stands_for_one_tensor() {
        let mut layout = Layout::new();
        layout.add("a", &[1]);
        layout.add("a", &[1]);
    }
}

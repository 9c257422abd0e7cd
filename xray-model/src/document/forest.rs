//! Trees in one flat list.
//!
//! A trace may be thousands of levels deep. In a flat list nothing has to recurse: not reading, comparing, showing or dropping it.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Deref;

/// Ordered trees of values, in one list: every value comes before its children, siblings in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forest<T> {
    items: Vec<Item<T>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Item<T> {
    value: T,
    parent: Option<usize>,
    depth: usize,
    /// Index after the last descendant.
    end: usize,
}

impl<T> Forest<T> {
    /// Number of values in all trees.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The value at a place in the order of [`Self::iter`].
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Node<'_, T>> {
        (index < self.items.len()).then_some(Node { forest: self, index })
    }

    /// The first root of a forest that is known not to be empty.
    pub(super) fn first(&self) -> Node<'_, T> {
        Node { forest: self, index: 0 }
    }

    /// All values, parents before children.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Node<'_, T>> + ExactSizeIterator {
        (0..self.items.len()).map(|index| Node { forest: self, index })
    }

    /// Takes the forest apart: each value and the index of its parent, parents first.
    #[must_use]
    pub fn into_values(self) -> Vec<(T, Option<usize>)> {
        self.items.into_iter().map(|item| (item.value, item.parent)).collect()
    }

    /// The values without a parent.
    #[must_use]
    pub fn roots(&self) -> Siblings<'_, T> {
        Siblings { forest: self, next: 0, end: self.items.len() }
    }
}

impl<T> Default for Forest<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

/// One value and its place in a [`Forest`]. Reads like a reference to the value.
pub struct Node<'a, T> {
    forest: &'a Forest<T>,
    index: usize,
}

impl<'a, T> Node<'a, T> {
    fn item(self) -> &'a Item<T> {
        &self.forest.items[self.index]
    }

    /// The value, for as long as the forest lives.
    #[must_use]
    pub fn value(self) -> &'a T {
        &self.item().value
    }

    /// Place in the order of [`Forest::iter`].
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// Number of ancestors.
    #[must_use]
    pub fn depth(self) -> usize {
        self.item().depth
    }

    /// The enclosing value.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.item().parent.map(|index| Self { forest: self.forest, index })
    }

    /// The values directly below, in order.
    #[must_use]
    pub fn children(self) -> Siblings<'a, T> {
        Siblings { forest: self.forest, next: self.index + 1, end: self.item().end }
    }

    /// All values below at any depth, parents before children.
    pub fn descendants(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (self.index + 1..self.item().end).map(move |index| Self { forest: self.forest, index })
    }
}

impl<T> Clone for Node<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<'_, T> {}

impl<T> Deref for Node<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value()
    }
}

impl<T: fmt::Debug> fmt::Debug for Node<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// Values with the same parent, in order.
pub struct Siblings<'a, T> {
    forest: &'a Forest<T>,
    next: usize,
    end: usize,
}

impl<'a, T> Iterator for Siblings<'a, T> {
    type Item = Node<'a, T>;

    fn next(&mut self) -> Option<Node<'a, T>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { forest: self.forest, index: self.next };
        self.next = node.item().end;
        Some(node)
    }
}

impl<T> FusedIterator for Siblings<'_, T> {}

impl<T> Clone for Siblings<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T: fmt::Debug> fmt::Debug for Siblings<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Builds a [`Forest`] from the outside in: what is opened between a value's `open` and `close` is below it.
#[derive(Clone, Debug)]
pub struct ForestBuilder<T> {
    items: Vec<Item<T>>,
    open: Vec<usize>,
}

impl<T> ForestBuilder<T> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { items: Vec::new(), open: Vec::new() }
    }

    /// Adds a value below the one that is open, or as a root, and opens it. Gives its index.
    pub fn open(&mut self, value: T) -> usize {
        let index = self.items.len();
        self.items.push(Item { value, parent: self.open.last().copied(), depth: self.open.len(), end: index + 1 });
        self.open.push(index);
        index
    }

    /// Adds a value without children.
    pub fn leaf(&mut self, value: T) -> usize {
        let index = self.open(value);
        self.close();
        index
    }

    /// Closes the value opened last and still open, if any.
    pub fn close(&mut self) {
        if let Some(index) = self.open.pop() {
            self.items[index].end = self.items.len();
        }
    }

    /// Number of values that are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn value_mut(&mut self, index: usize) -> &mut T {
        &mut self.items[index].value
    }

    /// Closes whatever is open and gives the finished forest.
    #[must_use]
    pub fn finish(mut self) -> Forest<T> {
        while !self.open.is_empty() {
            self.close();
        }
        Forest { items: self.items }
    }
}

impl<T> Default for ForestBuilder<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_parents_and_children() {
        let mut builder = ForestBuilder::new();
        builder.open("a");
        builder.leaf("b");
        builder.open("c");
        builder.leaf("d");
        builder.close();
        builder.leaf("e");
        builder.close();
        builder.close();
        builder.open("f");
        let forest = builder.finish();
        let names = |nodes: Vec<Node<'_, &'static str>>| nodes.iter().map(|node| *node.value()).collect::<String>();
        assert_eq!(names(forest.iter().collect()), "abcdef");
        assert_eq!(names(forest.roots().collect()), "af");
        let a = forest.get(0).unwrap();
        assert_eq!(names(a.children().collect()), "bce");
        assert_eq!(names(a.descendants().collect()), "bcde");
        let d = forest.get(3).unwrap();
        assert_eq!((d.depth(), *d.parent().unwrap().value()), (2, "c"));
        assert_eq!(d.children().count(), 0);
        assert!(forest.get(6).is_none());
    }
}

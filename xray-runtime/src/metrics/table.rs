//! Series, and how they are found.

use std::cmp::Ordering;
use std::sync::Arc;

use super::metric::Definition;

/// One metric with one value for each of its dimensions.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) definition: &'static Definition,
    pub(super) keys: &'static [&'static str],
    pub(super) values: Box<[Box<str>]>,
    pub(super) hash: u64,
}

impl Series {
    pub(super) fn new(wanted: &Wanted<'_>) -> Self {
        let values = wanted.values.iter().map(|value| Box::from(*value)).collect();
        Self { definition: wanted.definition, keys: wanted.keys, values, hash: wanted.hash }
    }

    #[inline]
    fn is(&self, wanted: &Wanted<'_>) -> bool {
        self.hash == wanted.hash
            && std::ptr::eq(self.definition, wanted.definition)
            && self.values.iter().zip(wanted.values).all(|(own, value)| **own == **value)
    }

    /// Brings together what can share a document, and in there what has the same name.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let dimensions = (self.keys, &self.values, self.definition.sets).cmp(&(other.keys, &other.values, other.definition.sets));
        let key = |definition: &Definition| (definition.name, definition.unit, definition.is_high_resolution, definition.is_sum);
        dimensions.then_with(|| key(self.definition).cmp(&key(other.definition)))
    }

    /// Whether both are written with the same dimensions.
    pub(super) fn shares_document(&self, other: &Self) -> bool {
        self.keys == other.keys && self.values == other.values && self.definition.sets == other.definition.sets
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) definition: &'static Definition,
    pub(super) keys: &'static [&'static str],
    pub(super) values: &'a [&'a str],
    hash: u64,
}

impl<'a> Wanted<'a> {
    #[inline]
    pub(super) fn new(definition: &'static Definition, keys: &'static [&'static str], values: &'a [&'a str]) -> Self {
        // Values may come from outside. Whoever chooses them for their hashes makes a chain of at most as many series as are kept.
        let mut hash = mix(definition.id() as u64, values.len() as u64);
        for value in values {
            let (whole, _) = value.as_bytes().as_chunks::<8>();
            hash = whole.iter().fold(hash, |hash, chunk| mix(hash, u64::from_le_bytes(*chunk)));
            hash = mix(hash ^ value.len() as u64, end(value.as_bytes()));
        }
        Self { definition, keys, values, hash }
    }
}

/// The last bytes of a text, up to eight, some of them twice: reading what overlaps is cheaper than cutting it off.
#[inline]
fn end(bytes: &[u8]) -> u64 {
    let half = |chunk: &[u8; 4]| u64::from(u32::from_le_bytes(*chunk));
    match (bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(eight), ..) => u64::from_le_bytes(*eight),
        (_, Some(first), Some(last), _) => half(first) | half(last) << 32,
        (.., [first, .., last]) => u64::from(*first) | u64::from(bytes[bytes.len() / 2]) << 8 | u64::from(*last) << 16,
        (.., [only]) => u64::from(*only),
        _ => 0,
    }
}

/// The step of wyhash: both halves of a product.
#[inline]
fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one ^ 0xa076_1d64_78bd_642f) * u128::from(other ^ 0xe703_7ed1_a0b4_28db);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Something kept for each series, found without making a key first: the maps of the standard library want one that is owned or borrowed
/// as a whole.
#[derive(Debug)]
pub(super) struct Table<T> {
    /// Where entries are, by their hash with linear probing: an index plus one, or nothing. Its size is a power of two, at most half full.
    slots: Vec<u32>,
    entries: Vec<Entry<T>>,
}

#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) series: Arc<Series>,
    pub(super) kept: T,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), entries: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(super) fn find(&mut self, wanted: &Wanted<'_>) -> Option<&mut Entry<T>> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = wanted.hash as usize & mask;
        loop {
            let index = (self.slots[at] as usize).checked_sub(1)?;
            if self.entries[index].series.is(wanted) {
                return Some(&mut self.entries[index]);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a series that is not there.
    pub(super) fn insert(&mut self, series: Arc<Series>, kept: T) -> &mut Entry<T> {
        self.entries.push(Entry { series, kept });
        let index = self.entries.len() - 1;
        if self.entries.len() * 2 > self.slots.len() {
            self.place_all();
        } else {
            self.place(index);
        }
        &mut self.entries[index]
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<T>> {
        self.entries.iter()
    }

    /// Looks at each entry, and keeps those for which `keep` says so.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut Entry<T>) -> bool) {
        let before = self.entries.len();
        self.entries.retain_mut(keep);
        if self.entries.len() < before {
            self.place_all();
        }
    }

    fn place(&mut self, index: usize) {
        let mask = self.slots.len() - 1;
        let mut at = self.entries[index].series.hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = index as u32 + 1;
    }

    fn place_all(&mut self) {
        let size = (self.entries.len() * 4).next_power_of_two().max(16);
        self.slots.clear();
        self.slots.resize(size, 0);
        (0..self.entries.len()).for_each(|index| self.place(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metric;

    #[test]
    fn series_with_the_same_hash_are_told_apart() {
        static ONE: Metric<1> = Metric::counter("one", ["key"]);
        static TWO: Metric<1> = Metric::counter("two", ["key"]);
        let texts: Vec<String> = (0..50).map(|index| index.to_string()).collect();
        let values: Vec<[&str; 1]> = texts.iter().map(|text| [text.as_str()]).collect();
        let all = [&ONE, &TWO].into_iter().flat_map(|metric| values.iter().map(move |value| (metric, value)));
        let all = all.map(|(metric, value)| Wanted { hash: 15, ..Wanted::new(&metric.definition, &metric.keys, value) });
        let all: Vec<Wanted<'_>> = all.collect();
        let mut table = Table::default();
        for (index, wanted) in all.iter().enumerate() {
            assert!(table.find(wanted).is_none());
            table.insert(Arc::new(Series::new(wanted)), index);
        }
        for (index, wanted) in all.iter().enumerate() {
            assert_eq!(table.find(wanted).unwrap().kept, index);
        }
        table.retain(|entry| entry.kept % 2 == 0);
        for (index, wanted) in all.iter().enumerate() {
            assert_eq!(table.find(wanted).is_some(), index % 2 == 0);
        }
        assert_eq!((table.len(), table.entries().count()), (50, 50));
    }

    #[test]
    fn hashes_differ_by_metric_value_and_where_values_begin() {
        static ONE: Metric<2> = Metric::counter("one", ["x", "y"]);
        static TWO: Metric<2> = Metric::counter("two", ["x", "y"]);
        let of = |metric: &'static Metric<2>, values: [&str; 2]| Wanted::new(&metric.definition, &metric.keys, &values).hash;
        let hashes = [of(&ONE, ["a", "b"]), of(&TWO, ["a", "b"]), of(&ONE, ["ab", ""]), of(&ONE, ["", "ab"]), of(&ONE, ["a\0", "b"])];
        assert_eq!(std::collections::BTreeSet::from(hashes).len(), hashes.len());
    }
}

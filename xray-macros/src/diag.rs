//! Messages: all errors of an attribute in one compile, each at the word that is wrong.

use std::fmt::Display;

use proc_macro2::Ident;
use quote::ToTokens;

/// Collects errors, so that one compile shows all of them.
#[derive(Default)]
#[must_use = "errors that are collected must be reported: call `finish`"]
pub(crate) struct Diag {
    errors: Option<syn::Error>,
}

impl Diag {
    /// Adds an error at `place`.
    pub(crate) fn at(&mut self, place: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(place, message));
    }

    /// Adds an error.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// The value of `result`, or `None` with its error added.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Puts `value` into `slot`. The one place that finds what is given twice: options and keys alike.
    pub(crate) fn set<T>(&mut self, slot: &mut Option<T>, value: T, place: impl ToTokens, what: impl Display) {
        if slot.is_some() {
            self.at(place, format_args!("{what} is given twice; keep one"));
        } else {
            *slot = Some(value);
        }
    }

    /// `value`, unless there were errors.
    pub(crate) fn finish<T>(self, value: T) -> syn::Result<T> {
        self.errors.map_or(Ok(value), Err)
    }
}

/// Is `word` the first word of one of these?
pub(crate) fn is_known(word: &Ident, known: &[&str]) -> bool {
    known.iter().any(|entry| word == first_word(entry))
}

/// The message for a word that is not among `known`; each entry of `known` is shown as it is written
/// and compared by its first word.
pub(crate) fn unknown(what: &str, word: &Ident, known: &[&str]) -> syn::Error {
    syn::Error::new(word.span(), unknown_text(what, &word.to_string(), known))
}

/// See [`unknown`].
pub(crate) fn unknown_text(what: &str, word: &str, known: &[&str]) -> String {
    let meant = nearest(word, known).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    let end = if meant.is_empty() { ";" } else { "" };
    let list: Vec<String> = known.iter().map(|entry| format!("`{entry}`")).collect();
    format!("unknown {what} `{word}`{meant}{end} known {what}s: {}", list.join(", "))
}

/// The entry of `known` that `word` was probably meant to be.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .iter()
        .map(|entry| first_word(entry))
        .map(|entry| (distance(&word, entry), entry))
        .filter(|&(away, entry)| away <= 1 + entry.len() / 4 || same_start(&word, entry) >= 4)
        .min()
        .map(|(_, entry)| entry)
}

fn first_word(entry: &str) -> &str {
    let end = entry.find(|c: char| !c.is_alphanumeric() && c != '_');
    &entry[..end.unwrap_or(entry.len())]
}

fn same_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// Edits between two words; swapping two neighbours counts as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = ["name = \"…\"", "segment", "namespace = \"remote\"", "annotate(…)", "metadata(…)", "skip"];

    #[test]
    fn the_nearest_word_is_suggested() {
        for (word, meant) in [
            ("nmae", Some("name")),
            ("Name", Some("name")),
            ("anotate", Some("annotate")),
            ("annotation", Some("annotate")),
            ("annotations", Some("annotate")),
            ("meta", Some("metadata")),
            ("namespce", Some("namespace")),
            ("skp", Some("skip")),
            ("level", None),
            ("ret", None),
            ("err", None),
        ] {
            assert_eq!(nearest(word, &KNOWN), meant, "{word}");
        }
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (a, b, edits) in [("", "", 0), ("", "ab", 2), ("name", "nmae", 1), ("skip", "skipp", 1), ("abc", "xyz", 3)] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }
}

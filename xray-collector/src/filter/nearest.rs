//! The nearest spelling of a mistyped word.

/// Words of more bytes are no typing mistakes.
const WORD_BYTES_MAX: usize = 40;

/// The candidate that needs the fewest changes, if those are few.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > WORD_BYTES_MAX {
        return None;
    }
    let near = candidates.map(|candidate| (distance(word, &candidate.to_ascii_lowercase()), candidate));
    let (changes, candidate) = near.min_by_key(|(changes, _)| *changes)?;
    (changes <= 1.max(word.len() / 3) && changes < candidate.len()).then_some(candidate)
}

/// Characters to insert, remove or replace, and neighbours to swap, to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=other.len()).collect());
    for row in 1..=one.len() {
        let mut line = vec![row];
        for column in 1..=other.len() {
            let is_same = one[row - 1] == other[column - 1];
            let mut least = (last[column] + 1).min(line[column - 1] + 1).min(last[column - 1] + usize::from(!is_same));
            if row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1] {
                least = least.min(before[column - 2] + 1);
            }
            line.push(least);
        }
        (before, last) = (last, line);
    }
    last[other.len()]
}

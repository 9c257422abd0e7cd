//! Comparing what is expected with what was recorded.

use std::collections::HashMap;
use std::fmt::Write;

use super::{Expected, Line};

/// Lines shown of what differs, and of what is the same in one place.
const DIFFERENT_SHOWN: usize = 200;
const SAME_SHOWN: usize = 40;

/// Pairs of lines that are looked at to find a small difference.
const PAIRS_MAX: usize = 4_000_000;

/// The difference, line by line; `None` if there is none.
pub(super) fn difference(expected: &[Expected], recorded: &[Line]) -> Option<String> {
    let same = |(expected, line): (&Expected, &Line)| expected.is(line);
    let before = expected.iter().zip(recorded).take_while(|pair| same(*pair)).count();
    let (expected_rest, recorded_rest) = (&expected[before..], &recorded[before..]);
    if expected_rest.is_empty() && recorded_rest.is_empty() {
        return None;
    }
    let after = expected_rest.iter().rev().zip(recorded_rest.iter().rev()).take_while(|pair| same(*pair)).count();
    let middle = steps(&expected_rest[..expected_rest.len() - after], &recorded_rest[..recorded_rest.len() - after]);
    let keep = |count| std::iter::repeat_n(Step::Keep, count);
    Some(write(keep(before).chain(middle).chain(keep(after)), expected, recorded))
}

/// What to do with the next line to get from the expected tree to the recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Keep,
    Miss,
    Add,
}

/// The longest common subsequence, by the table that every textbook has.
fn steps(expected: &[Expected], recorded: &[Line]) -> Vec<Step> {
    let (rows, columns) = (expected.len(), recorded.len());
    if rows.saturating_mul(columns) > PAIRS_MAX {
        return [vec![Step::Miss; rows], vec![Step::Add; columns]].concat();
    }
    let mut longest = vec![vec![0_u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if expected[row].is(&recorded[column]) {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut steps = Vec::new();
    while row < rows || column < columns {
        let step = if row < rows && column < columns && expected[row].is(&recorded[column]) {
            Step::Keep
        } else if row < rows && (column == columns || longest[row + 1][column] >= longest[row][column + 1]) {
            Step::Miss
        } else {
            Step::Add
        };
        row += usize::from(step != Step::Add);
        column += usize::from(step != Step::Miss);
        steps.push(step);
    }
    steps
}

fn write(steps: impl Iterator<Item = Step>, expected: &[Expected], recorded: &[Line]) -> String {
    let (mut row, mut column) = (0, 0);
    // Lines of the three kinds; runs of what is the same are shortened at the end.
    let mut lines: Vec<(Step, String)> = Vec::new();
    for step in steps {
        let (depth, text) = match step {
            Step::Add => (recorded[column].depth, recorded[column].to_string()),
            Step::Keep | Step::Miss => (expected[row].depth, expected[row].to_string()),
        };
        lines.push((step, format!("{:1$}{text}", "", depth * 2)));
        row += usize::from(step != Step::Add);
        column += usize::from(step != Step::Miss);
    }
    let mut out = String::new();
    let mut different = 0;
    for run in lines.chunk_by(|(one, _), (other, _)| (*one == Step::Keep) == (*other == Step::Keep)) {
        let is_same = run[0].0 == Step::Keep;
        different += if is_same { 0 } else { run.len() };
        let shown = if is_same { SAME_SHOWN } else { DIFFERENT_SHOWN };
        let hidden = if run.len() > shown { shown / 2..run.len() - shown / 2 } else { 0..0 };
        for (place, (step, text)) in run.iter().enumerate() {
            let sign = match step {
                Step::Keep => ' ',
                Step::Miss => '-',
                Step::Add => '+',
            };
            if !hidden.contains(&place) {
                let _ = writeln!(out, "{sign} {text}");
            } else if place == hidden.start {
                let _ = writeln!(out, "  … {} more lines …", hidden.len());
            }
        }
        if different > DIFFERENT_SHOWN {
            out.push_str("  … and so on …\n");
            break;
        }
    }
    out
}

/// Indices of the roots, and of the children of each line.
struct Children {
    roots: Vec<usize>,
    of: Vec<Vec<usize>>,
}

impl Children {
    fn new(depths: impl Iterator<Item = usize>) -> Self {
        let mut children = Self { roots: Vec::new(), of: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        for (index, depth) in depths.enumerate() {
            open.truncate(depth);
            open.last().map_or(&mut children.roots, |parent| &mut children.of[*parent]).push(index);
            children.of.push(Vec::new());
            open.push(index);
        }
        children
    }
}

/// The same tree, siblings in the order of `key`; its first part has to be the depth.
pub(super) fn sorted<T: Clone>(lines: &[T], key: impl Fn(&T) -> (usize, String)) -> Vec<T> {
    let keys: Vec<_> = lines.iter().map(key).collect();
    let mut children = Children::new(keys.iter().map(|(depth, _)| *depth));
    for siblings in children.of.iter_mut().chain([&mut children.roots]) {
        siblings.sort_by_key(|index| &keys[*index].1);
    }
    let mut todo: Vec<_> = children.roots.iter().rev().copied().collect();
    let mut out = Vec::new();
    while let Some(index) = todo.pop() {
        out.push(lines[index].clone());
        todo.extend(children.of[index].iter().rev());
    }
    out
}

/// Whether both are the same tree, siblings in any order.
pub(super) fn match_in_any_order(expected: &[Expected], recorded: &[Line]) -> bool {
    let mut matching = Matching {
        expected,
        recorded,
        below_expected: Children::new(expected.iter().map(|line| line.depth)),
        below_recorded: Children::new(recorded.iter().map(|line| line.depth)),
        known: HashMap::new(),
    };
    let (rows, columns) = (matching.below_expected.roots.clone(), matching.below_recorded.roots.clone());
    matching.all(&rows, &columns)
}

struct Matching<'a> {
    expected: &'a [Expected],
    recorded: &'a [Line],
    below_expected: Children,
    below_recorded: Children,
    known: HashMap<(usize, usize), bool>,
}

impl Matching<'_> {
    /// Whether each of `rows` can be given one of `columns` of its own. A line with `_` may fit several, so first come is not enough.
    fn all(&mut self, rows: &[usize], columns: &[usize]) -> bool {
        let mut taken = vec![None; columns.len()];
        rows.len() == columns.len() && rows.iter().all(|row| self.place(*row, columns, &mut taken, &mut vec![false; columns.len()]))
    }

    /// Finds a column for `row`, and another one for whoever has it, if that helps.
    fn place(&mut self, row: usize, columns: &[usize], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
        for index in 0..columns.len() {
            if tried[index] || !self.fits(row, columns[index]) {
                continue;
            }
            tried[index] = true;
            if taken[index].is_none_or(|other| self.place(other, columns, taken, tried)) {
                taken[index] = Some(row);
                return true;
            }
        }
        false
    }

    fn fits(&mut self, row: usize, column: usize) -> bool {
        if !self.expected[row].is(&self.recorded[column]) {
            return false;
        }
        if let Some(known) = self.known.get(&(row, column)) {
            return *known;
        }
        let (rows, columns) = (self.below_expected.of[row].clone(), self.below_recorded.of[column].clone());
        let fits = self.all(&rows, &columns);
        self.known.insert((row, column), fits);
        fits
    }
}

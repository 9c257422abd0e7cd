//! Bars on a common scale of time.

use std::time::Duration;

use xray_model::document::Timestamp;

use super::{number, text};

/// Blocks that fill the left 0 to 8 eighths of a cell.
const LEFT: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A stretch of time, and the columns it is drawn in.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    start: Timestamp,
    nanos: u64,
    columns: usize,
}

impl Scale {
    pub(super) fn new(start: Timestamp, length: Duration, columns: usize) -> Self {
        Self { start, nanos: u64::try_from(length.as_nanos()).unwrap_or(u64::MAX).max(1), columns }
    }

    /// Eighths of a column from the left edge.
    fn eighths(&self, time: Timestamp) -> usize {
        let all = self.columns as u128 * 8;
        let since = u128::from(time.as_nanos().saturating_sub(self.start.as_nanos()));
        let rounded = (since * all + u128::from(self.nanos) / 2) / u128::from(self.nanos);
        rounded.min(all) as usize
    }

    /// A bar from one time to another, and the column it begins in. Even the shortest shows.
    pub(super) fn bar(&self, from: Timestamp, to: Timestamp) -> (usize, String) {
        let begin = self.eighths(from).min((self.columns * 8).saturating_sub(1));
        let end = self.eighths(to).max(begin + 1);
        let first = begin / 8;
        (first, (first..end.div_ceil(8)).map(|cell| block(begin.saturating_sub(cell * 8), (end - cell * 8).min(8))).collect())
    }

    /// The same from whole cells of one character, for what has no exact end.
    pub(super) fn shade(&self, from: Timestamp, to: Timestamp, shade: char) -> (usize, String) {
        let (first, bar) = self.bar(from, to);
        (first, bar.chars().map(|_| shade).collect())
    }

    /// The line above the bars: times at round steps, as many as fit.
    pub(super) fn ruler(&self) -> String {
        let Some(step) = self.step() else { return String::new() };
        let mut line = String::new();
        for tick in 0..=self.nanos / step {
            let time = tick * step;
            let column = self.eighths(Timestamp::from_nanos(self.start.as_nanos().saturating_add(time))) / 8;
            let label = format!("╷{}", label(time, step));
            if column + text::width(&label) > self.columns {
                break;
            }
            line.extend(std::iter::repeat_n(' ', column.saturating_sub(text::width(&line))));
            line.push_str(&label);
        }
        line
    }

    /// The shortest of 1, 2, 5, 10, 20 … nanoseconds for which labels do not touch.
    fn step(&self) -> Option<u64> {
        let steps = (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10u64.pow(power)));
        steps.into_iter().find(|&step| {
            let columns = u128::from(step) * self.columns as u128 / u128::from(self.nanos);
            // The longest label is the last one.
            let last = self.nanos / step * step;
            columns >= text::width(&label(last, step)) as u128 + 3
        })
    }
}

/// A whole number of steps, in the largest unit that needs no decimals, or one decimal.
fn label(nanos: u64, step: u64) -> String {
    if nanos == 0 {
        return "0".to_owned();
    }
    for (unit_nanos, unit) in [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")] {
        if nanos >= unit_nanos && step.is_multiple_of(unit_nanos) {
            return format!("{} {unit}", number::count(nanos / unit_nanos));
        }
        if nanos >= unit_nanos && step.is_multiple_of(unit_nanos / 10) {
            return format!("{}.{} {unit}", number::count(nanos / unit_nanos), nanos % unit_nanos * 10 / unit_nanos);
        }
    }
    format!("{nanos} ns")
}

/// A cell filled from one eighth to another. There are no blocks for the middle of a cell and few for its right side, so the nearest is
/// taken.
fn block(from: usize, to: usize) -> char {
    match (from, to) {
        (0, to) => LEFT[to],
        (from, 8) => match 8 - from {
            7.. => '█',
            3..=6 => '▐',
            _ => '▕',
        },
        (from, to) if from + to <= 8 => LEFT[to - from],
        (from, to) if to - from >= 3 => '▐',
        _ => '▕',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(columns: usize) -> Scale {
        Scale::new(Timestamp::from_nanos(1_000_000_000), Duration::from_nanos(800), columns)
    }

    fn bar(from: u64, to: u64) -> String {
        let (first, bar) = scale(10).bar(Timestamp::from_nanos(1_000_000_000 + from), Timestamp::from_nanos(1_000_000_000 + to));
        " ".repeat(first) + &bar
    }

    #[test]
    fn bars_have_eighths_of_columns() {
        let table = [
            (0, 800, "██████████"),
            (0, 85, "█▏"),
            (0, 150, "█▉"),
            (80, 240, " ██"),
            (120, 240, " ▐█"),
            (140, 240, " ▕█"),
            (90, 240, " ██"),
            (0, 0, "▏"),
            (799, 799, "         ▕"),
            (800, 800, "         ▕"),
            (800, 900, "         ▕"),
            (85, 95, " ▏"),
            (145, 155, " ▕"),
        ];
        for (from, to, expected) in table {
            assert_eq!(bar(from, to), expected, "{from}..{to}");
        }
        assert_eq!(scale(10).bar(Timestamp::default(), Timestamp::from_nanos(u64::MAX)).1, "██████████");
        assert_eq!(scale(3).shade(Timestamp::default(), Timestamp::from_nanos(u64::MAX), '░').1, "░░░");
    }

    #[test]
    fn rulers_have_round_steps() {
        let ruler = |nanos, columns| Scale::new(Timestamp::default(), Duration::from_nanos(nanos), columns).ruler();
        assert_eq!(ruler(412_000_000, 34), "╷0              ╷200 ms");
        assert_eq!(ruler(412_000_000, 60), "╷0            ╷100 ms        ╷200 ms       ╷300 ms");
        assert_eq!(ruler(3_000, 30), "╷0        ╷1 µs     ╷2 µs");
        assert_eq!(ruler(1, 30), "╷0");
        assert_eq!(ruler(10_000_000_000_000, 31), "╷0             ╷5,000 s");
        assert_eq!(ruler(u64::MAX, 2), "");
        assert_eq!(ruler(2_400_000, 40), "╷0              ╷1 ms            ╷2 ms");
    }
}

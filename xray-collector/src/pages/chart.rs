//! Columns on an axis: how many traces took how long, and how many there were when. Each column is a link to what it stands for.

use std::time::Duration;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use crate::query::Status;
use crate::settings::CHART_COLUMNS_MAX;
use crate::view::number;

const STATUSES: [Status; 4] = [Status::Ok, Status::Error, Status::Throttle, Status::Fault];
/// Height of the columns, and of all.
const HEIGHT: f64 = 84.0;
const HEIGHT_WITH_AXIS: f64 = 104.0;

/// A column: how many by status.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Column {
    counts: [usize; 4],
}

impl Column {
    pub(crate) fn add(&mut self, status: Status) {
        self.counts[status as usize] += 1;
    }

    pub(crate) fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// Columns whose bounds are `edges`: one more of those than columns.
#[derive(Debug)]
pub(crate) struct Chart<E> {
    edges: Vec<E>,
    columns: Vec<Column>,
}

/// Edges of columns for durations: ten to a tenfold, at round numbers as far as there are.
const STEPS: [f64; 11] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0, 10.0];

impl Chart<Duration> {
    /// How many took how long, on a logarithmic axis.
    pub(crate) fn of_durations(each: &[(Duration, Status)]) -> Option<Self> {
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).max(1_000);
        let shortest = each.iter().map(|(duration, _)| nanos(*duration)).min()?;
        let longest = each.iter().map(|(duration, _)| nanos(*duration)).max()?;
        let mut edges: Vec<u64> = Vec::new();
        let all = (3..19).flat_map(|power| STEPS[..10].iter().map(move |step| (step * 10f64.powi(power)).round() as u64));
        for edge in all {
            if edge <= shortest {
                edges.clear();
            }
            edges.push(edge);
            if edge > longest {
                break;
            }
        }
        // So that one value alone does not fill the whole width.
        while edges.len() < 9 && edges.last().is_some_and(|last| *last < u64::MAX / 2) {
            let last = edges.last().copied().unwrap_or(1_000);
            let power = (last as f64 * 1.001).log10().floor() as i32;
            let next = STEPS.iter().map(|step| (step * 10f64.powi(power)).round() as u64).find(|edge| *edge > last);
            edges.push(next.unwrap_or(last.saturating_mul(2)));
        }
        let mut columns = vec![Column::default(); edges.len().saturating_sub(1)];
        for (duration, status) in each {
            let place = edges.partition_point(|edge| *edge <= nanos(*duration)).saturating_sub(1);
            let last = columns.len().saturating_sub(1);
            if let Some(column) = columns.get_mut(place.min(last)) {
                column.add(*status);
            }
        }
        Some(Self { edges: edges.into_iter().map(Duration::from_nanos).collect(), columns })
    }

    /// Drawn; `link` gives the address for what lies between two edges.
    pub(crate) fn draw(&self, name: &str, chosen: Option<(Duration, Duration)>, link: impl Fn(Duration, Duration) -> String) -> Markup {
        let is_round = |edge: Duration, first: char| {
            let digits = edge.as_nanos().to_string();
            digits.starts_with(first) && digits[1..].bytes().all(|digit| digit == b'0')
        };
        let is_power = |edge: Duration| is_round(edge, '1');
        let is_tick = |edge: Duration| is_power(edge) || (self.columns.len() < 32 && (is_round(edge, '2') || is_round(edge, '5')));
        let label = |edge: Duration| number::duration(edge).replace(".00", "").replace(".0 ", " ");
        let is_chosen = |from: Duration, to: Duration| chosen.is_none_or(|(min, max)| from < max && to > min);
        let data = |edge: Duration| super::parts::millis(edge);
        self.svg(
            name,
            &Axis {
                label: &label,
                told: &label,
                is_tick: &is_tick,
                is_major: &is_power,
                is_chosen: &is_chosen,
                data: &data,
                link: &link,
                parameters: "min max",
            },
        )
    }
}

/// Lengths of columns of time, in seconds.
const LENGTHS: [u64; 17] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400];

impl Chart<Timestamp> {
    /// How many there were when.
    pub(crate) fn of_times(each: impl Iterator<Item = (Timestamp, Status)> + Clone) -> Option<Self> {
        let first = each.clone().map(|(time, _)| time.as_secs()).min()?;
        let last = each.clone().map(|(time, _)| time.as_secs()).max()?;
        let span = last - first + 1;
        let columns_max = CHART_COLUMNS_MAX as u64;
        let length = LENGTHS.into_iter().find(|length| span / length < columns_max).unwrap_or(span / columns_max + 1);
        let begin = first / length * length;
        let count = ((last - begin) / length + 1).max(8);
        let mut columns = vec![Column::default(); usize::try_from(count).unwrap_or(1)];
        for (time, status) in each {
            let place = (time.as_secs().saturating_sub(begin)) / length;
            if let Some(column) = usize::try_from(place).ok().and_then(|place| columns.get_mut(place)) {
                column.add(status);
            }
        }
        let edge = |index: u64| Timestamp::from_nanos((begin + index * length).saturating_mul(1_000_000_000));
        Some(Self { edges: (0..=count).map(edge).collect(), columns })
    }

    pub(crate) fn draw(&self, name: &str, link: impl Fn(Timestamp, Timestamp) -> String) -> Markup {
        let first = self.edges.first().map_or(0, |edge| edge.as_secs());
        let span = self.edges.last().map_or(0, |edge| edge.as_secs()) - first;
        let width = span / (self.columns.len() as u64).max(1);
        // At most eight, at round times.
        let step = LENGTHS.into_iter().find(|step| step.is_multiple_of(width.max(1)) && span / step < 8).unwrap_or(span / 6 + 1);
        let is_tick = |edge: Timestamp| edge.as_secs().is_multiple_of(step);
        let is_major = |edge: Timestamp| edge.as_secs().is_multiple_of(2 * step);
        let digits = match step {
            _ if span > 86_400 => 5..16,
            60.. => 11..16,
            _ => 11..19,
        };
        let label = |edge: Timestamp| super::time::input(edge)[digits.clone()].replace('T', " ");
        let told = |edge: Timestamp| format!("{} UTC", &super::time::input(edge)[11..19]);
        let data = |edge: Timestamp| super::time::iso(edge);
        self.svg(
            name,
            &Axis {
                label: &label,
                told: &told,
                is_tick: &is_tick,
                is_major: &is_major,
                is_chosen: &|_, _| true,
                data: &data,
                link: &link,
                parameters: "from to",
            },
        )
    }
}

/// What is particular to an axis.
struct Axis<'a, E> {
    label: &'a dyn Fn(E) -> String,
    /// The same where there is room.
    told: &'a dyn Fn(E) -> String,
    is_tick: &'a dyn Fn(E) -> bool,
    /// Labelled also where there is little room.
    is_major: &'a dyn Fn(E) -> bool,
    is_chosen: &'a dyn Fn(E, E) -> bool,
    /// An edge as it stands in addresses, for scripts.
    data: &'a dyn Fn(E) -> String,
    link: &'a dyn Fn(E, E) -> String,
    /// What a stretch of it is called in addresses, for scripts.
    parameters: &'static str,
}

impl<E: Copy> Chart<E> {
    fn svg(&self, name: &str, axis: &Axis<'_, E>) -> Markup {
        let count = self.columns.len().max(1) as f64;
        let highest = self.columns.iter().map(Column::total).max().unwrap_or(1).max(1);
        let edges: Vec<String> = self.edges.iter().map(|edge| (axis.data)(*edge)).collect();
        html! {
            svg.histogram role="group" aria-label=(name) width="100%" height=(HEIGHT_WITH_AXIS) data-edges=(edges.join(" ")) data-names=(axis.parameters) {
                line.axis x1="0" x2="100%" y1=(HEIGHT + 0.5) y2=(HEIGHT + 0.5) {}
                @for (index, column) in self.columns.iter().enumerate() {
                    @let (from, to) = (self.edges[index], self.edges[index + 1]);
                    @let x = percent(index as f64 / count);
                    @if column.total() > 0 {
                        a href=((axis.link)(from, to)) tabindex="-1" class=[(!(axis.is_chosen)(from, to)).then_some("unchosen")] {
                            title { (number::counted(column.total(), "trace")) (worst(column)) ", " ((axis.told)(from)) " – " ((axis.told)(to)) }
                            rect.hit x=(x) y="0" width=(percent(1.0 / count)) height=(HEIGHT) {}
                            (bars(column, highest, &x, &percent(0.86 / count)))
                        }
                    }
                }
                @for (index, edge) in self.edges.iter().enumerate() {
                    @let at = index as f64 / count;
                    @if (axis.is_tick)(*edge) && at < 0.97 {
                        line.axis x1=(percent(at)) x2=(percent(at)) y1=(HEIGHT) y2=(HEIGHT + 5.0) {}
                        text.minor[!(axis.is_major)(*edge)] x=(percent(at)) dx="3" y=(HEIGHT + 15.0) data-edge=(index) { ((axis.label)(*edge)) }
                    }
                }
            }
        }
    }
}

/// The parts of a column, the worst at the bottom.
fn bars(column: &Column, highest: usize, x: &str, width: &str) -> Markup {
    let scale = |count: usize| count as f64 / highest as f64 * (HEIGHT - 2.0);
    let mut y = HEIGHT;
    let parts: Vec<(f64, f64, Status)> = STATUSES
        .into_iter()
        .rev()
        .filter(|status| column.counts[*status as usize] > 0)
        .map(|status| {
            // Even one in a million shows.
            let height = scale(column.counts[status as usize]).max(2.0);
            y -= height;
            (y, height, status)
        })
        .collect();
    html! {
        @for (y, height, status) in parts {
            rect class={ "column " (super::parts::class_of(status)) } x=(x) y=(format!("{y:.1}")) width=(width) height=(format!("{height:.1}")) {}
        }
    }
}

fn worst(column: &Column) -> String {
    let [_, errors, throttles, faults] = column.counts;
    let each = [(faults, "fault"), (throttles, "throttled"), (errors, "error")];
    let told: Vec<String> = each.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_duration_has_its_column(millis in prop::collection::vec(0u64..u64::MAX / 4_000_000, 1..40)) {
            let each: Vec<_> = millis.iter().map(|millis| (Duration::from_millis(*millis), Status::Ok)).collect();
            let chart = Chart::of_durations(&each).unwrap();
            prop_assert_eq!(chart.edges.len(), chart.columns.len() + 1);
            prop_assert!(chart.edges.is_sorted());
            prop_assert_eq!(chart.columns.iter().map(Column::total).sum::<usize>(), each.len());
            for (duration, _) in &each {
                let duration = (*duration).max(Duration::from_micros(1));
                prop_assert!(chart.edges[0] <= duration && duration <= chart.edges[chart.columns.len()]);
            }
        }

        #[test]
        fn every_time_has_its_column(seconds in prop::collection::vec(0u64..u64::MAX / 1_000_000_000, 1..40)) {
            let each: Vec<_> = seconds.iter().map(|seconds| (Timestamp::from_nanos(seconds * 1_000_000_000), Status::Fault)).collect();
            let chart = Chart::of_times(each.iter().copied()).unwrap();
            prop_assert!(chart.columns.len() <= CHART_COLUMNS_MAX + 1);
            prop_assert_eq!(chart.columns.iter().map(Column::total).sum::<usize>(), each.len());
        }
    }

    #[test]
    fn edges_are_round() {
        let chart = Chart::of_durations(&[(Duration::from_millis(12), Status::Ok), (Duration::from_millis(90), Status::Fault)]).unwrap();
        let edges: Vec<String> = chart.edges.iter().map(|edge| super::super::parts::millis(*edge)).collect();
        assert_eq!(edges, ["10", "12.5", "16", "20", "25", "32", "40", "50", "63", "80", "100"]);
        assert!(Chart::of_durations(&[]).is_none());
    }
}

//! Bars on a scale of time, as SVG whose lengths are percent, so that it fits any width.

use std::collections::BTreeMap;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::look::Look;
use super::paths::{Stretch, end_of};
use crate::pages::parts;
use crate::query::Status;
use crate::settings::{OVERVIEW_LANES_MAX, STRETCHES_DRAWN_MAX};
use crate::trace::Trace;
use crate::view::number;

const LANE: f64 = 26.0;

/// The stretch of time that is shown.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    /// When the trace began.
    start: Timestamp,
    from: f64,
    nanos: f64,
}

impl Scale {
    pub(super) fn whole(trace: &Trace) -> Self {
        Self { start: trace.start(), from: 0.0, nanos: (trace.duration().as_nanos() as f64).max(1.0) }
    }

    pub(super) fn of(trace: &Trace, look: &Look) -> Self {
        let whole = Self::whole(trace);
        let Some((from, to)) = look.zoom else { return whole };
        let (from, to) = ((from * 1e6).min(whole.nanos), (to * 1e6).min(whole.nanos));
        // Never less than what a recorder can tell apart.
        Self { from: from.min(to - 1.0).max(0.0), nanos: (to - from).max(1.0), ..whole }
    }

    /// 0 at the left edge, 1 at the right one.
    pub(super) fn share(&self, time: Timestamp) -> f64 {
        (time.since(self.start).as_nanos() as f64 - self.from) / self.nanos
    }

    /// Left edge and width in percent of what is seen of a stretch; `None` if nothing is.
    fn seen(&self, (from, to): Stretch) -> Option<(f64, f64)> {
        let (from, to) = (self.share(from), self.share(to));
        let (left, right) = (from.clamp(0.0, 1.0), to.clamp(0.0, 1.0));
        (to >= 0.0 && from <= 1.0).then_some((left * 100.0, (right - left) * 100.0))
    }

    /// Round times that are at most a sixth of the width apart: nanoseconds since the trace began.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let step = self.step();
        let first = (self.from / step).ceil();
        let all = (0..12).map(|index| (first + f64::from(index)) * step);
        all.take_while(|tick| *tick <= self.from + self.nanos).collect()
    }

    fn step(&self) -> f64 {
        let wanted = self.nanos / 6.0;
        let power = 10f64.powf(wanted.log10().floor());
        [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= wanted).unwrap_or(10.0 * power).max(1.0)
    }

    fn percent_of(&self, nanos: f64) -> f64 {
        (nanos - self.from) / self.nanos * 100.0
    }
}

fn percent(number: f64) -> String {
    format!("{number:.3}%")
}

/// A time since the trace began, with no more digits than the distance between ticks needs.
fn label(nanos: f64, step: f64) -> String {
    if nanos == 0.0 {
        return "0".to_owned();
    }
    for (unit, name) in [(1e9, "s"), (1e6, "ms"), (1e3, "µs")] {
        if nanos >= unit && step >= unit / 1e3 {
            let digits = if step >= unit {
                0
            } else if step >= unit / 10.0 {
                1
            } else if step >= unit / 100.0 {
                2
            } else {
                3
            };
            return format!("{:.digits$} {name}", nanos / unit);
        }
    }
    format!("{nanos:.0} ns")
}

/// The times above the rows.
pub(super) fn ruler(scale: &Scale) -> Markup {
    let step = scale.step();
    html! {
        svg.ruler width="100%" height="18" aria-hidden="true" {
            @for (index, tick) in scale.ticks().into_iter().enumerate() {
                @let at = scale.percent_of(tick);
                line.axis x1=(percent(at)) x2=(percent(at)) y1="10" y2="18" {}
                // The last one stands before its line where there is no room behind it.
                @let is_last = at > 88.0;
                text.minor[index % 3 != 0] x=(percent(at)) dx=(if is_last { "-4" } else { "4" }) text-anchor=[is_last.then_some("end")] y="13" { (label(tick, step)) }
            }
        }
    }
}

fn grid(scale: &Scale) -> Markup {
    html! { @for tick in scale.ticks() { @let at = percent(scale.percent_of(tick)); line.axis x1=(at) x2=(at) y1="0" y2=(LANE) {} } }
}

/// A bar: pale where a segment waited for its children, full where it worked itself, underlined where the trace waited for it.
pub(super) struct Bar<'a> {
    pub(super) class: &'a str,
    pub(super) whole: Stretch,
    pub(super) own: &'a [Stretch],
    pub(super) critical: &'a [Stretch],
    /// No end is known.
    pub(super) is_open: bool,
    /// Since when it was waited for: the caller's call was over before it began.
    pub(super) waited: Option<Stretch>,
}

pub(super) fn lane(scale: &Scale, bar: &Bar<'_>) -> Markup {
    html! {
        svg.lane width="100%" height=(LANE) aria-hidden="true" {
            (grid(scale))
            @if let Some((x, width)) = bar.waited.and_then(|waited| scale.seen(waited)) {
                line.waited x1=(percent(x)) x2=(percent(x + width)) y1="12.5" y2="12.5" {}
            }
            @if let Some((x, width)) = scale.seen(bar.whole) {
                // The shortest is seen, too, also at the right edge.
                rect class={ "wait " (bar.class) } x=(percent(x.min(99.7))) width=(percent(width.max(0.25))) y="8" height="9" rx="2" {}
                @for (x, width) in merged(scale, bar.own) { rect class={ "own " (bar.class) } x=(percent(x.min(99.7))) width=(percent(width.max(0.25))) y="8" height="9" rx="1.5" {} }
                @if bar.is_open { line.open x1=(percent((x + width).min(99.8))) x2=(percent((x + width).min(99.8))) y1="5" y2="20" {} }
                @for (x, width) in merged(scale, bar.critical) { rect.critical x=(percent(x)) width=(percent(width.max(0.15))) y="19" height="2" {} }
            } @else { (aside(scale, bar.whole)) }
        }
    }
}

/// Where a bar is that is not in sight.
fn aside(scale: &Scale, (from, _): Stretch) -> Markup {
    let is_left = scale.share(from) < 0.0;
    html! { text.beyond x=(if is_left { "0" } else { "100%" }) y="17" text-anchor=(if is_left { "start" } else { "end" }) { (if is_left { "‹" } else { "›" }) } }
}

/// What is seen of some stretches: left edges and widths in percent.
fn merged(scale: &Scale, stretches: &[Stretch]) -> Vec<(f64, f64)> {
    let mut seen: Vec<(f64, f64)> = stretches.iter().filter_map(|stretch| scale.seen(*stretch)).collect();
    seen.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    if seen.len() > STRETCHES_DRAWN_MAX { coarse(&seen) } else { seen }
}

/// So many stretches that they cannot be told apart: cells of the width, each drawn if more than half of it is covered.
fn coarse(seen: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const CELLS: usize = 2 * STRETCHES_DRAWN_MAX;
    let width = 100.0 / CELLS as f64;
    let mut covered = [0.0; CELLS];
    for (x, length) in seen {
        let first = ((x / width) as usize).min(CELLS - 1);
        let last = (((x + length) / width) as usize).min(CELLS - 1);
        for (cell, covered) in covered.iter_mut().enumerate().take(last + 1).skip(first) {
            let (from, to) = (cell as f64 * width, (cell + 1) as f64 * width);
            *covered += ((x + length).min(to) - x.max(from)).max(0.0);
        }
    }
    let mut drawn: Vec<(f64, f64)> = Vec::new();
    for (cell, _) in covered.iter().enumerate().filter(|(_, covered)| **covered > width / 2.0) {
        let x = cell as f64 * width;
        match drawn.last_mut() {
            Some(last) if x - (last.0 + last.1) < width / 2.0 => last.1 += width,
            _ => drawn.push((x, width)),
        }
    }
    drawn
}

/// One lane of the overview: stretches by class, so that what went wrong is drawn last.
type Lane<'a> = BTreeMap<&'a str, Vec<Stretch>>;

/// Callers above what they call; what is deeper than there are lanes is in the last one.
fn lanes(trace: &Trace, colours: &[usize]) -> Vec<Lane<'static>> {
    const COLOURS: [&str; 8] = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"];
    let last = trace.end();
    let mut lanes: Vec<Lane<'static>> = vec![Lane::new()];
    for node in trace.tree().iter() {
        let lane = node.depth().min(OVERVIEW_LANES_MAX - 1);
        if lanes.len() <= lane {
            lanes.resize_with(lane + 1, Lane::new);
        }
        let class = match node.status() {
            Status::Ok => COLOURS[colours.get(node.index()).copied().unwrap_or_default() % COLOURS.len()],
            status => parts::class_of(status),
        };
        lanes[lane].entry(class).or_default().push((node.start_time, end_of(&node, last)));
    }
    lanes
}

/// The whole trace in a few lines, to choose a stretch from; gaps hatched.
pub(super) fn overview(trace: &Trace, colours: &[usize], gaps: &[Stretch], look: &Look) -> Markup {
    let scale = Scale::whole(trace);
    let lanes = lanes(trace, colours);
    let height = 13.0 + lanes.len() as f64 * 6.0;
    let edges: Vec<String> = (0..=200).map(|index| format!("{:.6}", scale.nanos * f64::from(index) / 200.0 / 1e6)).collect();
    let edges: Vec<&str> = edges.iter().map(|edge| edge.trim_end_matches('0').trim_end_matches('.')).collect();
    html! {
        svg.overview width="100%" height=(height) role="img" data-edges=(edges.join(" ")) data-names="zoom_from zoom_to"
            aria-label={ "Overview of " (number::counted(trace.tree().len(), "segment")) ", " (number::counted(gaps.len(), "gap")) } {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" { line.hatch x1="0" y1="0" x2="0" y2="6" {} }
            }
            line.axis x1="0" x2="100%" y1=(height - 0.5) y2=(height - 0.5) {}
            @for (x, width) in merged(&scale, gaps) {
                rect.gap x=(percent(x)) width=(percent(width)) y="0" height=(height - 1.0) fill="url(#hatch)" {}
            }
            @for (index, lane) in lanes.iter().enumerate() {
                @for (class, stretches) in lane {
                    @for (x, width) in merged(&scale, stretches) {
                        rect class=(class) x=(percent(x.min(99.8))) width=(percent(width.max(0.2))) y=(6 + 6 * index) height="4.5" rx="1" {}
                    }
                }
            }
            @if let Some((from, to)) = look.zoom {
                @let (x, end) = ((from * 1e6 / scale.nanos).clamp(0.0, 1.0) * 100.0, (to * 1e6 / scale.nanos).clamp(0.0, 1.0) * 100.0);
                rect.brush x=(percent(x)) width=(percent((end - x).max(0.2))) y="0" height=(height - 1.0) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_the_digits_that_they_need() {
        let table = [
            (0.0, 1e6, "0"),
            (20e6, 20e6, "20 ms"),
            (2.5e6, 5e5, "2.5 ms"),
            (1.25e9, 5e7, "1.25 s"),
            (3e3, 1e3, "3 µs"),
            (12.0, 2.0, "12 ns"),
        ];
        for (nanos, step, expected) in table {
            assert_eq!(label(nanos, step), expected);
        }
    }

    #[test]
    fn stretches_on_a_screen_are_few() {
        let scale = Scale { start: Timestamp::default(), from: 0.0, nanos: 10_000.0 };
        let many = |part: u64| -> Vec<Stretch> {
            (0..1_000).map(|index| (Timestamp::from_nanos(index * 10), Timestamp::from_nanos(index * 10 + part))).collect()
        };
        // Many short ones are not drawn as one long one.
        assert_eq!(merged(&scale, &many(1)), []);
        let long = merged(&scale, &many(9));
        assert_eq!((long.len(), long[0].1.round()), (1, 100.0));
        let two = [(Timestamp::from_nanos(9_000), Timestamp::from_nanos(12_000)), (Timestamp::from_nanos(0), Timestamp::from_nanos(1_000))];
        let rounded: Vec<(f64, f64)> = merged(&scale, &two).into_iter().map(|(from, width)| (from.round(), width.round())).collect();
        assert_eq!(rounded, [(0.0, 10.0), (90.0, 10.0)]);
    }

    #[test]
    fn ticks_are_round_and_few() {
        for nanos in [1.0, 7.0, 1e3, 412e6, 9.99e9, 1.8e19] {
            let scale = Scale { start: Timestamp::default(), from: nanos / 3.0, nanos };
            let ticks = scale.ticks();
            assert!(ticks.len() <= 8, "{ticks:?}");
        }
    }
}

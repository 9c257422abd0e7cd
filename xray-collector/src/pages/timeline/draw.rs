//! Bars on a scale of time, as SVG whose lengths are percent, so that it fits any width.

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::look::Look;
use super::paths::{Stretch, end_of};
use crate::pages::parts;
use crate::settings::{OVERVIEW_LANES_MAX, STRETCHES_DRAWN_MAX};
use crate::trace::{Placed, Trace};
use crate::view::number;

const LANE: f64 = 22.0;

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
            @for tick in scale.ticks() {
                @let at = scale.percent_of(tick);
                line.axis x1=(percent(at)) x2=(percent(at)) y1="10" y2="18" {}
                @if at < 94.0 { text x=(percent(at)) dx="4" y="13" { (label(tick, step)) } }
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
                line.waited x1=(percent(x)) x2=(percent(x + width)) y1="11" y2="11" {}
            }
            @if let Some((x, width)) = scale.seen(bar.whole) {
                // The shortest is seen, too, also at the right edge.
                rect class={ "wait " (bar.class) } x=(percent(x.min(99.7))) width=(percent(width.max(0.25))) y="6" height="9" rx="2" {}
                @for (x, width) in merged(scale, bar.own) { rect class={ "own " (bar.class) } x=(percent(x.min(99.7))) width=(percent(width.max(0.25))) y="6" height="9" rx="1.5" {} }
                @if bar.is_open { line.open x1=(percent((x + width).min(99.8))) x2=(percent((x + width).min(99.8))) y1="3" y2="18" {} }
                @for (x, width) in merged(scale, bar.critical) { rect.critical x=(percent(x)) width=(percent(width.max(0.15))) y="17" height="2" {} }
            } @else { (aside(scale, bar.whole)) }
        }
    }
}

/// Where a bar is that is not in sight.
fn aside(scale: &Scale, (from, _): Stretch) -> Markup {
    let is_left = scale.share(from) < 0.0;
    html! { text.beyond x=(if is_left { "0" } else { "100%" }) y="15" text-anchor=(if is_left { "start" } else { "end" }) { (if is_left { "‹" } else { "›" }) } }
}

/// What is seen of some stretches; those that are not apart on a screen are one.
fn merged(scale: &Scale, stretches: &[Stretch]) -> Vec<(f64, f64)> {
    let mut seen: Vec<(f64, f64)> = stretches.iter().filter_map(|stretch| scale.seen(*stretch)).collect();
    seen.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let mut apart = 0.08;
    loop {
        let mut merged: Vec<(f64, f64)> = Vec::new();
        for (x, width) in &seen {
            match merged.last_mut() {
                Some(last) if x - (last.0 + last.1) < apart => last.1 = last.1.max(x + width - last.0),
                _ => merged.push((*x, *width)),
            }
        }
        if merged.len() <= STRETCHES_DRAWN_MAX {
            return merged;
        }
        apart *= 2.0;
    }
}

/// The whole trace in a few lines, to choose a stretch from; gaps hatched.
pub(super) fn overview(trace: &Trace, colours: &[usize], gaps: &[Stretch], look: &Look) -> Markup {
    let scale = Scale::whole(trace);
    let last = trace.end();
    let segments: Vec<_> = trace.tree().iter().filter(|node| !node.is_subsegment || node.parent().is_none()).collect();
    let lanes = segments.len().clamp(1, OVERVIEW_LANES_MAX);
    let height = 14.0 + lanes as f64 * 6.0;
    let edges: Vec<String> = (0..=200).map(|index| format!("{:.6}", scale.nanos * f64::from(index) / 200.0 / 1e6)).collect();
    let edges: Vec<&str> = edges.iter().map(|edge| edge.trim_end_matches('0').trim_end_matches('.')).collect();
    let bars = |index: usize, node: &Placed, colour: usize| {
        let y = 7.0 + (index % lanes) as f64 * 6.0;
        let class = match parts::class_of(node.status()) {
            "ok" => format!("c{}", colour % 8),
            class => class.to_owned(),
        };
        html! {
            @if let Some((x, width)) = scale.seen((node.start_time, end_of(node, last))) {
                rect class=(class) x=(percent(x)) width=(percent(width.max(0.2))) y=(y) height="4" rx="1.5" {}
            }
        }
    };
    html! {
        svg.overview width="100%" height=(height) role="img" data-edges=(edges.join(" ")) data-names="zoom_from zoom_to"
            aria-label={ "Overview of " (number::counted(segments.len(), "segment")) ", " (number::counted(gaps.len(), "gap")) } {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" { line.hatch x1="0" y1="0" x2="0" y2="6" {} }
            }
            line.axis x1="0" x2="100%" y1=(height - 0.5) y2=(height - 0.5) {}
            @for (x, width) in merged(&scale, gaps) {
                rect.gap x=(percent(x)) width=(percent(width)) y="0" height=(height - 1.0) fill="url(#hatch)" {}
            }
            @for (index, node) in segments.iter().enumerate().take(1_000) {
                (bars(index, node, colours.get(node.index()).copied().unwrap_or_default()))
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
        let many: Vec<Stretch> = (0..5_000).map(|index| (Timestamp::from_nanos(index * 2), Timestamp::from_nanos(index * 2 + 1))).collect();
        assert!(merged(&scale, &many).len() <= STRETCHES_DRAWN_MAX);
        let two = [(Timestamp::from_nanos(9_000), Timestamp::from_nanos(12_000)), (Timestamp::from_nanos(0), Timestamp::from_nanos(1_000))];
        assert_eq!(merged(&scale, &two), [(0.0, 10.0), (90.0, 10.0)]);
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

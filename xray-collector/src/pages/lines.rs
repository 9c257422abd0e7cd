//! Lines over time: percentiles, minute by minute.

use maud::{Markup, html};

use super::time;
use crate::stats::Axis;

const HEIGHT: f64 = 84.0;
const HEIGHT_WITH_AXIS: f64 = 104.0;

/// A line: its class, and a value for each piece of time; `None` where there is none.
pub(super) struct Line<'a> {
    pub(super) class: &'a str,
    pub(super) values: Vec<Option<f64>>,
}

/// Draws lines on one axis. `label` writes a value, `told` says in words what there was in a piece, `link` leads there.
pub(super) fn lines(
    name: &str,
    axis: &Axis,
    lines: &[Line<'_>],
    label: impl Fn(f64) -> String,
    piece: impl Fn(usize) -> Option<(String, String)>,
) -> Markup {
    let scale = Scale::of(lines.iter().flat_map(|line| &line.values).flatten().copied());
    let count = axis.pieces().max(1);
    let x = |place: f64| format!("{:.3}%", place / count as f64 * 100.0);
    let y = |value: f64| scale.height(value);
    let every = count.div_ceil(6);
    html! {
        svg.histogram.lines role="group" aria-label=(name) width="100%" height=(HEIGHT_WITH_AXIS) {
            line.axis x1="0" x2="100%" y1=(HEIGHT + 0.5) y2=(HEIGHT + 0.5) {}
            @for value in scale.told() {
                line.axis.dashed x1="0" x2="100%" y1=(format!("{:.1}", y(value))) y2=(format!("{:.1}", y(value))) {}
                text x="2" y=(format!("{:.1}", y(value) - 3.0)) { (label(value)) }
            }
            // Stretched to the width there is; strokes are not.
            svg x="0" y="0" width="100%" height=(HEIGHT + 1.0) viewBox={ "0 0 " (count) " " (HEIGHT + 1.0) } preserveAspectRatio="none" aria-hidden="true" {
                @for line in lines {
                    @for run in runs(&line.values) {
                        @let points: Vec<String> = run.iter().map(|(place, value)| format!("{:.2},{:.1}", *place as f64 + 0.5, y(*value))).collect();
                        // A single value is a dash.
                        @if let [(place, value)] = run[..] { polyline class=(line.class) points={ (place) "," (format!("{:.1}", y(value))) " " (place + 1) "," (format!("{:.1}", y(value))) } {} }
                        @else { polyline class=(line.class) points=(points.join(" ")) {} }
                    }
                }
            }
            @for place in 0..count {
                @if let Some((told, link)) = piece(place) {
                    a href=(link) tabindex="-1" {
                        title { (told) }
                        rect.hit x=(x(place as f64)) y="0" width=(x(1.0)) height=(HEIGHT) {}
                    }
                }
                @if place % every == 0 && (place as f64) < count as f64 * 0.97 {
                    line.axis x1=(x(place as f64)) x2=(x(place as f64)) y1=(HEIGHT) y2=(HEIGHT + 5.0) {}
                    text.minor[place % (2 * every) != 0] x=(x(place as f64)) dx="3" y=(HEIGHT + 15.0) { (tick(axis, place)) }
                }
            }
        }
    }
}

/// A logarithmic axis: one value that is a hundred times the others leaves these readable.
struct Scale {
    least: f64,
    greatest: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, greatest) = values
            .filter(|value| *value > 0.0)
            .fold((f64::INFINITY, 0.0f64), |(least, greatest), value| (least.min(value), greatest.max(value)));
        // So that small differences look small.
        let least = least.min(greatest / 4.0);
        Self { least: least.max(f64::MIN_POSITIVE), greatest }
    }

    fn height(&self, value: f64) -> f64 {
        let share =
            if self.greatest > self.least { (value.max(self.least) / self.least).ln() / (self.greatest / self.least).ln() } else { 0.0 };
        HEIGHT - 4.0 - share * (HEIGHT - 18.0)
    }

    /// The values that are written beside the axis.
    fn told(&self) -> Vec<f64> {
        let middle = (self.least * self.greatest).sqrt();
        if self.greatest <= 0.0 { Vec::new() } else { vec![self.greatest, middle, self.least] }
    }
}

/// The time of day at which a piece begins, or with the date where a day is not enough.
pub(super) fn tick(axis: &Axis, place: usize) -> String {
    let iso = time::input(axis.begin(place));
    let seconds = axis.step().as_secs().saturating_mul(axis.pieces() as u64);
    match axis.step().as_secs() {
        _ if seconds > 86_400 => iso[5..16].replace('T', " "),
        0..60 => iso[11..19].to_owned(),
        _ => iso[11..16].to_owned(),
    }
}

/// Values that follow each other without a gap.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
    for (place, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((place, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_stay_within() {
        for values in [&[][..], &[0.0], &[1.0], &[1e-9, 1e9], &[5.0, 5.0]] {
            let scale = Scale::of(values.iter().copied());
            assert!(values.iter().chain(&scale.told()).all(|value| (0.0..=HEIGHT).contains(&scale.height(*value))), "{values:?}");
        }
        let scale = Scale::of([1.0, 10.0, 100.0].into_iter());
        assert!((scale.height(10.0) - (scale.height(1.0) + scale.height(100.0)) / 2.0).abs() < 1e-9);
    }

    #[test]
    fn gaps_stay_gaps() {
        assert_eq!(runs(&[Some(1.0), Some(2.0), None, None, Some(3.0)]), [vec![(0, 1.0), (1, 2.0)], vec![(4, 3.0)]]);
        assert!(runs(&[None, None]).is_empty() && runs(&[]).is_empty());
    }
}

//! Small charts that stand in a row of a table: how something went over time, without axes.

use maud::{Markup, html};

/// Of one small chart.
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 22.0;

/// Columns, the highest of which fills the height; `what` says it in words.
pub(super) fn columns(counts: &[u64], class: &str, what: &str) -> Markup {
    let both: Vec<(u64, u64)> = counts.iter().map(|count| (*count, *count)).collect();
    parts(&both, "", class, what)
}

/// Columns of which the lower part is set apart: how many, and how many of these.
pub(super) fn parts(counts: &[(u64, u64)], class: &str, part_class: &str, what: &str) -> Markup {
    let highest = counts.iter().map(|(count, _)| *count).max().unwrap_or_default().max(1) as f64;
    let width = WIDTH / counts.len().max(1) as f64;
    // Even one in a million shows.
    let height = |count: u64| if count == 0 { 0.0 } else { (count as f64 / highest * (HEIGHT - 1.0)).max(1.5) };
    html! {
        svg.spark width=(WIDTH) height=(HEIGHT) role="img" aria-label=(what) {
            title { (what) }
            rect.base x="0" y=(HEIGHT - 0.5) width=(WIDTH) height="0.5" {}
            @for (index, (count, part)) in counts.iter().enumerate() {
                @let x = format!("{:.1}", index as f64 * width);
                @if count > part { (bar(class, &x, width, height(*count))) }
                @if *part > 0 { (bar(part_class, &x, width, height(*part))) }
            }
        }
    }
}

fn bar(class: &str, x: &str, width: f64, height: f64) -> Markup {
    html! { rect class=(class) x=(x) y=(format!("{:.1}", HEIGHT - height)) width=(format!("{:.1}", (width - 0.8).max(0.8))) height=(format!("{height:.1}")) {} }
}

/// A line from the least to the greatest value, each as far from the next as from the one before.
pub(super) fn line(values: &[f64], what: &str) -> Markup {
    let (least, greatest) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), value| (least.min(*value), greatest.max(*value)));
    let height = |value: f64| {
        // Halves, so that the difference of two huge numbers is a number, too.
        let share = if greatest > least { (value / 2.0 - least / 2.0) / (greatest / 2.0 - least / 2.0) } else { 0.5 };
        HEIGHT - 2.5 - share * (HEIGHT - 5.0)
    };
    let step = (WIDTH - 6.0) / values.len().saturating_sub(1).max(1) as f64;
    let points: Vec<String> =
        values.iter().enumerate().map(|(index, value)| format!("{:.1},{:.1}", 3.0 + index as f64 * step, height(*value))).collect();
    html! {
        svg.spark width=(WIDTH) height=(HEIGHT) role="img" aria-label=(what) {
            title { (what) }
            @if points.len() > 1 { polyline points=(points.join(" ")) {} }
            @if let Some((x, y)) = points.last().and_then(|last| last.split_once(',')) { circle cx=(x) cy=(y) r="2" {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_the_rare_shows_and_nothing_is_drawn_of_nothing() {
        let drawn = columns(&[0, 1, 1_000_000], "fault", "x").into_string();
        assert_eq!((drawn.matches("class=\"fault\"").count(), drawn.contains("height=\"1.5\"")), (2, true), "{drawn}");
        assert!(!columns(&[], "fault", "x").into_string().contains("fault"));
        let drawn = parts(&[(4, 4), (4, 1), (3, 0)], "ok", "fault", "x").into_string();
        assert_eq!((drawn.matches("class=\"ok\"").count(), drawn.matches("class=\"fault\"").count()), (2, 2));
    }

    #[test]
    fn lines_stay_within() {
        for values in [&[][..], &[1.0], &[2.0, 2.0], &[f64::MAX, f64::MIN, 0.0], &[-1.0, 5.0]] {
            let drawn = line(values, "x").into_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
        assert!(line(&[0.0, 10.0], "x").into_string().contains("3.0,19.5 117.0,2.5"));
    }
}

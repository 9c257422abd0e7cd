//! Times for people, and times that people give.

use std::time::Duration;

use maud::{Markup, html};
use xray_model::civil_from_days;
use xray_model::document::Timestamp;

use crate::view::number;

const SECOND: u64 = 1_000_000_000;

/// Year to second, as HTML, ISO and people have them.
fn civil(time: Timestamp) -> (u64, u64, u64, u64, u64, u64) {
    let (days, second) = (time.as_secs() / 86_400, time.as_secs() % 86_400);
    let (year, month, day) = civil_from_days(days);
    (year, month, day, second / 3_600, second / 60 % 60, second % 60)
}

/// `2024-03-12T20:53:50.101Z`
pub(crate) fn iso(time: Timestamp) -> String {
    let (year, month, day, hour, minute, second) = civil(time);
    let millis = time.as_nanos() / 1_000_000 % 1_000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// What an `<input type="datetime-local">` takes: `2024-03-12T20:53:50`.
pub(crate) fn input(time: Timestamp) -> String {
    let (year, month, day, hour, minute, second) = civil(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// A point in time in full, in UTC; a script turns it into the reader's time.
pub(crate) fn moment(time: Timestamp) -> Markup {
    html! { time datetime=(iso(time)) data-time="full" title=(number::moment(time)) { (number::moment(time)) } }
}

/// The time of day, with the date if that is another than that of `now`.
pub(crate) fn short(time: Timestamp, now: Timestamp) -> Markup {
    let (_, month, day, hour, minute, second) = civil(time);
    let millis = time.as_nanos() / 1_000_000 % 1_000;
    let is_today = time.as_secs() / 86_400 == now.as_secs() / 86_400;
    let date = if is_today { String::new() } else { format!("{month:02}-{day:02} ") };
    html! {
        time datetime=(iso(time)) data-time="short" title=(number::moment(time)) { (date) (format!("{hour:02}:{minute:02}:{second:02}.{millis:03}")) }
    }
}

/// `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`.
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(time).as_secs();
    match seconds {
        _ if time.as_nanos() > now.as_nanos() + SECOND => format!("in {}", number::duration(time.since(now))),
        0..5 => "just now".to_owned(),
        5..120 => format!("{seconds} s ago"),
        120..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", number::count(seconds / 86_400)),
    }
}

/// The same as an element that says when that was.
pub(crate) fn relative(time: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(iso(time)) data-time="ago" title=(number::moment(time)) { (ago(time, now)) } }
}

/// A duration, readable by programs too.
pub(crate) fn took(duration: Option<Duration>) -> Markup {
    match duration {
        Some(duration) => html! { span.num { (number::duration(duration)) } },
        None => html! { span.num.faint title="in progress, or its segment has not arrived" { "…" } },
    }
}

/// Reads a time: seconds since 1970, or `2024-03-12T20:53`, with seconds and `Z` if one likes, in UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.parse().ok();
    }
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00"));
    let mut date = date.splitn(3, '-').map(number);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut time = time.splitn(3, ':').map(number);
    let (hour, minute, second) = (time.next()??, time.next()??, time.next().unwrap_or(Some(0))?);
    let valid = (1970..2500).contains(&year) && (1..=12).contains(&month) && hour < 24 && minute < 60 && second < 61;
    let days = days_from_civil(year, month, day)?;
    if !valid || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse::<u64>().ok()?;
    Some(Timestamp::from_nanos((days * 86_400 + hour * 3_600 + minute * 60 + second) * SECOND + nanos))
}

fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The inverse of [`civil_from_days`]; `None` for days that do not exist.
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    let earliest = year.checked_sub(1970)? * 365 + month.checked_sub(1)? * 28;
    (earliest..earliest + 400 + year / 4).find(|&days| civil_from_days(days) == (year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for seconds in [0, 951_782_399, 951_782_400, 1_710_276_830, 4_107_542_400, 1_709_164_800] {
            let time = Timestamp::from_nanos(seconds * SECOND);
            assert_eq!(parse(&input(time)), Some(time));
            assert_eq!(parse(&iso(time)), Some(time));
            assert_eq!(parse(&time.to_string()), Some(time));
        }
        assert_eq!(parse("2024-03-12"), Some(Timestamp::from_nanos(1_710_201_600 * SECOND)));
        assert_eq!(parse("2024-03-12 20:53").map(Timestamp::as_secs), Some(1_710_276_780));
        for wrong in [
            "",
            "now",
            "2024-02-30",
            "2024-13-01",
            "2024-03-12T25:00",
            "2024-03-12T20",
            "-1",
            "1969-01-01",
            "9999-01-01",
            "2024-03-12T20:53:50.x",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn how_long_ago() {
        let now = Timestamp::from_nanos(1_000_000 * SECOND);
        let ago = |seconds: u64| ago(Timestamp::from_nanos((1_000_000 - seconds) * SECOND), now);
        assert_eq!([0, 12, 180, 7_300, 200_000].map(ago), ["just now", "12 s ago", "3 min ago", "2 h ago", "2 d ago"]);
        assert_eq!(super::ago(Timestamp::from_nanos(1_000_060 * SECOND), now), "in 60.0 s");
    }
}

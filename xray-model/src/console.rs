//! Links into the AWS console: the service map, lists of traces, one trace, its logs.
//!
//! Two consoles show traces: CloudWatch's, and the older one of X-Ray itself. Both keep where they are in the fragment of the address,
//! behind the `#`, and each writes it in its own way. A link only says what to show: whoever follows it signs in, and may see it or not.
//!
//! | Link | CloudWatch | X-Ray |
//! |---|---|---|
//! | [`service_map`](Console::service_map) | `#xray:service-map/map?~(…)` | `#/service-map?timeRange=…` |
//! | [`traces`](Console::traces) | `#xray:traces/query?~(query~(expression~'…)~context~(timeRange~(…)))` | `#/traces?timeRange=…&filter=…` |
//! | [`analytics`](Console::analytics) | the traces of the service | `#/analytics?timeRange=…&filter=…` |
//! | [`trace`](Console::trace) | `#xray:traces/1-…` | `#/traces/1-…` |
//! | [`trace_logs`](Console::trace_logs) | `#logsV2:logs-insights$3FqueryDetail$3D~(…)` | that of CloudWatch, which has the logs |
//! | [`log_group`](Console::log_group) | `#logsV2:log-groups/log-group/…` | likewise |
//!
//! Source for X-Ray's console: "Console deep linking" in the AWS X-Ray developer guide, which knows all but `analytics`. **CloudWatch's
//! links are not documented by AWS.** They are as many public repositories have them, some of which were copied from a browser, and AWS may
//! change them. None has been tried in a console by this project. Least certain are, in this order: a time range of the service map (seen
//! once), X-Ray's `analytics` with a filter (seen once), and letters outside of ASCII in filters for CloudWatch (by the rules of JSURL,
//! whose form the addresses have; none was seen).

use std::fmt::Write;
use std::time::Duration;

use crate::limits::REGION_CHARS_MAX;
use crate::{TraceId, civil_from_days};

/// A console to link to, in one region.
///
/// ```
/// use std::time::Duration;
/// use xray_model::console::{Console, TimeRange};
///
/// let console = Console::cloudwatch("eu-west-1");
/// assert_eq!(
///     console.traces("annotation[cache.hit] = false", TimeRange::Last(Duration::from_secs(6 * 60 * 60))),
///     "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#xray:traces/query\
///      ?~(query~(expression~'annotation*5bcache.hit*5d*20*3d*20false)~context~(timeRange~(delta~21600000)))"
/// );
/// let trace = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
/// assert_eq!(
///     Console::xray("eu-west-1").trace(trace),
///     "https://console.aws.amazon.com/xray/home?region=eu-west-1#/traces/1-5759e988-bd862e3fe1be46a994272793"
/// );
/// # Ok::<(), xray_model::ParseIdError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Console<'a> {
    /// Empty for whichever region the console showed last.
    region: &'a str,
    is_cloudwatch: bool,
}

/// The time that a page of the console shows.
///
/// ```
/// use std::time::Duration;
/// use xray_model::console::{Console, TimeRange};
///
/// let console = Console::xray("us-west-2");
/// let start = "https://console.aws.amazon.com/xray/home?region=us-west-2#/service-map?timeRange=";
/// assert_eq!(console.service_map(TimeRange::Last(Duration::from_secs(900))), format!("{start}PT15M"));
/// let six_hours = TimeRange::Between { start: 1_688_227_200, end: 1_688_248_800 };
/// assert_eq!(console.service_map(six_hours), format!("{start}2023-07-01T16:00:00~2023-07-01T22:00:00"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRange {
    /// This long until the page is opened. Rounded up to whole minutes, of which there is at least one.
    Last(Duration),
    /// From one point in time to another, in Unix seconds. It does not matter which is the earlier one. What is after the year 9999 counts
    /// as its end.
    ///
    /// X-Ray's own console shows at most 6 hours. Source: "Console deep linking", time range. A longer one is written as it is.
    Between {
        /// When it begins.
        start: u64,
        /// When it ends.
        end: u64,
    },
}

impl<'a> Console<'a> {
    /// The console of CloudWatch, which is where AWS shows traces today.
    ///
    /// The partition follows from the region: `cn-…` is China, `us-gov-…` GovCloud, anything else `aws`. A region that cannot be one, such
    /// as an empty text, is left out: the console shows the one that was used last then.
    ///
    /// ```
    /// use xray_model::console::{Console, TimeRange::Last};
    ///
    /// let hour = Last(std::time::Duration::from_secs(3600));
    /// for (region, console) in [
    ///     ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#"),
    ///     ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#"),
    ///     ("", "https://console.aws.amazon.com/cloudwatch/home#"),
    /// ] {
    ///     let link = Console::cloudwatch(region).service_map(hour);
    ///     assert_eq!(link, format!("{console}xray:service-map/map?~(query~()~context~(timeRange~(delta~3600000)))"));
    /// }
    /// ```
    #[must_use]
    pub fn cloudwatch(region: &'a str) -> Self {
        Self { region: usable(region), is_cloudwatch: true }
    }

    /// The older console of X-Ray itself, in the same [regions](Self::cloudwatch).
    ///
    /// ```
    /// use xray_model::console::Console;
    ///
    /// let trace = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
    /// assert_eq!(
    ///     Console::xray("cn-north-1").trace(trace),
    ///     "https://console.amazonaws.cn/xray/home?region=cn-north-1#/traces/1-5759e988-bd862e3fe1be46a994272793"
    /// );
    /// # Ok::<(), xray_model::ParseIdError>(())
    /// ```
    #[must_use]
    pub fn xray(region: &'a str) -> Self {
        Self { region: usable(region), is_cloudwatch: false }
    }

    /// The service map, which AWS calls trace map by now.
    ///
    /// ```
    /// use xray_model::console::{Console, TimeRange};
    ///
    /// let hour = TimeRange::Last(std::time::Duration::from_secs(3600));
    /// let link = Console::xray("us-west-2").service_map(hour);
    /// assert_eq!(link, "https://console.aws.amazon.com/xray/home?region=us-west-2#/service-map?timeRange=PT1H");
    /// ```
    #[must_use]
    pub fn service_map(&self, range: TimeRange) -> String {
        if self.is_cloudwatch {
            format!("{}xray:service-map/map?~(query~()~context~(timeRange~({})))", self.home(), range.jsurl())
        } else {
            format!("{}/service-map?timeRange={}", self.home(), range.iso())
        }
    }

    /// The traces that a filter expression finds; all of them if it is empty.
    ///
    /// Source: "Using filter expressions" in the AWS X-Ray developer guide. The expression is not looked at.
    ///
    /// ```
    /// use xray_model::console::{Console, TimeRange};
    ///
    /// let quarter = TimeRange::Last(std::time::Duration::from_secs(900));
    /// let link = Console::xray("us-west-2").traces(r#"service("api") AND fault"#, quarter);
    /// assert_eq!(
    ///     link,
    ///     "https://console.aws.amazon.com/xray/home?region=us-west-2#/traces?timeRange=PT15M&filter=service(%22api%22)%20AND%20fault"
    /// );
    /// ```
    #[must_use]
    pub fn traces(&self, filter: &str, range: TimeRange) -> String {
        if !self.is_cloudwatch {
            return self.filtered("traces", filter, range);
        }
        let expression = if filter.is_empty() { String::new() } else { format!("expression~'{}", jsurl(filter)) };
        format!("{}xray:traces/query?~(query~({expression})~context~(timeRange~({})))", self.home(), range.jsurl())
    }

    /// How a service does: the page Analytics of X-Ray's console, and in CloudWatch the [traces](Self::traces) that the service takes part
    /// in, which can be grouped and compared there.
    ///
    /// A `"`, which the name of a service cannot hold, is left out.
    ///
    /// ```
    /// use xray_model::console::{Console, TimeRange};
    ///
    /// let quarter = TimeRange::Last(std::time::Duration::from_secs(900));
    /// assert_eq!(
    ///     Console::xray("us-west-2").analytics("orders", quarter),
    ///     "https://console.aws.amazon.com/xray/home?region=us-west-2#/analytics?timeRange=PT15M&filter=service(%22orders%22)"
    /// );
    /// let cloudwatch = Console::cloudwatch("us-west-2");
    /// assert_eq!(cloudwatch.analytics("orders", quarter), cloudwatch.traces(r#"service("orders")"#, quarter));
    /// ```
    #[must_use]
    pub fn analytics(&self, service: &str, range: TimeRange) -> String {
        let filter = format!("service(\"{}\")", service.replace('"', ""));
        if self.is_cloudwatch { self.traces(&filter, range) } else { self.filtered("analytics", &filter, range) }
    }

    /// One trace.
    ///
    /// ```
    /// use xray_model::console::Console;
    ///
    /// let trace = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
    /// assert_eq!(
    ///     Console::cloudwatch("us-west-2").trace(trace),
    ///     "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#xray:traces/1-5759e988-bd862e3fe1be46a994272793"
    /// );
    /// # Ok::<(), xray_model::ParseIdError>(())
    /// ```
    #[must_use]
    pub fn trace(&self, id: TraceId) -> String {
        let page = if self.is_cloudwatch { "xray:traces/" } else { "/traces/" };
        format!("{}{page}{id}", self.home())
    }

    /// The lines in these log groups that name a trace, by a query of CloudWatch Logs Insights, from whichever console. CloudWatch asks for
    /// log groups if there are none.
    ///
    /// Lines name a trace if the program writes its id, as Lambda does at the end of each sampled invocation.
    ///
    /// ```
    /// use xray_model::console::{Console, TimeRange};
    ///
    /// let trace = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
    /// let hour = TimeRange::Last(std::time::Duration::from_secs(3600));
    /// assert_eq!(
    ///     Console::cloudwatch("us-west-2").trace_logs(trace, &["/aws/lambda/orders"], hour),
    ///     "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:logs-insights$3FqueryDetail$3D\
    ///      ~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20*40timestamp*2c*20*40log*2c*20*40message*0a\
    ///      *7c*20filter*20*40message*20like*20*221-5759e988-bd862e3fe1be46a994272793*22*0a*7c*20sort*20*40timestamp*20asc\
    ///      ~source~(~'*2faws*2flambda*2forders))"
    /// );
    /// # Ok::<(), xray_model::ParseIdError>(())
    /// ```
    #[must_use]
    pub fn trace_logs(&self, id: TraceId, log_groups: &[&str], range: TimeRange) -> String {
        let query = jsurl(&format!("fields @timestamp, @log, @message\n| filter @message like \"{id}\"\n| sort @timestamp asc"));
        let time = match range {
            TimeRange::Last(_) => format!("end~0~start~-{}~timeType~'RELATIVE~unit~'seconds", range.minutes().saturating_mul(60)),
            TimeRange::Between { .. } => format!("{}~timeType~'ABSOLUTE~tz~'UTC", range.jsurl()),
        };
        let mut link = format!("{}logsV2:logs-insights$3FqueryDetail$3D~({time}~editorString~'{query}", self.cloudwatch_home());
        if !log_groups.is_empty() {
            link += "~source~(";
            log_groups.iter().for_each(|group| link += &format!("~'{}", jsurl(group)));
            link.push(')');
        }
        link.push(')');
        link
    }

    /// A log group in CloudWatch, from whichever console. With Transaction Search, all traces are in the log group `aws/spans`.
    ///
    /// ```
    /// use xray_model::console::Console;
    ///
    /// let link = Console::cloudwatch("us-west-2").log_group("/aws/lambda/orders");
    /// let console = "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2";
    /// assert_eq!(link, format!("{console}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders"));
    /// ```
    #[must_use]
    pub fn log_group(&self, name: &str) -> String {
        // Percent-encoded twice, and then with `$` for `%`, so that neither a browser nor the page takes it apart.
        let name = percent(&percent(name)).replace('%', "$");
        format!("{}logsV2:log-groups/log-group/{name}", self.cloudwatch_home())
    }

    /// A page of X-Ray's console that takes a filter.
    fn filtered(&self, page: &str, filter: &str, range: TimeRange) -> String {
        let filter = if filter.is_empty() { String::new() } else { format!("&filter={}", percent(filter)) };
        format!("{}/{page}?timeRange={}{filter}", self.home(), range.iso())
    }

    /// The address up to the `#`.
    fn home(&self) -> String {
        if self.is_cloudwatch { self.cloudwatch_home() } else { format!("https://{}/xray/home{}#", self.domain(), self.query()) }
    }

    fn cloudwatch_home(&self) -> String {
        let dot = if self.region.is_empty() { "" } else { "." };
        format!("https://{}{dot}{}/cloudwatch/home{}#", self.region, self.domain(), self.query())
    }

    fn query(&self) -> String {
        if self.region.is_empty() { String::new() } else { format!("?region={}", self.region) }
    }

    /// Source: the Chinese edition of "Console deep linking"; for GovCloud, links in public repositories. Consoles of further partitions are
    /// not known here.
    fn domain(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "console.amazonaws.cn"
        } else if self.region.starts_with("us-gov-") {
            "console.amazonaws-us-gov.com"
        } else {
            "console.aws.amazon.com"
        }
    }
}

/// The region, or nothing if it would lead to another host or page.
fn usable(region: &str) -> &str {
    let is_label = |text: &str| text.len() <= REGION_CHARS_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_label(region) && !region.starts_with('-') && !region.ends_with('-') { region } else { "" }
}

impl TimeRange {
    fn minutes(self) -> u64 {
        let length = match self {
            Self::Last(length) => length,
            Self::Between { start, end } => Duration::from_secs(start.abs_diff(end)),
        };
        let seconds = length.as_secs().saturating_add(u64::from(length.subsec_nanos() > 0));
        seconds.div_ceil(60).max(1)
    }

    /// As X-Ray's console takes it: a length by ISO 8601, or two points in time, UTC.
    fn iso(self) -> String {
        match (self, self.minutes()) {
            (Self::Between { start, end }, _) => format!("{}~{}", date_time(start.min(end)), date_time(start.max(end))),
            (Self::Last(_), minutes) if minutes.is_multiple_of(60) => format!("PT{}H", minutes / 60),
            (Self::Last(_), minutes) => format!("PT{minutes}M"),
        }
    }

    /// As CloudWatch takes it: a length in milliseconds, or two points in time, UTC.
    fn jsurl(self) -> String {
        match self {
            Self::Last(_) => format!("delta~{}", self.minutes().saturating_mul(60_000)),
            Self::Between { start, end } => {
                let point = |seconds| jsurl(&format!("{}.000Z", date_time(seconds)));
                format!("end~'{}~start~'{}", point(start.max(end)), point(start.min(end)))
            }
        }
    }
}

/// Unix seconds as `2023-07-01T16:00:00`.
fn date_time(unix_seconds: u64) -> String {
    const LAST: u64 = 253_402_300_799; // 9999-12-31T23:59:59
    let seconds = unix_seconds.min(LAST);
    let (year, month, day) = civil_from_days(seconds / 86_400);
    let of_day = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A text as JSURL has it, without the `'` before it: letters, digits, `_`, `-` and `.` as they are, else `*` and two hex digits, or for
/// what is beyond Latin-1 `**` and four, of UTF-16.
///
/// Source: <https://github.com/Sage/jsurl>. JSURL has `!` for `$`; `*24` reads as the same, and means nothing to anybody else.
fn jsurl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for unit in text.encode_utf16() {
        // Writing to a `String` does not fail.
        let _ = match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') => {
                out.push(char::from(byte));
                Ok(())
            }
            Ok(byte) => write!(out, "*{byte:02x}"),
            Err(_) => write!(out, "**{unit:04x}"),
        };
    }
    out
}

/// Percent-encoded, all but letters, digits and `-_.~()`: the developer guide's example keeps the parentheses.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'(' | b')') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: TimeRange = TimeRange::Last(Duration::from_secs(3600));

    /// RFC 3986: what a fragment may hold, `%` only before two hex digits.
    fn is_fragment(text: &str) -> bool {
        let mut parts = text.split('%');
        let legal = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte));
        let encoded = |part: &str| part.len() >= 2 && part.is_char_boundary(2) && part[..2].bytes().all(|byte| byte.is_ascii_hexdigit());
        parts.next().is_some_and(legal) && parts.all(|part| encoded(part) && legal(&part[2..]))
    }

    fn from_jsurl(text: &str) -> Option<String> {
        let (mut units, mut rest) = (Vec::new(), text);
        while let Some(letter) = rest.chars().next() {
            let (digits, from) = match letter {
                '*' if rest.starts_with("**") => (4, 2),
                '*' => (2, 1),
                other => {
                    units.push(if other == '!' { u16::from(b'$') } else { u16::try_from(u32::from(other)).ok()? });
                    rest = &rest[other.len_utf8()..];
                    continue;
                }
            };
            units.push(u16::from_str_radix(rest.get(from..from + digits)?, 16).ok()?);
            rest = &rest[from + digits..];
        }
        String::from_utf16(&units).ok()
    }

    fn from_percent(text: &str) -> Option<String> {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let [first, after @ ..] = rest {
            if *first == b'%' {
                bytes.push(u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok()?);
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        String::from_utf8(bytes).ok()
    }

    proptest! {
        #[test]
        fn any_filter_comes_back(filter in any::<String>()) {
            prop_assert_eq!(from_jsurl(&jsurl(&filter)), Some(filter.clone()));
            prop_assert_eq!(from_percent(&percent(&filter)), Some(filter.clone()));
            for console in [Console::cloudwatch("us-west-2"), Console::xray("us-west-2")] {
                let trace = TraceId::new(1, 2);
                for link in [
                    console.traces(&filter, HOUR),
                    console.analytics(&filter, HOUR),
                    console.log_group(&filter),
                    console.trace_logs(trace, &[&filter, "b"], HOUR),
                ] {
                    let (_, fragment) = link.split_once('#').unwrap();
                    prop_assert!(is_fragment(fragment), "{}", link);
                }
            }
            // What ends the text in CloudWatch's syntax cannot stand in it.
            prop_assert!(!jsurl(&filter).contains(['~', '(', ')', '\'', '$', '!', '%', '#']));
            prop_assert!(!percent(&filter).contains(['&', '=', '#', '?']));
        }

        #[test]
        fn any_region_leads_to_aws(region in any::<String>()) {
            for console in [Console::cloudwatch(&region), Console::xray(&region)] {
                let link = console.trace(TraceId::new(1, 2));
                let host = link.strip_prefix("https://").unwrap().split('/').next().unwrap();
                let is_aws = |domain: &str| host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'));
                let domains = ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];
                prop_assert!(domains.into_iter().any(is_aws), "{}", link);
                prop_assert_eq!(link.matches('#').count(), 1);
            }
        }

        #[test]
        fn any_time_can_be_written(start in any::<u64>(), end in any::<u64>(), length in any::<Duration>()) {
            for range in [TimeRange::Between { start, end }, TimeRange::Last(length)] {
                prop_assert!(is_fragment(&range.iso()) && is_fragment(&range.jsurl()));
            }
            prop_assert_eq!(TimeRange::Between { start, end }.iso(), TimeRange::Between { start: end, end: start }.iso());
        }
    }

    #[test]
    fn filters_are_written_as_aws_does() {
        let group = "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/aws$252Fspans";
        assert_eq!(Console::xray("us-west-2").log_group("aws/spans"), group);
        // The examples of the developer guide, and of links that the console made.
        let filter = "service(\"api.amazon.com\") { fault = true OR responsetime > 2.5 } AND annotation.foo = \"bar\"";
        assert_eq!(
            percent(filter),
            "service(%22api.amazon.com%22)%20%7B%20fault%20%3D%20true%20OR%20responsetime%20%3E%202.5%20%7D%20\
             AND%20annotation.foo%20%3D%20%22bar%22"
        );
        assert_eq!(jsurl("service(id(name: \"orders\"))"), "service*28id*28name*3a*20*22orders*22*29*29");
        assert_eq!(jsurl("/aws/lambda/a_b-c"), "*2faws*2flambda*2fa_b-c");
        assert_eq!(jsurl("Größe $ 日本 🦀"), "Gr*f6*dfe*20*24*20**65e5**672c*20**d83e**dd80");
    }

    #[test]
    fn times_are_utc() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_666_348_200, "2022-10-21T10:30:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (u64::MAX, "9999-12-31T23:59:59"),
        ] {
            assert_eq!(date_time(seconds), expected);
        }
        let range = TimeRange::Between { start: 1_666_348_200, end: 1_666_342_800 };
        assert_eq!(range.jsurl(), "end~'2022-10-21T10*3a30*3a00.000Z~start~'2022-10-21T09*3a00*3a00.000Z");
        let logs = Console::xray("").trace_logs(TraceId::new(1, 2), &[], range);
        assert!(
            logs.starts_with("https://console.aws.amazon.com/cloudwatch/home#logsV2:logs-insights$3FqueryDetail$3D~(end~'2022"),
            "{logs}"
        );
        assert!(logs.contains("~start~'2022-10-21T09*3a00*3a00.000Z~timeType~'ABSOLUTE~tz~'UTC~editorString~'fields"), "{logs}");
        assert!(logs.ends_with("asc)"), "{logs}");
    }

    #[test]
    fn lengths_are_whole_minutes() {
        for (length, iso, jsurl) in [
            (Duration::ZERO, "PT1M", "delta~60000"),
            (Duration::from_millis(60_001), "PT2M", "delta~120000"),
            (Duration::from_secs(7200), "PT2H", "delta~7200000"),
            (Duration::from_secs(5400), "PT90M", "delta~5400000"),
        ] {
            assert_eq!((TimeRange::Last(length).iso().as_str(), TimeRange::Last(length).jsurl().as_str()), (iso, jsurl));
        }
    }

    #[test]
    fn all_traces_need_no_filter() {
        let start = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#xray:traces/query?";
        let link = Console::cloudwatch("us-east-1").traces("", HOUR);
        assert_eq!(link, format!("{start}~(query~()~context~(timeRange~(delta~3600000)))"));
        let link = Console::xray("us-east-1").traces("", HOUR);
        assert_eq!(link, "https://console.aws.amazon.com/xray/home?region=us-east-1#/traces?timeRange=PT1H");
        for region in ["a.b", "x/y", "-a", "a-", "é", &"a".repeat(64)] {
            assert!(Console::cloudwatch(region).trace(TraceId::new(1, 2)).starts_with("https://console.aws.amazon.com/cloudwatch/home#"));
        }
    }
}

//! Texts in the languages of CloudWatch and X-Ray.

use crate::Error;

/// Characters of a search. CloudWatch: "Search expression limits".
const SEARCH_CHARS_MAX: usize = 1_024;

/// `SEARCH('{namespace,Service,key} MetricName="name" Service="orders"', 'Sum')`: one line for each combination of values.
pub(super) fn search(namespace: &str, keys: &[&str], metric: &str, service: &str, stat: &str) -> Result<String, Error> {
    let mut schema = vec![quoted(namespace)];
    schema.push("Service".to_owned());
    schema.extend(keys.iter().map(|key| quoted(key)));
    let query = format!("{{{}}} MetricName={} Service={}", schema.join(","), quoted(metric), quoted(service));
    searched(&query, metric, stat)
}

/// The same for a metric of whose dimensions nothing is known.
pub(super) fn search_anywhere(namespace: &str, metric: &str, stat: &str) -> Result<String, Error> {
    searched(&format!("Namespace={} MetricName={}", quoted(namespace), quoted(metric)), metric, stat)
}

fn searched(query: &str, metric: &str, stat: &str) -> Result<String, Error> {
    if query.chars().count() > SEARCH_CHARS_MAX {
        let short: String = metric.chars().take(60).collect();
        let remedy = "shorten its name or the keys of its dimensions, or switch off `dashboard.business`";
        let problem =
            format!("the search for the metric `{short}…` would be longer than the {SEARCH_CHARS_MAX} characters that CloudWatch takes");
        return Err(Error::new(format!("{problem}: {remedy}")));
    }
    Ok(format!("SEARCH('{}', '{stat}')", query.replace('\'', "\\'")))
}

/// In double quotes: as it is, whatever signs it has.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A query of Metrics Insights: the sum of a metric over all values of the keys, for one service.
pub(super) fn sum_over(namespace: &str, metric: &str, key: &str, service: &str) -> String {
    let service = service.replace('\\', "\\\\").replace('\'', "\\'");
    format!("SELECT SUM({metric}) FROM SCHEMA({}, Service, {key}) WHERE Service = '{service}'", quoted(namespace))
}

/// A filter expression: traces in which the service does this.
pub(super) fn of_service(service: &str, what: &str) -> String {
    format!("service({}) {{ {what} }}", quoted(service))
}

/// A filter expression: traces in which this took longer than it may.
pub(super) fn violated(operation: &str) -> String {
    format!("annotation[sla.operation] = {} AND annotation[sla.violated] = true", quoted(operation))
}

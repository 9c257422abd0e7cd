//! What was measured, in the terms of CloudWatch.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use xray_runtime::metrics::Unit;

/// All values of one metric with the same values of its dimensions, as CloudWatch gets them.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the metric is called.
    pub name: String,
    /// The unit of its values, as CloudWatch spells it.
    pub unit: String,
    /// By key; `Service` among them, if the metrics have it.
    pub dimensions: BTreeMap<String, String>,
    /// In the order in which they were measured on one thread. A sum is one value for each flush.
    pub values: Vec<f64>,
}

/// `Revenue{country=de} None: 3.5, 0.25`
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimensions: Vec<_> = self.dimensions.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let values: Vec<_> = self.values.iter().map(ToString::to_string).collect();
        write!(f, "{}{{{}}} {}: {}", self.name, dimensions.join(", "), self.unit, values.join(", "))
    }
}

/// Reads documents in the embedded metric format; the series in the order of their names and dimensions.
pub(crate) fn read(documents: &[String]) -> Vec<Series> {
    let mut all: BTreeMap<(String, BTreeMap<String, String>, String), Vec<f64>> = BTreeMap::new();
    for document in documents {
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for directive in list(&document["_aws"]["CloudWatchMetrics"]) {
            let keys = list(&directive["Dimensions"]).iter().flat_map(list).map(|key| text(&key)).collect::<Vec<_>>();
            let dimensions: BTreeMap<_, _> = keys.into_iter().map(|key| (key.clone(), text(&document[&key]))).collect();
            for metric in list(&directive["Metrics"]) {
                let name = text(&metric["Name"]);
                let unit = metric["Unit"].as_str().unwrap_or(Unit::None.as_str()).to_owned();
                let values = match &document[&name] {
                    Value::Array(values) => values.clone(),
                    value => vec![value.clone()],
                };
                all.entry((name, dimensions.clone(), unit)).or_default().extend(values.iter().filter_map(Value::as_f64));
            }
        }
    }
    all.into_iter().map(|((name, dimensions, unit), values)| Series { name, unit, dimensions, values }).collect()
}

//! Widgets of a dashboard, and where they stand.

use serde_json::{Value, json};

/// Columns of a dashboard.
const COLUMNS: u32 = 24;
const WIDTH: u32 = 8;
const HEIGHT: u32 = 6;

/// A line of a graph: a metric of the service, or an expression.
pub(super) fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)], options: Value) -> Value {
    let mut row = vec![json!(namespace), json!(name)];
    row.extend(dimensions.iter().flat_map(|(key, value)| [json!(key), json!(value)]));
    row.extend(Some(options).filter(|options| options.as_object().is_some_and(|options| !options.is_empty())));
    Value::Array(row)
}

/// A line, or several, that are computed.
pub(super) fn expression(expression: &str, id: &str, label: Option<&str>) -> Value {
    let mut options = json!({ "expression": expression, "id": id });
    if let Some(label) = label {
        options["label"] = json!(label);
    }
    json!([options])
}

/// A graph.
pub(super) struct Graph {
    pub(super) title: String,
    /// The statistic of lines that do not say another.
    pub(super) stat: &'static str,
    /// What the axis is called, such as `%`.
    pub(super) axis: &'static str,
    /// Whether the axis begins at zero; what a program measures may be below.
    pub(super) from_zero: bool,
    pub(super) lines: Vec<Value>,
}

/// The widgets, each row below the last.
pub(super) struct Board {
    region: String,
    period: u32,
    widgets: Vec<Value>,
    x: u32,
    y: u32,
}

impl Board {
    pub(super) fn new(region: &str, period: u32) -> Self {
        Self { region: region.to_owned(), period, widgets: Vec::new(), x: 0, y: 0 }
    }

    /// Begins a part of the dashboard.
    pub(super) fn heading(&mut self, markdown: &str) {
        if self.x > 0 {
            self.x = 0;
            self.y += HEIGHT;
        }
        let height = if markdown.contains('\n') { 2 } else { 1 };
        let place = json!({ "type": "text", "x": 0, "y": self.y, "width": COLUMNS, "height": height });
        self.push(place, json!({ "markdown": markdown }));
        self.y += height;
    }

    pub(super) fn graph(&mut self, graph: Graph) {
        if self.x + WIDTH > COLUMNS {
            self.x = 0;
            self.y += HEIGHT;
        }
        let place = json!({ "type": "metric", "x": self.x, "y": self.y, "width": WIDTH, "height": HEIGHT });
        let mut axis = json!({ "label": graph.axis, "showUnits": false });
        if graph.from_zero {
            axis["min"] = json!(0);
        }
        let properties = json!({
            "title": graph.title, "view": "timeSeries", "region": self.region, "period": self.period, "stat": graph.stat,
            "yAxis": { "left": axis }, "metrics": graph.lines,
        });
        self.push(place, properties);
        self.x += WIDTH;
    }

    fn push(&mut self, mut widget: Value, properties: Value) {
        widget["properties"] = properties;
        self.widgets.push(widget);
    }

    pub(super) fn widgets(self) -> Vec<Value> {
        self.widgets
    }
}

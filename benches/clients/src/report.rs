//! Rows of measures, printed as one markdown table.

use std::fmt::Write as _;

/// One measure: what autoxray must not exceed, and the numbers, as text where there are several.
pub struct Row {
    what: String,
    bar: Option<f64>,
    unit: &'static str,
    ours: Option<Value>,
    rival: Option<Value>,
}

/// A measured value.
#[derive(Clone, Copy)]
pub struct Value {
    /// What is held against the bar: of several rounds the median, never the lucky one.
    pub number: f64,
    pub best: Option<f64>,
}

impl Value {
    pub const fn exact(number: f64) -> Value {
        Value { number, best: None }
    }

    fn text(self) -> String {
        let best = self.best.map(|best| format!(" ({})", digits(best))).unwrap_or_default();
        digits(self.number) + &best
    }
}

/// As many digits as mean something.
fn digits(n: f64) -> String {
    match n.abs() {
        a if a >= 100.0 || n.fract() == 0.0 => format!("{n:.0}"),
        a if a >= 10.0 => format!("{n:.1}"),
        _ => format!("{n:.2}"),
    }
}

impl Row {
    pub fn new(what: impl Into<String>, unit: &'static str) -> Row {
        Row { what: what.into(), bar: None, unit, ours: None, rival: None }
    }

    pub fn bar(self, bar: f64) -> Row {
        Row { bar: Some(bar), ..self }
    }

    pub fn ours(self, value: Value) -> Row {
        Row { ours: Some(value), ..self }
    }

    pub fn rival(self, value: Value) -> Row {
        Row { rival: Some(value), ..self }
    }

    fn markdown(&self) -> String {
        let bar = self.bar.map(|bar| format!("≤ {}", digits(bar))).unwrap_or_default();
        let met = match (self.bar, self.ours) {
            (Some(bar), Some(value)) if value.number <= bar => "yes",
            (Some(_), Some(_)) => "**no**",
            _ => "",
        };
        let [ours, rival] = [self.ours, self.rival].map(|value| value.map_or("–".to_owned(), Value::text));
        format!("| {} | {} | {bar} | {met} | {ours} | {rival} |", self.what, self.unit)
    }
}

/// What a measure found: rows for the table and remarks below it.
#[derive(Default)]
pub struct Findings {
    pub rows: Vec<Row>,
    pub notes: Vec<String>,
}

impl Findings {
    pub fn absorb(&mut self, other: Findings) {
        self.rows.extend(other.rows);
        self.notes.extend(other.notes);
    }

    pub fn markdown(&self, facts: &str) -> String {
        let mut text = format!("{facts}\n\n| measure | in | bar | met | autoxray | rival |\n|---|---|---|---|---|---|\n");
        for row in &self.rows {
            text += &row.markdown();
            text.push('\n');
        }
        text.push('\n');
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}

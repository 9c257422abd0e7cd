//! Rows of measures, printed as one markdown table.

use std::fmt::Write as _;

use crate::cases::Peer;

/// A measured value.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    Number(f64),
    /// Of several rounds.
    Rounds {
        best: f64,
        median: f64,
    },
}

impl Value {
    /// What is held against the bar: the median, never the lucky round.
    fn judged(self) -> f64 {
        match self {
            Value::Number(n) => n,
            Value::Rounds { median, .. } => median,
        }
    }

    fn text(self) -> String {
        match self {
            Value::Number(n) => digits(n),
            Value::Rounds { best, median } => format!("{} ({})", digits(median), digits(best)),
        }
    }
}

/// As many digits as mean something.
fn digits(n: f64) -> String {
    match n.abs() {
        a if a >= 1_000.0 => {
            let whole = format!("{:.0}", a);
            let groups = whole.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
            format!("{}{}", if n < 0.0 { "-" } else { "" }, groups.collect::<Vec<_>>().join(","))
        }
        a if a >= 100.0 || n.fract() == 0.0 => format!("{n:.0}"),
        a if a >= 10.0 => format!("{n:.1}"),
        _ => format!("{n:.2}"),
    }
}

/// One measure.
pub struct Row {
    what: String,
    bar: Option<f64>,
    cells: Vec<(Peer, Value)>,
}

impl Row {
    pub fn new(what: impl Into<String>) -> Row {
        Row { what: what.into(), bar: None, cells: Vec::new() }
    }

    /// What autoxray must not exceed.
    pub fn bar(mut self, bar: f64) -> Row {
        self.bar = Some(bar);
        self
    }

    pub fn cell(mut self, peer: Peer, value: Value) -> Row {
        self.cells.push((peer, value));
        self
    }

    fn value(&self, peer: Peer) -> Option<Value> {
        self.cells.iter().find(|(p, _)| *p == peer).map(|(_, value)| *value)
    }

    fn markdown(&self) -> String {
        let mut line = format!("| {} | ", self.what);
        if let Some(bar) = self.bar {
            let _ = write!(line, "≤ {}", digits(bar));
        }
        let met = match (self.bar, self.value(Peer::Autoxray)) {
            (Some(bar), Some(value)) if value.judged() <= bar => "yes",
            (Some(_), Some(_)) => "**no**",
            _ => "",
        };
        let _ = write!(line, " | {met}");
        for peer in Peer::COLUMNS {
            let _ = write!(line, " | {}", self.value(peer).map_or("–".to_owned(), Value::text));
        }
        line + " |"
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
        let titles = Peer::COLUMNS.map(Peer::title).join(" | ");
        let mut text = format!("{facts}\n\n| measure | bar | met | {titles} |\n|---|---|---|{}\n", "---|".repeat(Peer::COLUMNS.len()));
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

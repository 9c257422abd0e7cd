//! A page, taken apart.
#![allow(dead_code, reason = "each test uses some of it")]

use scraper::{ElementRef, Html, Selector};

use crate::common::Viewer;

pub(crate) struct Page {
    html: Html,
    pub(crate) source: String,
}

pub(crate) fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

/// The text of an element, with single blanks.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    /// Asks for it; it must be there, and be a whole document that others can read.
    pub(crate) fn get(viewer: &Viewer, path: &str) -> Self {
        let answer = viewer.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let page = Self { html: Html::parse_document(&answer.body), source: answer.body };
        page.is_well_made(path);
        page
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.html.select(&select(selector)).collect()
    }

    pub(crate) fn one(&self, selector: &str) -> ElementRef<'_> {
        let all = self.all(selector);
        assert_eq!(all.len(), 1, "{selector}: {}", all.iter().map(|element| text(*element)).collect::<Vec<_>>().join(" | "));
        all[0]
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        text(self.one(selector))
    }

    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text).collect()
    }

    /// The cells of each row of a table's body.
    pub(crate) fn rows(&self, table: &str) -> Vec<Vec<String>> {
        let (row, cell) = (select("tbody tr"), select("td"));
        self.one(table).select(&row).map(|row| row.select(&cell).map(text).collect()).collect()
    }

    /// The headlines of a table.
    pub(crate) fn headlines(&self, table: &str) -> Vec<String> {
        self.one(table).select(&select("thead th")).map(text).collect()
    }

    /// A figure by its name.
    pub(crate) fn figure(&self, within: &str, name: &str) -> Option<String> {
        let figures = format!("{within} .figure");
        let named = self.all(&figures).into_iter().find(|figure| figure.select(&select("dt")).any(|label| text(label) == name))?;
        named.select(&select("dd")).next().map(text)
    }

    /// The address of the link with this text.
    pub(crate) fn link(&self, within: &str, label: &str) -> String {
        let links = format!("{within} a");
        let link = self.all(&links).into_iter().find(|link| text(*link) == label);
        link.unwrap_or_else(|| panic!("no link {label:?} in {links}")).attr("href").unwrap().to_owned()
    }

    fn is_well_made(&self, path: &str) {
        assert_eq!(self.all("h1").len(), 1, "{path}");
        let mut ids: Vec<&str> = self.all("[id]").iter().filter_map(|element| element.attr("id")).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: an id is there twice");
        // Nothing in the page itself runs or paints: the policy would forbid it.
        assert!(self.all("[style], [onclick], [onload], script:not([src]), style").is_empty(), "{path}");
        for link in self.all("a[href]") {
            let href = link.attr("href").unwrap_or_default();
            assert!(href.starts_with('/') || href.starts_with('#'), "{path}: {href}");
        }
        for header in self.all("thead th") {
            assert_eq!(header.attr("scope"), Some("col"), "{path}");
            assert!(!text(header).is_empty(), "{path}: a column without a name");
        }
        for table in self.all("table") {
            let cells = |row: ElementRef<'_>| row.select(&select("td, th")).count();
            let head = table.select(&select("thead tr")).next().map(cells);
            for row in table.select(&select("tbody tr")) {
                assert!(head.is_none_or(|head| head == cells(row)), "{path}: {}", text(row));
            }
        }
        for drawn in self.all("svg") {
            let is_told = drawn.attr("aria-label").is_some() || drawn.attr("aria-hidden") == Some("true");
            assert!(is_told, "{path}: a picture without words: {}", drawn.html().chars().take(200).collect::<String>());
        }
        for field in self.all("input:not([type=hidden]), select") {
            let id = field.attr("id");
            let has_label = id.is_some_and(|id| !self.all(&format!("label[for='{id}']")).is_empty());
            let is_within = field.ancestors().filter_map(ElementRef::wrap).any(|parent| parent.value().name() == "label");
            assert!(has_label || is_within, "{path}: a field without a label: {}", field.html());
        }
    }
}

/// Seconds as the viewer writes them: three digits and a unit.
pub(crate) fn seconds(seconds: f64) -> String {
    // Halves are rounded up, also those that are a little less in binary.
    let (value, unit) = match seconds * (1.0 + 1e-12) {
        seconds if seconds < 0.000_999_5 => (seconds * 1e6, "µs"),
        seconds if seconds < 0.999_5 => (seconds * 1e3, "ms"),
        seconds => (seconds, "s"),
    };
    let decimals = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    format!("{value:.decimals$} {unit}")
}

/// What so many percent do not exceed, by nearest rank.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((percent / 100.0 * sorted.len() as f64).ceil() as usize).max(1) - 1]
}

/// How long a segment took, if it has ended.
pub(crate) fn took(document: &serde_json::Value) -> Option<f64> {
    // The shop writes microseconds; a number of this size knows no more.
    let micros = |key: &str| Some((document[key].as_f64()? * 1e6).round());
    Some((micros("end_time")? - micros("start_time")?) / 1e6)
}

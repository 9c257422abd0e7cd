//! What the page on filter expressions has for examples.

use crate::filter::Filter;
use crate::filter::keyword::{COMPLEX, KEYWORDS};

const PAGE: &str = include_str!("../../../../docs/filters.md");

/// Blocks of the page that are marked like this.
fn blocks(mark: &str) -> Vec<&'static str> {
    let fence = format!("\n```{mark}\n");
    PAGE.split(&fence).skip(1).filter_map(|rest| Some(rest.split_once("\n```")?.0)).collect()
}

#[test]
fn its_expressions_are_understood() {
    let lines: Vec<&str> = blocks("filter").iter().flat_map(|block| block.lines()).collect();
    assert!(lines.len() > 30, "{lines:?}");
    for line in lines {
        let filter = Filter::parse(line).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Filter::parse(&filter.to_string()), Ok(filter), "{line}");
    }
}

#[test]
fn its_errors_are_those_that_are_told() {
    let blocks = blocks("error");
    assert!(blocks.len() > 1);
    for block in blocks {
        let (text, told) = block.split_once('\n').unwrap();
        assert_eq!(Filter::parse(text).unwrap_err().to_string(), told);
    }
}

#[test]
fn it_has_every_keyword() {
    for name in KEYWORDS.iter().map(|entry| entry.name) {
        assert!(PAGE.contains(&format!("`{name}`")), "{name} is missing");
    }
    // The root causes of three kinds have three parts each; some of them stand for all.
    for name in COMPLEX.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("rootcause.")) {
        assert!(PAGE.contains(name), "{name} is missing");
    }
}

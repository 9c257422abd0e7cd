//! One word for one thing: X-Ray's.

use std::fs;

use crate::source::{self, Source};
use crate::{none, root, text};

const REMEDY: &str = "X-Ray's words are segment and subsegment; `span` only where OpenTelemetry is meant and named";

/// Whether a paragraph says `span` without being about OpenTelemetry. Code is not looked at: modules may be called so.
fn says_span(paragraph: &str) -> bool {
    let prose: String = paragraph.split('`').step_by(2).collect();
    let mut words = prose.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| matches!(word.to_lowercase().as_str(), "span" | "spans")) && !paragraph.contains("OpenTelemetry")
}

/// Doc comments: line and text. In the macros only the public ones, since the compiler's own spans are the matter there.
fn docs(source: &Source) -> Vec<(usize, String)> {
    if source.path.starts_with("xray-macros/") && !source.path.ends_with("lib.rs") {
        return Vec::new();
    }
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut last = 0;
    for window in source.tokens.windows(3).filter(|window| window[0].text == "doc" && window[1].text == "=") {
        let (line, text) = (window[2].line, window[2].text.trim_matches('"').trim());
        match paragraphs.last_mut() {
            Some((_, paragraph)) if line == last + 1 && !text.is_empty() => *paragraph += &format!(" {text}"),
            _ => paragraphs.push((line, text.to_owned())),
        }
        last = if text.is_empty() { 0 } else { line };
    }
    paragraphs
}

/// Folders that are about OpenTelemetry from end to end.
const OF_OPENTELEMETRY: [&str; 2] = ["xray-collector/src/otlp/", "xray-collector/src/forward/"];

#[test]
fn documentation_speaks_x_ray() {
    let sources = source::all();
    none(sources.iter().filter(|source| !source.is_below(&OF_OPENTELEMETRY)).flat_map(|source| {
        let wrong = docs(source).into_iter().filter(|(_, paragraph)| says_span(paragraph));
        wrong.map(|(line, _)| format!("{}: {REMEDY}", source.at(line)))
    }));
}

#[test]
fn pages_speak_x_ray() {
    let mut pages: Vec<String> = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(String::from).into();
    let docs = fs::read_dir(root().join("docs")).expect("there is a folder docs");
    pages.extend(docs.map(|entry| format!("docs/{}", entry.expect("an entry").file_name().to_string_lossy())));
    none(pages.iter().flat_map(|page| {
        let text = text(page);
        let mut is_code = false;
        let lines = (1..).zip(text.lines()).filter(|(_, line)| {
            is_code ^= line.starts_with("```");
            !is_code
        });
        let wrong: Vec<usize> = lines.filter(|(_, line)| says_span(line)).map(|(number, _)| number).collect();
        wrong.into_iter().map(move |number| format!("{page}:{number}: {REMEDY}"))
    }));
}

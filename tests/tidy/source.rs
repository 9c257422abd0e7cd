//! The source files of our libraries, without their tests.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{manifests, root};

/// A source file.
pub(crate) struct Source {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) file: syn::File,
    /// All of it, groups opened.
    pub(crate) tokens: Vec<Token>,
    /// Lines that are no test.
    pub(crate) lines: usize,
}

pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Source {
    /// `path:line`, to begin a message with.
    pub(crate) fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }

    pub(crate) fn is_below(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path == *place || place.ends_with('/') && self.path.starts_with(place))
    }

    /// The lines in which this sequence of tokens begins; between tokens stands a blank, but around `::` and `.`.
    pub(crate) fn find(&self, pattern: &str) -> Vec<usize> {
        let spaced = pattern.replace("::", " : : ").replace('.', " . ");
        let pattern: Vec<&str> = spaced.split_whitespace().collect();
        let fits = |window: &&[Token]| window.iter().map(|token| token.text.as_str()).eq(pattern.iter().copied());
        self.tokens.windows(pattern.len()).filter(fits).map(|window| window[0].line).collect()
    }
}

/// All source files of the libraries in this workspace.
pub(crate) fn all() -> Vec<Source> {
    let mut sources = Vec::new();
    for package in manifests::packages() {
        let mut paths = Vec::new();
        walk(&package.folder.join("src"), &mut paths);
        let read = paths.iter().map(|path| read(path)).collect::<Vec<_>>();
        let tests: Vec<PathBuf> = read.iter().flat_map(|(_, tests)| tests.clone()).collect();
        let is_test = |path: &Path| tests.iter().any(|test| path == test || path.starts_with(test.with_extension("")));
        sources.extend(paths.iter().zip(read).filter(|(path, _)| !is_test(path)).map(|(_, (source, _))| source));
    }
    assert!(sources.len() > 50, "only {} source files were found: these tests look in the wrong place", sources.len());
    sources
}

/// The Rust files in a folder and below it.
fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// A source file, and the files of its test modules.
fn read(path: &Path) -> (Source, Vec<PathBuf>) {
    let shown = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{shown}: {error}"));
    let (source, modules) = parse(shown, &text);
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.parent().map(Path::to_path_buf).unwrap_or_default(),
        _ => path.with_extension(""),
    };
    (source, modules.iter().map(|name| folder.join(name).with_extension("rs")).collect())
}

/// A source file, and the names of its test modules that are files of their own.
fn parse(path: String, text: &str) -> (Source, Vec<String>) {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut tests = Tests::default();
    let tokens = tests.cut(tokens);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{path}:{}: {error}", error.span().start().line));
    (Source { path, file, tokens: flat(tokens), lines: text.lines().count() - tests.lines }, tests.modules)
}

/// What is compiled only for tests.
#[derive(Default)]
struct Tests {
    /// Names of modules in files of their own.
    modules: Vec<String>,
    lines: usize,
}

impl Tests {
    /// The tokens without items under `#[cfg(test)]`.
    fn cut(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut kept = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if is_test_attribute(&tokens[at..]) {
                let end = self.end_of_item(&tokens, at);
                self.lines += tokens[end - 1].span().end().line + 1 - tokens[at].span().start().line;
                at = end;
                continue;
            }
            kept.push(match &tokens[at] {
                TokenTree::Group(group) => {
                    let mut inner = proc_macro2::Group::new(group.delimiter(), self.cut(group.stream()));
                    inner.set_span(group.span());
                    inner.into()
                }
                other => other.clone(),
            });
            at += 1;
        }
        kept.into_iter().collect()
    }

    /// The index after the item that begins with the attribute at `from`.
    fn end_of_item(&mut self, tokens: &[TokenTree], from: usize) -> usize {
        let ends = |token: &TokenTree| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        let end = tokens[from..].iter().position(ends).map_or(tokens.len(), |place| from + place + 1);
        if let [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(_)] = &tokens[from..end]
            && word == "mod"
        {
            self.modules.push(name.to_string());
        }
        end
    }
}

/// `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else { return false };
    let words: Vec<String> = flat(attribute.stream()).into_iter().map(|token| token.text).collect();
    hash.as_char() == '#'
        && words.first().is_some_and(|word| word == "cfg")
        && words.iter().any(|word| word == "test")
        && !words.contains(&"not".to_owned())
}

/// Tokens with groups opened.
pub(crate) fn flat(tokens: TokenStream) -> Vec<Token> {
    let mut all = Vec::new();
    add_flat(tokens, &mut all);
    all
}

fn add_flat(tokens: TokenStream, all: &mut Vec<Token>) {
    for tree in tokens {
        let (start, end) = (tree.span().start().line, tree.span().end().line);
        let TokenTree::Group(group) = tree else {
            all.push(Token { text: tree.to_string(), line: start });
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        all.push(Token { text: open.to_owned(), line: start });
        add_flat(group.stream(), all);
        all.push(Token { text: close.to_owned(), line: end });
    }
}

#[test]
fn tests_are_left_out_and_the_rest_is_found() {
    let text = "use std::time;
        #[cfg(not(test))]
        mod real;
        #[cfg(test)]
        mod tests;
        fn now() {
            let _ = time::Instant::now();
            unsafe { call(b\"::\") }
        }
        #[cfg(all(test, unix))]
        #[rustfmt::skip]
        mod more {
            fn now() { Instant::now(); }
        }";
    let (source, modules) = parse("x.rs".to_owned(), text);
    assert_eq!(modules, ["tests"]);
    assert_eq!(source.lines, 7);
    assert_eq!(source.find("Instant::now"), [7]);
    assert_eq!(source.find("unsafe {"), [8]);
    assert_eq!(source.find("mod real"), [3]);
    assert_eq!(source.at(7), "x.rs:7");
    assert!(source.is_below(&["x.rs"]) && !source.is_below(&["x"]));
}

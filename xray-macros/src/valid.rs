//! Rules about the arguments, each with a name; the grammar is in `args`, what looks secret in
//! `secret`.

use syn::LitStr;

use crate::args::{Args, Value};
use crate::diag::{self, Diag};
use crate::secret;

/// X-Ray's limit for names of segments and subsegments.
const NAME_CHARS_MAX: usize = 200;
/// What X-Ray allows in a name besides letters, digits and whitespace.
const NAME_SIGNS: &str = r"_.:/%&#=+\-@";
/// X-Ray's limit for annotation keys.
const KEY_CHARS_MAX: usize = 500;
/// X-Ray indexes this many annotations per trace.
const ANNOTATIONS_MAX: usize = 50;
const NAMESPACES: [&str; 2] = ["aws", "remote"];

/// All rules.
pub(crate) fn args(args: &Args, diag: &mut Diag) {
    if let Some(given) = &args.name {
        name(&given.word, &given.value, diag);
    }
    if let Some((word, Some(value))) = args.segment.as_ref().map(|given| (&given.word, &given.value)) {
        name(word, value, diag);
    }
    namespace(args, diag);
    skip_stands_alone(args, diag);
    if let Some(given) = &args.annotate {
        annotations(&given.value, diag);
        keys("annotation", &given.value, diag);
    }
    if let Some(given) = &args.metadata {
        keys("metadata", &given.value, diag);
    }
}

/// On an `impl`, a `trait` or a `mod`: only what can hold for every function inside.
pub(crate) fn container(args: &Args, kind: &str, diag: &mut Diag) {
    let words = [
        args.name.as_ref().map(|given| &given.word),
        args.segment.as_ref().map(|given| &given.word),
        args.annotate.as_ref().map(|given| &given.word),
        args.metadata.as_ref().map(|given| &given.word),
        args.sla.as_ref().map(|given| &given.word),
    ];
    for word in words.into_iter().flatten() {
        let message = format!(
            "`{word}` is for one function, not for all functions of a{} `{kind}`: put `#[traced({word} …)]` on the function; \
             here go `namespace = \"remote\"`, `sends = false` and `skip`",
            if kind == "impl" { "n" } else { "" },
        );
        diag.at(word, message);
    }
}

fn name(word: &proc_macro2::Ident, name: &LitStr, diag: &mut Diag) {
    let text = name.value();
    let count = text.chars().count();
    if text.trim().is_empty() {
        let instead = if word == "name" { "the function's own name" } else { "`segment` alone for the service's name" };
        diag.at(name, format_args!("`{word}` is empty: give it a text, or use {instead}"));
    }
    if count > NAME_CHARS_MAX {
        diag.at(name, format_args!("`{word}` has {count} characters: X-Ray takes {NAME_CHARS_MAX} at most"));
    }
    if let Some(sign) = text.chars().find(|c| !c.is_alphanumeric() && !c.is_whitespace() && !NAME_SIGNS.contains(*c)) {
        let message = format!("`{word}` contains `{sign}`: X-Ray takes letters, digits, whitespace and `{NAME_SIGNS}`");
        diag.at(name, message);
    }
}

fn namespace(args: &Args, diag: &mut Diag) {
    let Some(value) = args.namespace.as_ref().map(|given| &given.value) else { return };
    let text = value.value();
    if !NAMESPACES.contains(&text.as_str()) {
        let known = diag::unknown_text("namespace", &text, &NAMESPACES);
        diag.at(value, format_args!("{known}; leave `namespace` out for work inside this program"));
    }
}

fn skip_stands_alone(args: &Args, diag: &mut Diag) {
    let Some(skip) = &args.skip else { return };
    let values = args.annotate.is_some() || args.metadata.is_some();
    if values || args.name.is_some() || args.segment.is_some() || args.namespace.is_some() || args.sends.is_some() || args.sla.is_some() {
        diag.at(&skip.word, "`skip` stands alone: a function that is not traced has no other options");
    }
}

fn annotations(values: &[Value], diag: &mut Diag) {
    for value in values {
        let count = value.key.chars().count();
        let wrong = value.key.chars().find(|c| !c.is_ascii_alphanumeric() && !"_.".contains(*c));
        if let Some(sign) = wrong {
            let message =
                format!("annotation key `{}` contains `{sign}`: X-Ray takes the letters A to Z and a to z, digits, `_` and `.`", value.key);
            diag.at(&value.place, message);
        }
        if count > KEY_CHARS_MAX {
            diag.at(&value.place, format_args!("this annotation key has {count} characters: X-Ray takes {KEY_CHARS_MAX} at most"));
        }
    }
    if let Some(value) = values.get(ANNOTATIONS_MAX) {
        let message = format!("X-Ray indexes {ANNOTATIONS_MAX} annotations per trace: move the others to `metadata(…)`");
        diag.at(&value.place, message);
    }
}

fn keys(what: &str, values: &[Value], diag: &mut Diag) {
    let mut seen = std::collections::HashMap::new();
    for value in values {
        if value.key.is_empty() {
            diag.at(&value.place, format_args!("this {what} key is empty: give it a text"));
        }
        let slot = seen.entry(value.key.as_str()).or_default();
        diag.set(slot, (), &value.place, format_args!("{what} key `{}`", value.key));
        secret::check(value, diag);
    }
}

//! The records of `autoxray::map`, and the annotations that each makes.

use syn::UseTree;
use syn::ext::IdentExt as _;

/// A record: its type, and its keys with the method that sets each, or none for those it always has.
type Record = (&'static str, &'static [(&'static str, &'static str)]);

const RECORDS: [Record; 9] = [
    ("Transaction", &[("", "transaction.name"), ("id", "transaction.id"), ("user", "transaction.user")]),
    (
        "Dependency",
        &[
            ("", "dependency.from"),
            ("", "dependency.to"),
            ("", "dependency.async"),
            ("operation", "dependency.operation"),
            ("ok", "dependency.ok"),
            ("latency", "dependency.latency_ms"),
        ],
    ),
    // Under names that only the program knows.
    ("BusinessMetrics", &[("", "metric.*")]),
    ("Sla", &[("", "sla.operation"), ("", "sla.target_ms"), ("actual", "sla.actual_ms"), ("actual", "sla.violated")]),
    ("ErrorReport", &[("", "error.class"), ("code", "error.code"), ("retryable", "error.retryable")]),
    ("Cache", &[("", "cache.operation"), ("", "cache.key_hash"), ("hit", "cache.hit")]),
    ("Event", &[("", "event.type"), ("id", "event.id"), ("partition_key", "event.partition_key")]),
    (
        "Database",
        &[
            ("", "database.system"),
            ("", "database.operation"),
            ("table", "database.table"),
            ("rows", "database.rows"),
            ("duration", "database.duration_ms"),
        ],
    ),
    ("AiCall", &[("", "ai.model"), ("", "ai.operation"), ("input_tokens", "ai.input_tokens"), ("output_tokens", "ai.output_tokens")]),
];

/// What `#[traced(sla = "…")]` annotates: a whole [`RECORDS`] entry.
pub(super) fn of_sla() -> impl Iterator<Item = &'static str> {
    keys("Sla", &[])
}

/// The keys of a record on which these methods are called. If `record` is not among them, others may be called elsewhere: then it is all keys.
pub(super) fn keys(record: &str, methods: &[String]) -> impl Iterator<Item = &'static str> {
    let known = RECORDS.iter().find(|(name, _)| *name == record).map_or(&[][..], |(_, keys)| *keys);
    let is_whole = methods.iter().any(|method| method == "record");
    let is_set: Vec<bool> =
        known.iter().map(|(method, _)| !is_whole || method.is_empty() || methods.iter().any(|called| called == method)).collect();
    known.iter().zip(is_set).filter(|(_, is_set)| *is_set).map(|((_, key), _)| *key)
}

/// The records that a `use` brings in, as pairs of the name here and the name there.
pub(super) fn imported(tree: &UseTree, below_map: bool, into: &mut Vec<(String, &'static str)>) {
    let record = |name: &str| RECORDS.iter().find(|(record, _)| *record == name).map(|(record, _)| *record);
    match tree {
        UseTree::Path(path) => imported(&path.tree, path.ident == "map", into),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, below_map, into)),
        UseTree::Glob(_) if below_map => into.extend(RECORDS.iter().map(|(name, _)| ((*name).to_owned(), *name))),
        UseTree::Name(name) if below_map => {
            let name = name.ident.unraw().to_string();
            into.extend(record(&name).map(|record| (name, record)));
        }
        UseTree::Rename(rename) if below_map => {
            into.extend(record(&rename.ident.unraw().to_string()).map(|record| (rename.rename.unraw().to_string(), record)));
        }
        _ => {}
    }
}

/// The record with this name: `map::Cache`, or `Cache` where it was brought in.
pub(super) fn named(path: &[String], imports: &[(String, &'static str)]) -> Option<&'static str> {
    match path {
        [.., module, name] if module == "map" => RECORDS.iter().find(|(record, _)| record == name).map(|(record, _)| *record),
        [name] => imports.iter().find(|(here, _)| here == name).map(|(_, record)| *record),
        _ => None,
    }
}

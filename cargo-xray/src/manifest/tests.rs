//! What is found in which source, by table.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// The entries of a source text as lines, without empty cells; and the notes.
fn lines(text: &str) -> (Vec<String>, Vec<String>) {
    let mut manifest = Manifest::default();
    let notes = collect("a.rs", text, &mut manifest).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let sections = print::sections(&manifest.sorted(true));
    let rows = sections.into_iter().flat_map(|(title, rows)| rows.into_iter().map(move |row| (title, row)));
    let line = |(title, mut row): (&str, Vec<String>)| {
        row.pop();
        row.retain(|cell| !cell.is_empty());
        format!("{}: {}", title.split(' ').next().unwrap_or_default(), row.join(" · "))
    };
    (rows.map(line).collect(), notes)
}

#[track_caller]
fn finds(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let (found, notes) = lines(text);
        assert_eq!(found, *expected, "{text}");
        assert!(notes.is_empty(), "{text}\n{notes:?}");
    }
}

#[test]
fn attributes_of_functions() {
    finds(&[
        ("#[traced] fn a() {}", &["Segments: a · subsegment · traced"]),
        ("#[autoxray::traced()] async fn r#loop() {}", &["Segments: loop · subsegment · traced"]),
        ("#[traced(name = \"charge card\", namespace = \"remote\")] fn a() {}", &["Segments: charge card · subsegment · traced · remote"]),
        ("#[traced(segment)] fn a() {}", &["Segments: a · subsegment, or segment (service) · traced"]),
        ("#[traced(segment = \"worker\", sends = false)] fn a() {}", &["Segments: a · subsegment, or segment worker · traced"]),
        (
            "#[traced(annotate(user, \"order.id\" = order.id, allow_secret(token), n = f::<A, B>(1, 2),), metadata(input, r#type = x))] fn a() {}",
            &[
                "Segments: a · subsegment · traced",
                "Annotations: n",
                "Annotations: order.id",
                "Annotations: token",
                "Annotations: user",
                "Metadata: input",
                "Metadata: type",
            ],
        ),
        (
            "#[traced(sla = \"5s\")] fn a() {}",
            &[
                "Segments: a · subsegment · traced · sla 5s",
                "Annotations: sla.actual_ms",
                "Annotations: sla.operation",
                "Annotations: sla.target_ms",
                "Annotations: sla.violated",
            ],
        ),
        ("#[cfg_attr(feature = \"x\", inline, traced(name = \"n\"))] fn a() {}", &["Segments: n · subsegment · traced"]),
        ("#[cfg_attr(a, cfg_attr(b, autoxray::traced))] fn a() {}", &["Segments: a · subsegment · traced"]),
        ("#[traced(skip)] fn a() {}", &[]),
        ("#[traced(unknown = 1, other(x), third, name = \"n\")] fn a() {}", &["Segments: n · subsegment · traced"]),
        ("fn outer() { #[traced] fn inner() {} }", &["Segments: inner · subsegment · traced"]),
        ("#[instrument] #[trace] fn a() {}", &[]),
    ]);
}

#[test]
fn containers() {
    finds(&[
        (
            "#[traced(namespace = \"aws\")] impl S { fn a() {} #[traced(name = \"x\")] fn b() {} #[traced(skip)] fn c() {} const fn d() {} }",
            &["Segments: a · subsegment · traced · aws", "Segments: x · subsegment · traced"],
        ),
        ("#[traced] trait T { fn declared(); fn given() { fn inner() {} } }", &["Segments: given · subsegment · traced"]),
        (
            "#[traced] mod m { fn a() {} impl S { fn b() { subsegment(\"c\") } } #[traced(skip)] impl S { fn d() {} } mod n { fn e() {} } }",
            &[
                "Segments: a · subsegment · traced",
                "Segments: b · subsegment · traced",
                "Segments: c · subsegment · by hand",
                "Segments: e · subsegment · traced",
            ],
        ),
        ("#[cfg_attr(x, traced)] impl S { #[cfg_attr(y, traced(skip))] fn a() {} fn b() {} }", &["Segments: b · subsegment · traced"]),
        ("impl S { fn a() {} #[traced] fn b(&self) {} }", &["Segments: b · subsegment · traced"]),
    ]);
}

#[test]
fn functions_of_lambda() {
    finds(&[
        ("#[traced_lambda] async fn orders(event: E) {}", &["Segments: ## orders · subsegment · traced_lambda"]),
        ("#[traced_lambda(name = \"n\", capture_response)] async fn orders(event: E) {}", &["Segments: n · subsegment · traced_lambda"]),
        ("#[traced_lambda] async fn main() { run(service_fn(handle)).await }", &["Segments: ## handle · subsegment · traced_lambda"]),
        (
            "#[traced_lambda] fn main() { run(service_fn(|event| first(event, &client))); run(service_fn(State::second)) }",
            &["Segments: ## first · subsegment · traced_lambda", "Segments: ## second · subsegment · traced_lambda"],
        ),
        (
            "#[traced_lambda] async fn main() { run(service_fn(|event| async move { shop::place(event, &client).await })).await }",
            &["Segments: ## place · subsegment · traced_lambda"],
        ),
        ("#[traced_lambda(name = \"n\")] async fn main() { run(router).await }", &["Segments: n · subsegment · traced_lambda"]),
        ("#[traced] impl S { #[traced_lambda] async fn h(event: E) {} }", &["Segments: ## h · subsegment · traced_lambda"]),
    ]);
    let (found, notes) = lines("\n#[traced_lambda]\nasync fn main() { run(router).await }");
    assert!(found.is_empty() && notes[0].starts_with("a.rs:2: ") && notes[0].contains("traced_lambda(name"), "{found:?} {notes:?}");
}

#[test]
fn business_metrics() {
    let business = |options: &str, expected: &[&str]| finds(&[(&format!("#[business_metric({options})] fn a() {{}}"), expected)]);
    finds(&[(
        "#[business_metric(name = \"N\", value = duration)] fn a((duration, _): (f64, u8)) {}",
        &["Metrics: N · None · [] · business metric · when ok"],
    )]);
    business("name = \"N\"", &["Metrics: N · Count · [] · business metric · sum · when ok"]);
    business("name = \"N\", value = order.total(), when = err", &["Metrics: N · None · [] · business metric · when err"]);
    business("name = \"N\", value = duration, when = \"always\",", &["Metrics: N · Milliseconds · [] · business metric · when always"]);
    business(
        "name = \"N\", value = ret.len(), unit = Bytes/Second, resolution = 1",
        &["Metrics: N · Bytes/Second · [] · business metric · when ok · each second"],
    );
    business("name = \"N\", unit = BytesPerSecond, value = 1", &["Metrics: N · Bytes/Second · [] · business metric · when ok"]);
    business("name = \"N\", unit = \"Bytes/Second\", value = 1", &["Metrics: N · Bytes/Second · [] · business metric · when ok"]);
    business("name = \"N\", unit = Unit::Percent, value = 1", &["Metrics: N · Percent · [] · business metric · when ok"]);
    business(
        "name = \"N\", dimensions(), dimensions(allow_cardinality(country), \"pay by\" = order.pay, kind = K::<A, B>::of(&x))",
        &[
            "Metrics: N · Count · [] [country, pay by, kind] · business metric · sum · when ok",
            "Dimensions: country",
            "Dimensions: kind",
            "Dimensions: pay by",
        ],
    );
    finds(&[(
        "#[traced] #[business_metric(name = \"A\")] #[cfg_attr(x, autoxray::business_metric(name = \"B\"))] fn a() {}",
        &[
            "Segments: a · subsegment · traced",
            "Metrics: A · Count · [] · business metric · sum · when ok",
            "Metrics: B · Count · [] · business metric · sum · when ok",
        ],
    )]);
}

/// The grammar of the attributes is here a second time: what is read of the macros' own samples is what they make of them.
#[test]
fn attributes_are_read_as_the_macros_do() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../xray-macros");
    let mut files = 0;
    for path in ["golden", "golden_calls", "golden_lambda"].iter().flat_map(|name| std::fs::read_dir(folder.join(name)).unwrap()) {
        let path = path.unwrap().path();
        if path.to_string_lossy().ends_with(".expanded.rs") {
            continue;
        }
        files += 1;
        let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
        let expansion = text(&path.with_extension("expanded.rs"));
        let read = |text: &str| {
            let mut manifest = Manifest::default();
            collect("a.rs", text, &mut manifest).unwrap();
            manifest.sorted(false)
        };
        let (written, expanded) = (read(&text(&path)), read(&expansion));
        let names =
            |manifest: &Manifest| manifest.traced.iter().map(|one| (one.name.clone(), one.namespace.clone())).collect::<BTreeSet<_>>();
        let keys = |keys: &[Key]| keys.iter().map(|key| key.key.clone()).filter(|key| !key.starts_with("sla.")).collect::<BTreeSet<_>>();
        let metrics = |manifest: Manifest| {
            let all = manifest.metrics.into_iter().map(|one| (one.name, one.unit, one.sum, one.resolution, one.sets));
            all.collect::<BTreeSet<_>>()
        };
        let shown = path.display();
        let sites: BTreeSet<_> = sites(&expansion).into_iter().chain(names(&expanded)).collect();
        assert_eq!(names(&written), sites, "{shown}");
        let [annotations, metadata] = slots(&expansion);
        assert_eq!(keys(&written.annotations), &annotations | &keys(&expanded.annotations), "{shown}");
        assert_eq!(keys(&written.metadata), &metadata | &keys(&expanded.metadata), "{shown}");
        let slas = written.traced.iter().filter(|one| one.sla.is_some());
        slas.for_each(|one| assert!(expansion.contains(&format!("::sla(\"{}\", ", one.name)), "{shown}: {}", one.name));
        assert_eq!(metrics(written), metrics(expanded), "{shown}");
    }
    assert!(files > 10, "{files}");
}

/// Name and namespace of each `Site::new("…", …)`.
fn sites(expansion: &str) -> BTreeSet<(String, Option<String>)> {
    let site = |part: &str| {
        let (name, rest) = part.trim_start().strip_prefix('"')?.split_once('"')?;
        let chain = rest.split_once(')')?.1.trim_start();
        let namespace = ["remote", "aws"].into_iter().find(|name| chain.starts_with(&format!(".{name}()")));
        Some((name.to_owned(), namespace.map(String::from)))
    };
    expansion.split("Site::new(").skip(1).filter_map(site).collect()
}

/// The keys of annotations and of metadata.
fn slots(expansion: &str) -> [BTreeSet<String>; 2] {
    let mut slots = [BTreeSet::new(), BTreeSet::new()];
    for part in expansion.split(".slot(").skip(1) {
        let key = part.split('"').nth(1).unwrap_or_default().to_owned();
        let is_annotation = part.split_once(';').is_some_and(|(call, _)| call.contains(".annotate()"));
        slots[usize::from(!is_annotation)].insert(key);
    }
    slots
}

#[test]
fn attributes_that_cannot_be_read_are_told() {
    for (text, reason) in [
        ("#[traced(name = 5)] fn a() {}", "expected string literal"),
        ("#[traced(annotate(user.id))] fn a() {}", "expected `,`"),
        ("#[business_metric(unit = Count)] fn a() {}", "has no name"),
        ("#[business_metric(name = \"N\", resolution = x)] fn a() {}", "expected integer literal"),
    ] {
        let (found, notes) = lines(text);
        assert!(found.is_empty(), "{found:?}");
        assert!(notes.len() == 1 && notes[0].starts_with("a.rs:1: `#[") && notes[0].contains(reason), "{text}: {notes:?}");
    }
}

#[test]
fn calls_by_hand() {
    finds(&[
        ("fn a() { segment(\"orders\").run(|| ()); }", &["Segments: orders · segment · by hand"]),
        (
            "fn a() { autoxray::subsegment(\"bank\").namespace(Namespace::Remote).trace(async { 1 }).await?; }",
            &["Segments: bank · subsegment · by hand · remote"],
        ),
        ("const N: &str = \"x\"; fn a() { subsegment(N); subsegment(Self::N); }", &["Segments: x · subsegment · by hand"]),
        (
            "fn a() { subsegment(String::from(\"x\").into()); subsegment(&(\"y\")); }",
            &["Segments: x · subsegment · by hand", "Segments: y · subsegment · by hand"],
        ),
        (
            "fn a() { annotate(\"k\", 1); guard.annotate(\"l\", x?); metadata(\"m\", &v); g.metadata_in(\"n\", \"o\", &v); fs::metadata(\"p\"); }",
            &["Annotations: k", "Annotations: l", "Metadata: m", "Metadata: o"],
        ),
        ("static S: F = |values| values.annotate(\"k\", 1);", &["Annotations: k"]),
        ("fn a() { subsegment(name); rectangle.segment(\"x\"); annotate(key, 1); }", &[]),
    ]);
    let (found, notes) =
        lines("use autoxray::{subsegment};\nfn a(n: String) {\n    subsegment(n);\n    autoxray::segment(format!(\"x\"));\n}");
    assert!(found.is_empty() && notes.len() == 2 && notes[0].starts_with("a.rs:3: "), "{notes:?}");
}

#[test]
fn metrics_by_hand() {
    finds(&[
        ("static A: Metric = Metric::counter(\"A\", []);", &["Metrics: A · Count · [] · by hand · sum"]),
        (
            "static A: Metric<2> = metrics::Metric::<2>::new(\"A\", Unit::KilobytesPerSecond, [\"x\", \"y\"]).high_resolution();",
            &["Metrics: A · Kilobytes/Second · [x, y] · by hand · each second", "Dimensions: x", "Dimensions: y"],
        ),
        (
            "static A: Metric<1> = Metric::counter(\"A\", [\"x\"]).sets(&[&[\"x\"], &[]]);",
            &["Metrics: A · Count · [x] [] · by hand · sum", "Dimensions: x"],
        ),
    ]);
    for text in [
        "Metric::counter(name(), [])",
        "Metric::new(\"A\", unit(), [])",
        "Metric::counter(\"A\", keys)",
        "Metric::counter(\"A\", []).sets(SETS)",
    ] {
        let (found, notes) = lines(&format!("static A: Metric = {text};"));
        assert!(found.is_empty() && notes.len() == 1 && notes[0].contains("computed"), "{text}: {found:?} {notes:?}");
    }
}

#[test]
fn records_of_the_map() {
    finds(&[
        (
            "use autoxray::map::Cache; fn a() { Cache::new(op, k).hit(true).record(); }",
            &["Annotations: cache.hit", "Annotations: cache.key_hash", "Annotations: cache.operation"],
        ),
        ("fn a() { map::Sla::new(\"x\", t).record(); }", &["Annotations: sla.operation", "Annotations: sla.target_ms"]),
        ("fn a() { autoxray::map::ErrorReport::new(c).code(\"x\").record(); }", &["Annotations: error.class", "Annotations: error.code"]),
        // What else is called on it is not seen.
        (
            "use autoxray::map::*; fn a() { let t = Transaction::new(n); }",
            &["Annotations: transaction.id", "Annotations: transaction.name", "Annotations: transaction.user"],
        ),
        (
            "use autoxray::{map::{Event as E, Id}}; fn a() { E::new(n).id(1).record(); }",
            &["Annotations: event.id", "Annotations: event.type"],
        ),
        ("use moka::Cache; fn a() { Cache::new(10); Event::new(1); HashMap::new(); }", &[]),
    ]);
    // All keys of the runtime's own page, and no others.
    let page = include_str!("../../../xray-runtime/src/map/mod.rs");
    let documented: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("//! | `")?.split('`').next()).collect();
    let all = ["Transaction", "Dependency", "BusinessMetrics", "Sla", "ErrorReport", "Cache", "Event", "Database", "AiCall"];
    let known: Vec<&str> = all.iter().flat_map(|record| records::keys(record, &[])).collect();
    assert_eq!(known, documented);
}

#[test]
fn macros() {
    finds(&[
        ("fn a() { println!(\"{}\", subsegment(\"x\").run(f)); }", &["Segments: x · subsegment · by hand"]),
        (
            "fn a() { tokio::select! { x = subsegment(\"x\").trace(f()) => { annotate(\"k\", x); } _ = other => g.annotate(\"l\", 1) } }",
            &["Segments: x · subsegment · by hand", "Annotations: k", "Annotations: l"],
        ),
        (
            "lazy_static! { static ref M: Metric<1> = Metric::counter(\"M\", [\"d\"]).sets(&[&[]]); }",
            &["Metrics: M · Count · [] · by hand · sum"],
        ),
        ("my_mod! { #[traced] fn a() { vec![annotate(\"k\", 1); 2] } }", &["Segments: a · subsegment · traced", "Annotations: k"]),
        ("macro_rules! m { ($n:ident) => { #[traced] fn b() {} subsegment(\"x\").run($n) } }", &["Segments: x · subsegment · by hand"]),
        ("json!({ \"a\": annotate, \"b\": [segment(\"s\")] });", &["Segments: s · segment · by hand"]),
    ]);
}

#[test]
fn tests_are_left_out() {
    finds(&[
        ("#[cfg(test)] mod tests { #[traced] fn a() {} }", &[]),
        ("#[cfg(all(test, unix))] #[traced] fn a() {}", &[]),
        ("#[test] fn a() { subsegment(\"x\"); } #[tokio::test] async fn b() { subsegment(\"y\"); }", &[]),
        ("#[cfg(not(test))] #[traced] fn a() {}", &["Segments: a · subsegment · traced"]),
        ("#[cfg(any(test, feature = \"x\"))] #[traced] fn a() {}", &["Segments: a · subsegment · traced"]),
        ("#![cfg(test)] #[traced] fn a() {}", &[]),
    ]);
}

#[test]
fn what_does_not_parse_is_named_with_its_place() {
    let error = collect("src/a.rs", "fn a() {}\n  fn b( {}", &mut Manifest::default()).unwrap_err().to_string();
    assert!(error.starts_with("src/a.rs:2:") && error.contains("does not parse"), "{error}");
}

#[test]
fn the_same_in_two_places_is_one_entry() {
    let mut manifest = Manifest::default();
    let text = "\n#[traced] fn a() { annotate(\"k\", 1); }\n\n\n\n\n\n\n\nfn b() { annotate(\"k\", 2); }";
    for file in ["b.rs", "a.rs"] {
        assert_eq!(collect(file, text, &mut manifest), Ok(vec![]));
    }
    assert_eq!(manifest.clone().sorted(false).annotations, [Key { key: "k".into(), at: vec!["a.rs".into(), "b.rs".into()] }]);
    assert_eq!(manifest.sorted(true).annotations[0].at, ["a.rs:2", "a.rs:10", "b.rs:2", "b.rs:10"]);
}

#[test]
fn one_name_with_two_units_is_a_contradiction() {
    let mut manifest = Manifest::default();
    let text = "static A: M = Metric::counter(\"A\", []); static B: M = Metric::counter(\"A\", [\"x\"]); static C: M = Metric::new(\"A\", Unit::None, []);";
    assert_eq!(collect("a.rs", text, &mut manifest), Ok(vec![]));
    let told = manifest.sorted(false).contradictions();
    assert!(told.len() == 1 && told[0].contains("`A` has the unit Count in a.rs, and None in a.rs"), "{told:?}");
}

#[test]
fn differences_are_told_with_the_remedy() {
    let read = |text: &str| {
        let mut manifest = Manifest::default();
        collect("a.rs", text, &mut manifest).map(|_| manifest.sorted(false)).unwrap()
    };
    let (before, now) =
        (read("#[traced] fn a() { annotate(\"k\", 1) }"), read("#[traced(namespace = \"aws\")] fn a() { annotate(\"k\", 1) }"));
    let committed = json(&before).unwrap();
    assert_eq!(check(&before, "m.json", &committed, "UPDATE"), Ok(()));
    let error = check(&now, "m.json", &committed, "UPDATE").unwrap_err().to_string();
    let expected = "m.json is not what the source says: 1 added, 1 removed\n  Segments and subsegments\n  - a · subsegment · traced (a.rs)\n  \
                    + a · subsegment · traced · aws (a.rs)\nIf that is as it should be, write the file anew by `UPDATE` and commit it";
    assert_eq!(error, expected);
    for wrong in ["", "{}", "[1]", "{\"version\":1,\"more\":2}"] {
        let error = check(&now, "m.json", wrong, "UPDATE").unwrap_err().to_string();
        assert!(error.starts_with("m.json is no manifest: ") && error.contains("`UPDATE`"), "{error}");
    }
}

proptest! {
    #[test]
    fn any_name_comes_through(name in any::<String>()) {
        let mut manifest = Manifest::default();
        let text = format!("#[traced(name = {name:?})] fn a() {{ annotate({name:?}, 1) }}");
        prop_assert_eq!(collect("a.rs", &text, &mut manifest), Ok(vec![]));
        let manifest = manifest.sorted(false);
        prop_assert_eq!(&manifest.traced[0].name, &name);
        let text = json(&manifest).unwrap();
        prop_assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), manifest.clone());
        prop_assert_eq!(check(&manifest, "m", &text, "u"), Ok(()));
        prop_assert_eq!(table(&manifest).lines().count(), 5);
    }

    #[test]
    fn any_tokens_are_read_without_a_panic(text in "[a-z(){}\\[\\]#!:;,.\"|&= ]{0,60}") {
        let _ = collect("a.rs", &format!("#[traced({text})] fn a() {{ m!({text}); {text} }}"), &mut Manifest::default());
    }
}

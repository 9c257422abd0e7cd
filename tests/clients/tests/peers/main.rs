//! Beside AWS's own X-Ray SDKs: the same calls of the same services, recorded by those for Node and Python, and by us.
//!
//! What differs stands in a table, in `differences.rs` and in docs/aws.md; nothing else may.
#![allow(missing_docs)]

mod differences;
mod documents;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use autoxray_clients_tests::moto;
use differences::{DIFFERENCES, Difference};
use documents::{Fields, calls};

/// Our side of the calls, in their order.
const CALLS: [&str; 20] = [
    "PutItem",
    "GetItem",
    "Query",
    "BatchWriteItem",
    "Query of no table",
    "GetItem of nobody",
    "PutObject",
    "GetObject",
    "ListObjectsV2",
    "GetObject of no key",
    "HeadObject of no key",
    "SendMessage",
    "SendMessageBatch",
    "ReceiveMessage",
    "GetQueueUrl of no queue",
    "Publish",
    "Invoke",
    "Invoke that fails",
    "GetSecretValue",
    "PutEvents",
];

#[tokio::test(flavor = "multi_thread")]
async fn only_known_things_differ() {
    let setup = work::Setup::new().await;
    let node = calls(&setup.script(moto::node("peers/node.mjs")));
    let python = calls(&setup.script(moto::python("peers/python.py")));
    let ours = calls(&setup.ours().await);
    assert_eq!([node.len(), python.len(), ours.len()], [CALLS.len(); 3]);
    let mut seen: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let mut problems = Vec::new();
    for (at, call) in CALLS.into_iter().enumerate() {
        let sides = [&node[at], &python[at], &ours[at]];
        let fields: BTreeSet<&String> = sides.iter().flat_map(|fields| fields.keys()).collect();
        for field in fields {
            let values = sides.map(|fields| fields.get(field).map(String::as_str));
            if values[0] == values[2] && values[1] == values[2] {
                continue;
            }
            let fitting = DIFFERENCES.iter().position(|known| known.calls(&ours).contains(call) && known.fits(field, values));
            match fitting {
                Some(known) => drop(seen.entry(known).or_default().insert(call)),
                None => problems.push(format!("{call}: {field}: Node {:?}, Python {:?}, autoxray {:?}", values[0], values[1], values[2])),
            }
        }
    }
    for (at, known) in DIFFERENCES.iter().enumerate() {
        let missing: Vec<&str> =
            known.calls(&ours).into_iter().filter(|call| !seen.get(&at).is_some_and(|seen| seen.contains(call))).collect();
        if !missing.is_empty() {
            problems.push(format!("no difference any more, or another one: {}: {missing:?}", known.field));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

impl Difference {
    /// The calls that differ so.
    fn calls(&self, ours: &[Fields]) -> BTreeSet<&'static str> {
        let with =
            |is: &dyn Fn(&Fields) -> bool| CALLS.into_iter().zip(ours).filter(|(_, fields)| is(fields)).map(|(call, _)| call).collect();
        let status = |fields: &Fields| fields.get("http.response.status").and_then(|status| status.parse::<u16>().ok());
        match self.calls {
            "all" => with(&|_| true),
            "successful" => with(&|fields| status(fields).is_some_and(|status| status < 400)),
            "refused" => with(&|fields| status(fields).is_some_and(|status| status >= 400)),
            "not answered" => with(&|fields| status(fields).is_none()),
            names => {
                let named: BTreeSet<&str> = names.split(", ").collect();
                assert!(named.iter().all(|name| CALLS.contains(name)), "{names}");
                named
            }
        }
    }
}

#[test]
fn the_page_has_the_table() {
    let page = include_str!("../../../../docs/aws.md");
    let section = page.split("## Beside AWS's own SDKs").nth(1).expect("a chapter \"Beside AWS's own SDKs\"");
    let section = section.split("\n## ").next().unwrap_or_default();
    let there: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let rows: Vec<String> = DIFFERENCES.iter().map(Difference::row).collect();
    assert!(there == rows, "docs/aws.md needs these rows in its table, and no others:\n{}\n", rows.join("\n"));
}

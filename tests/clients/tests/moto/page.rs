use std::collections::BTreeSet;

/// Names of fields that stand in `text` between `before` and `after`.
fn names<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).filter(|name| is_name(name)).collect()
}

#[test]
fn each_parameter_is_documented() {
    let page = include_str!("../../../../docs/aws.md");
    let section = page.split("## Parameters").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let table = include_str!("../../../../xray-sdk-patch/src/facts/parameters/table.rs");
    // Of S3, they are found elsewhere.
    let elsewhere = BTreeSet::from(["bucket_name", "key"]);
    let recorded: BTreeSet<&str> = names(table, ", \"", "\")").union(&elsewhere).copied().collect();
    assert!(recorded.len() > 50, "the table was not understood: {recorded:?}");
    assert_eq!(names(section, "`", "`"), recorded, "docs/aws.md, chapter \"Parameters\", and facts/parameters/table.rs");
}

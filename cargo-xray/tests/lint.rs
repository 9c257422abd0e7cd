//! Templates in the eyes of cfn-lint, which knows what CloudFormation takes.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{SHOP, run, workspace, xray_in};

const CFN_LINT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python/bin/cfn-lint");

/// Makes both templates under each of these flags and has them judged.
#[track_caller]
fn pass(folder: &Path, flags: &[&[&str]]) {
    let remedy = "run `scripts/test`, which sets it up (`scripts/test tests` for the tests alone)";
    assert!(Path::new(CFN_LINT).exists(), "{CFN_LINT} is missing: {remedy}");
    let mut lint = Command::new(CFN_LINT);
    lint.args(["--non-zero-exit-code", "informational", "--include-checks", "I", "--regions", "eu-west-1", "--"]);
    for (index, flags) in flags.iter().enumerate() {
        for command in ["dashboard", "alarms"] {
            let said = xray_in(folder, &[&[command], *flags].concat());
            assert_eq!(said.code, Some(0), "{command} {flags:?}: {}", said.err);
            let path = folder.join(format!("{command}{index}.json"));
            fs::write(&path, said.out).unwrap();
            lint.arg(path);
        }
    }
    let said = run(&mut lint);
    assert_eq!((said.code, said.out.trim()), (Some(0), ""), "{}", said.err);
}

const CODE: &str = r##"
    #[traced(name = "payments.example.com", namespace = "remote", sla = "2s")] fn pay() {}
    #[traced(name = "a b/c", namespace = "remote", sla = "250ms")] fn odd() {}
    #[traced(name = "größe", namespace = "remote", sla = "1m")] fn letters() {}
    #[business_metric(name = "OrdersPlaced", dimensions(), dimensions(country, "pay by" = x))] fn a() {}
    #[business_metric(name = "O'Time \"x\" ${AWS::Region} ${y} \\", value = duration, dimensions("it's \"odd\" ${z}" = x))] fn b() {}
    static STOCK: Metric<1> = Metric::new("Stock", Unit::None, ["item"]).high_resolution();
    fn main() {}
"##;

#[test]
fn with_the_defaults() {
    pass(&workspace("lint_defaults", &[SHOP, ("src/main.rs", "fn main() {}")]), &[&[]]);
}

#[test]
fn with_all_settings() {
    let settings = r#"
        service = "orders"
        namespace = "My Shop/1#x"
        region = "eu-west-1"
        dashboard = { name = "orders_1-x", period = 300, business = true }
        [alarms]
        topic = "arn:aws:sns:eu-west-1:123456789012:on-call"
        faults = { enabled = true, percent = 0.5, min_requests = 20, period = 60, periods = 1440 }
        latency = { enabled = true, percentile = 99.9, seconds = 0.25, period = 60, periods = 3 }
        dependencies = { enabled = true, faults = 0, names = ["DynamoDB", "http://x:1/y", "it's \"odd\""], total = true, period = 10800, periods = 1 }
        [groups]
        errors = true
        slow = true
        slow_seconds = 0.5
        sla = true
        insights = true
        [[sampling]]
        name = "checkout"
        priority = 1
        reservoir = 0
        rate = 1
        service = "ord*"
        service_type = "AWS::Lambda::Function"
        host = "*.example.com"
        method = "POST"
        path = "/checkout/?"
        [[sampling]]
        priority = 9999
        rate = 0
    "#;
    pass(&workspace("lint_settings", &[SHOP, ("src/main.rs", CODE), ("xray.toml", settings)]), &[&[]]);
}

#[test]
fn with_odd_names() {
    let folder = workspace("lint_odd", &[SHOP, ("src/main.rs", CODE)]);
    let services = ["a b", r"%&#=+\-@/._1:", "Default", "größe", ":", "1", &"x".repeat(200)].map(|service| format!("--service={service}"));
    let flags = services.each_ref().map(|service| [service.as_str(), "--namespace", "a.b/c d#e"]);
    pass(&folder, &flags.each_ref().map(|flags| &flags[..]));
}

#[test]
fn what_is_wrong_is_seen() {
    let folder = workspace("lint_wrong", &[SHOP, ("src/main.rs", "fn main() {}")]);
    let template = xray_in(&folder, &["dashboard", "--service", "orders"]).out;
    assert!(template.contains("\"Priority\": 1000"), "{template}");
    let path = folder.join("wrong.json");
    fs::write(&path, template.replace("\"Priority\": 1000", "\"Priority\": 0")).unwrap();
    let said = run(Command::new(CFN_LINT).arg(path));
    assert!(said.code != Some(0) && said.out.contains("0 is less than the minimum of 1"), "{said:?}");
}

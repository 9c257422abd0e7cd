//! The program as users run it, on workspaces made for it.

mod common;

use std::fs;
use std::process::Command;

use common::{SHOP, run, workspace, xray, xray_in};

const MAIN: &str = r#"mod pay;
#[path = "../shared/stock.rs"]
mod stock;
#[cfg(test)]
mod tests;

#[traced(segment = "shop", annotate(order_id))]
#[business_metric(name = "Orders", dimensions(), dimensions(country))]
fn place(order_id: u64) {}

fn main() {}
"#;

/// Two members, with modules wherever they may be, and what is not to be read.
fn shop(name: &str) -> std::path::PathBuf {
    let package = |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}");
    workspace(
        name,
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"bank\"]\nexclude = [\"shop/src/other\"]\nresolver = \"3\"\n"),
            ("shop/Cargo.toml", &package("shop", "")),
            ("shop/build.rs", "#[traced] fn build() {} fn main() {}"),
            ("shop/src/main.rs", MAIN),
            ("shop/src/pay.rs", "mod card;\n#[traced(name = \"bank.example.com\", namespace = \"remote\", sla = \"2s\")]\nfn pay() {}"),
            ("shop/src/pay/card.rs", "fn charge() { subsegment(\"charge\").run(|| annotate(\"card\", 1)) }"),
            ("shop/src/bin/tool.rs", "mod inner; #[traced] fn tool() {} fn main() {}"),
            ("shop/src/bin/inner.rs", "#[traced] fn inner() {}"),
            ("shop/src/tests.rs", "#[traced] fn in_tests() {}"),
            ("shop/src/tests/more.rs", "#[traced] fn in_more_tests() {}"),
            ("shop/src/other/Cargo.toml", &package("other", "")),
            ("shop/src/other/src/lib.rs", "#[traced] fn other() {}"),
            ("shop/shared/stock.rs", "static STOCK: Metric<1> = Metric::new(\"Stock\", Unit::None, [\"item\"]);"),
            ("shop/tests/it.rs", "mod helper; #[traced] fn it() {}"),
            ("shop/tests/helper/mod.rs", "#[traced] fn helper() {}"),
            ("shop/tests/fixtures/broken.rs", "this is no Rust"),
            ("shop/examples/show.rs", "#[traced] fn show() {} fn main() {}"),
            ("shop/target/debug/build/generated.rs", "#[traced] fn generated() {}"),
            ("bank/Cargo.toml", &package("bank", "[lib]\npath = \"lib.rs\"\n")),
            ("bank/lib.rs", "#[traced_lambda] async fn handle(event: E) {}"),
            ("bank/benches/b.rs", "#[traced] fn b() {}"),
            ("bank/target/x.rs", "#[traced] fn generated() {}"),
        ],
    )
}

#[test]
fn a_workspace_is_read() {
    let said = xray_in(&shop("read"), &["manifest", "--format", "table"]);
    assert_eq!((said.code, &*said.err), (Some(0), ""));
    let expected = "\
Segments and subsegments (6)
  ## handle         subsegment                   traced_lambda                  bank/lib.rs:1
  bank.example.com  subsegment                   traced         remote  sla 2s  shop/src/pay.rs:2
  charge            subsegment                   by hand                        shop/src/pay/card.rs:1
  inner             subsegment                   traced                         shop/src/bin/inner.rs:1
  place             subsegment, or segment shop  traced                         shop/src/main.rs:7
  tool              subsegment                   traced                         shop/src/bin/tool.rs:1

Annotations (6)
  card           shop/src/pay/card.rs:1
  order_id       shop/src/main.rs:7
  sla.actual_ms  shop/src/pay.rs:2
  sla.operation  shop/src/pay.rs:2
  sla.target_ms  shop/src/pay.rs:2
  sla.violated   shop/src/pay.rs:2

Metrics (2)
  Orders  Count  [] [country]  business metric  sum  when ok    shop/src/main.rs:8
  Stock   None   [item]        by hand                          shop/shared/stock.rs:1

Dimensions (2)
  country  shop/src/main.rs:8
  item     shop/shared/stock.rs:1
";
    // Widths are not the matter here.
    let words = |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    assert_eq!(words(&said.out), words(expected));
}

#[test]
fn one_package_can_be_read_alone() {
    let folder = shop("package");
    let bank = xray_in(&folder, &["manifest", "-p", "bank"]);
    assert!(bank.code == Some(0) && bank.out.contains("## handle") && !bank.out.contains("bank.example.com"), "{bank:?}");
    let both = xray_in(&folder, &["manifest", "-p", "bank", "--package", "shop"]);
    assert_eq!(both.out, xray_in(&folder, &["manifest"]).out);
    let alarms = xray_in(&folder, &["alarms", "-p", "bank"]);
    assert!(alarms.out.contains("\"bank: fault rate\""), "{alarms:?}");
    let wrong = xray_in(&folder, &["manifest", "-p", "bnk"]);
    assert!(wrong.code == Some(1) && wrong.err.contains("no package `bnk`") && wrong.err.contains("bank"), "{wrong:?}");
}

#[test]
fn all_targets_are_tests_and_examples_too() {
    let said = xray_in(&shop("all_targets"), &["manifest", "--format", "table", "--all-targets"]);
    assert_eq!((said.code, &*said.err), (Some(0), ""));
    for name in ["in_tests", "in_more_tests", "it", "helper", "show", "b", "place"] {
        assert!(said.out.lines().any(|line| line.split_whitespace().next() == Some(name)), "{name}\n{}", said.out);
    }
    for name in ["generated", "build", "other"] {
        assert!(!said.out.contains(&format!("  {name} ")), "{name}\n{}", said.out);
    }
}

#[test]
fn json_is_the_same_each_time_and_from_each_folder() {
    let folder = shop("json");
    let first = xray_in(&folder, &["manifest"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(xray_in(&folder.join("bank"), &["manifest"]).out, first.out);
    let path = folder.join("shop/Cargo.toml");
    assert_eq!(xray_in(&std::env::temp_dir(), &["manifest", "--manifest-path", path.to_str().unwrap()]).out, first.out);
    assert!(first.out.starts_with("{\n  \"version\": 1,\n  \"traced\": [\n    {\n      \"name\": \"## handle\",\n"), "{}", first.out);
    assert!(!first.out.contains(".rs:") && !first.out.contains(folder.to_str().unwrap()), "{}", first.out);
    let located = xray_in(&folder, &["manifest", "--locations"]);
    assert!(located.out.contains("\"shop/src/main.rs:7\""), "{}", located.out);
}

#[test]
fn a_committed_manifest_is_compared() {
    let folder = shop("check");
    let file = folder.join("xray.json");
    let check = || xray_in(&folder, &["manifest", "--check", "xray.json"]);
    let missing = check();
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.err.contains("xray.json cannot be read") && missing.err.contains("`cargo xray manifest > xray.json`"),
        "{}",
        missing.err
    );

    fs::write(&file, xray_in(&folder, &["manifest"]).out).unwrap();
    let same = check();
    assert_eq!((same.code, &*same.out, &*same.err), (Some(0), "", ""));

    // Lines do not count, names do.
    let main = folder.join("shop/src/main.rs");
    fs::write(&main, format!("\n\n{MAIN}")).unwrap();
    assert_eq!(check().code, Some(0));
    fs::write(&main, MAIN.replace("order_id))", "order))")).unwrap();
    let other = check();
    assert_eq!((other.code, &*other.out), (Some(1), ""));
    let expected = "error: xray.json is not what the source says: 1 added, 1 removed\n  Annotations\n  + order (shop/src/main.rs)\n  - order_id \
                    (shop/src/main.rs)\nIf that is as it should be, write the file anew by `cargo xray manifest > xray.json` and commit it\n";
    assert_eq!(other.err, expected);
    let flags = xray_in(&folder, &["manifest", "--all-targets", "--locations", "--check", "xray.json"]);
    assert!(flags.err.contains("`cargo xray manifest --all-targets --locations > xray.json`"), "{}", flags.err);
}

#[test]
fn files_that_do_not_parse_are_all_named() {
    let folder = workspace(
        "broken",
        &[SHOP, ("src/main.rs", "fn main() {}"), ("src/a.rs", "fn a( {"), ("src/b.rs", "fn b() {}\n\"open"), ("src/c.rs", "fn c() {}")],
    );
    fs::write(folder.join("src/d.rs"), b"// \xff").unwrap();
    let said = xray_in(&folder, &["manifest"]);
    assert_eq!((said.code, &*said.out), (Some(1), ""));
    for part in ["src/a.rs:1:", "src/b.rs:2:", "src/d.rs: this file cannot be read", "does not parse"] {
        assert!(said.err.contains(part), "{part}\n{}", said.err);
    }
    assert!(!said.err.contains("src/c.rs"), "{}", said.err);
}

#[test]
fn what_is_odd_is_told_and_is_no_error() {
    let text = "static A: M = Metric::counter(\"A\", []);\nstatic B: M = Metric::new(\"A\", Unit::Bytes, []);\nstatic C: M = Metric::counter(N, []);\nfn main() {}";
    let said = xray_in(&workspace("odd", &[SHOP, ("src/main.rs", text)]), &["manifest"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("warning: src/main.rs:3: the name or the unit of this metric is computed"), "{}", said.err);
    assert!(said.err.contains("warning: the metric `A` has the unit Bytes in src/main.rs, and Count in src/main.rs"), "{}", said.err);
}

#[test]
fn wrong_use_is_told_with_the_remedy() {
    let folder = workspace(
        "wrong",
        &[SHOP, ("src/main.rs", "fn main() {}"), ("bad.toml", "[alarms.faults]\npercent = 500\n"), ("odd.toml", "alarm = 1")],
    );
    for (args, code, parts) in [
        (&["manifest", "--manifest-path", "nowhere/Cargo.toml"][..], 1, &["nowhere", "--manifest-path"][..]),
        (&["manifest", "--format", "yaml"], 2, &["yaml", "json", "table"]),
        (&["dashbord"], 2, &["dashbord", "dashboard"]),
        (&["alarms", "--config", "none.toml"], 1, &["none.toml cannot be read"]),
        (&["alarms", "--config", "bad.toml"], 1, &["bad.toml: `alarms.faults.percent` is `500`", "from 0 to 100"]),
        (&["dashboard", "--config", "odd.toml"], 1, &["odd.toml", "alarm = 1", "`alarms`", "cargo xray config"]),
        (&["alarms", "--service", "a<b>"], 1, &["the flags: `service` is `a<b>`", "1 to 200 letters"]),
        (&["alarms", "--namespace", ""], 1, &["the flags: `namespace` is ``", "1 to 256"]),
        (&["dashboard", "--region", "moon"], 1, &["the flags: `region` is `moon`", "eu-west-1"]),
        (&[], 2, &["Usage: cargo xray <COMMAND>", "manifest", "dashboard", "alarms", "config"]),
    ] {
        let said = xray_in(&folder, args);
        assert_eq!((said.code, &*said.out), (Some(code), ""), "{args:?} {}", said.err);
        assert!(parts.iter().all(|part| said.err.contains(part)), "{args:?}\n{}", said.err);
    }
}

#[test]
fn settings_come_from_the_workspace_and_flags_win() {
    let folder = shop("settings");
    let guessed = xray_in(&folder.join("bank"), &["alarms"]);
    assert!(guessed.out.contains("\"settings: fault rate\"") && guessed.err.contains("`settings`"), "{guessed:?}");
    fs::write(folder.join("xray.toml"), "service = \"orders\"\nnamespace = \"Shop\"\n[alarms.dependencies]\nnames = [\"DynamoDB\"]\n")
        .unwrap();
    let set = xray_in(&folder.join("bank"), &["alarms"]);
    assert_eq!((set.code, &*set.err), (Some(0), ""));
    for part in
        ["\"orders: fault rate\"", "\"Namespace\": \"Shop\"", "\"orders: faults of DynamoDB\"", "\"orders: faults of bank.example.com\""]
    {
        assert!(set.out.contains(part), "{part}\n{}", set.out);
    }
    let flags = xray_in(&folder, &["dashboard", "--service", "till", "--namespace", "N", "--region", "eu-central-1"]);
    assert!(flags.out.contains("\\\"till\\\"") && flags.out.contains("eu-central-1") && !flags.out.contains("Fn::Sub"), "{}", flags.out);
}

#[test]
fn config_prints_a_file_that_changes_nothing() {
    let folder = workspace("config", &[SHOP, ("src/main.rs", "fn main() {}")]);
    let before = xray_in(&folder, &["dashboard", "--service", "orders"]);
    let config = xray_in(&folder, &["config"]);
    fs::write(folder.join("xray.toml"), &config.out).unwrap();
    let after = xray_in(&folder, &["dashboard", "--service", "orders"]);
    assert_eq!((before.code, after.code, before.out), (Some(0), Some(0), after.out));
}

#[test]
fn cargo_finds_it_as_a_subcommand() {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_cargo-xray"));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(program.parent().unwrap().to_path_buf()).chain(std::env::split_paths(&paths));
    let path = std::env::join_paths(all).unwrap();
    let said = run(Command::new(env!("CARGO")).args(["xray", "--help"]).env("PATH", path));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("Usage: cargo xray <COMMAND>"), "{}", said.out);
    let version = xray_in(std::path::Path::new("."), &["--version"]);
    assert!(version.out.contains(env!("CARGO_PKG_VERSION")), "{version:?}");
}

/// Flags that a command has, by its help.
fn flags(command: &str) -> Vec<String> {
    let help = xray(&[command, "--help"]).out;
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    lines.filter_map(|line| line.split([' ', ',', '[']).find(|word| word.starts_with("--")).map(str::to_owned)).collect()
}

#[test]
fn the_page_has_all_commands_and_flags() {
    let page = concat!(include_str!("../../docs/cargo-xray.md"), include_str!("../../docs/daemon.md"));
    let all = ["view", "daemon", "tail", "trace", "query", "doctor"];
    let some = ["--public", "--bind-tcp", "--limit", "--json", "--last", "--policy"];
    for (command, some) in all.into_iter().zip(some) {
        let flags = flags(command);
        assert!(flags.iter().any(|flag| flag == some), "{flags:?}");
        for flag in flags.iter().filter(|flag| !["--color", "--help", "--version"].contains(&flag.as_str())) {
            assert!(
                page.contains(&format!("`{flag}")) || page.contains(&format!("{flag} ")),
                "`{command}` has {flag}, which the page has not"
            );
        }
    }
    let help = xray(&["--help"]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in commands.filter_map(|line| line.split_whitespace().next()).filter(|command| *command != "help") {
        assert!(
            page.contains(&format!("`{command}`")) || page.contains(&format!("`dashboard`, `{command}`")),
            "{command} is not in the page"
        );
    }
}

#[test]
fn what_is_called_for_help_says_which_exit_codes_there_are() {
    for args in [&["--help"][..], &["doctor", "--help"]] {
        assert!(xray(args).out.contains("Exit code: 0 if"), "{args:?}");
    }
}

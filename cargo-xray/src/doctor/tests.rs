//! Each check with what it may see.

use std::time::Duration;

use serde_json::{Value, json};

use super::aws::{self, Files, Platform};
use super::check::{Check, Verdict};
use super::daemon::{self, Sent};
use super::project::{self, Project};
use super::sampling::{self, Sample};
use super::{machine, show};
use crate::ask::{Answer, Peer, Unreachable};
use crate::environment::Environment;

use Verdict::{Fail, Ok as Fine, Warn};

#[track_caller]
fn assert_check(check: &Check, status: Verdict, seen: &str, remedy: &str) {
    assert_eq!(check.status, status, "{check:?}");
    assert!(check.seen.contains(seen), "`{seen}` is not in {check:?}");
    assert!(check.remedy.as_deref().unwrap_or_default().contains(remedy), "`{remedy}` is not in {check:?}");
    assert_eq!(check.remedy.is_some(), !remedy.is_empty(), "{check:?}");
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().copied().collect()
}

#[test]
fn who_answers_is_told_by_its_answer() {
    let answer = |status, server: Option<&str>, is_of_aws, body: &str| Answer {
        status,
        server: server.map(String::from),
        is_of_aws,
        body: body.into(),
        date: None,
    };
    let rules = r#"{"SamplingRuleRecords":[]}"#;
    for (answer, expected) in [
        (answer(200, Some("xray-collector/0.1.0"), false, rules), Peer::Collector("xray-collector/0.1.0".into())),
        (answer(404, Some("xray-collector/0.1.0"), false, ""), Peer::Collector("xray-collector/0.1.0".into())),
        (
            answer(403, Some("xray-collector/0.1.0"), false, "The Host \"x\" is not this collector's"),
            Peer::Stranger("xray-collector/0.1.0 refuses: The Host \"x\" is not this collector's".into()),
        ),
        (answer(200, None, true, rules), Peer::Daemon),
        (
            answer(403, None, true, r#"{"message":"not authorized to xray:GetSamplingRules"}"#),
            Peer::Refused("403: not authorized to xray:GetSamplingRules".into()),
        ),
        (answer(403, None, true, "<html>"), Peer::Refused("403: no reason given".into())),
        (answer(502, None, false, ""), Peer::Refused("it cannot reach AWS".into())),
        (answer(200, Some("agent"), false, rules), Peer::Other("called `agent`".into())),
        (answer(200, Some("nginx"), false, "<html>"), Peer::Stranger("a server called `nginx` that answers with status 200".into())),
        (answer(404, None, false, "x"), Peer::Stranger("a server without a name that answers with status 404".into())),
        (answer(404, Some("a\x1b[31m"), false, ""), Peer::Stranger("a server called `a\u{fffd}[31m` that answers with status 404".into())),
    ] {
        assert_eq!(Peer::of(&Ok(answer.clone())), expected, "{answer:?}");
    }
    let nobody = Unreachable { at: "a:1".into(), why: "refused".into() };
    assert_eq!(Peer::of(&Err(nobody)), Peer::Nobody("refused".into()));
}

#[test]
fn the_daemon() {
    let address = "udp:a:1 tcp:b:2".parse().unwrap();
    let reached = |peer| daemon::reached(&peer, &address, "; on ECS, add it");
    assert_check(&reached(Peer::Collector("xray-collector/1".into())), Fine, "viewer is at http://b:2/", "");
    assert_check(&reached(Peer::Daemon), Fine, "AWS answers it", "");
    assert_check(&reached(Peer::Other("called `x`".into())), Fine, "called `x` answers at b:2", "");
    assert_check(&reached(Peer::Nobody("refused".into())), Fail, "nothing answers at b:2: refused", "cargo xray view");
    assert_check(&reached(Peer::Nobody("refused".into())), Fail, "b:2", "; on ECS, add it");
    assert_check(&reached(Peer::Refused("403: no".into())), Fail, "AWS refuses it: 403: no", "--policy");
    assert_check(&reached(Peer::Stranger("a server".into())), Fail, "a server is at b:2", "another port");
    let (ours, nobody) = (Peer::Collector(String::new()), Peer::Nobody(String::new()));
    for (sent, peer, status, seen, remedy) in [
        (Sent::Not, &Peer::Daemon, Fine, "for a local collector only", ""),
        (Sent::Not, &nobody, Fine, "nobody is there", ""),
        (Sent::Arrived("1-2-3".into()), &ours, Fine, "arrived: trace 1-2-3", ""),
        (Sent::Lost, &ours, Fail, "did not arrive", "publish the port for UDP"),
        (Sent::Failed("no route".into()), &ours, Fail, "no route", "filters packets"),
    ] {
        assert_check(&daemon::documents(&sent, peer, &address), status, seen, remedy);
    }
}

#[test]
fn the_clock() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let then = 784_111_777;
    for (here, status, seen, remedy) in [
        (then, Fine, "agrees", ""),
        (then + 300, Fine, "agrees", ""),
        (then + 301, Warn, "5 minutes ahead of", "NTP"),
        (then - 7200, Warn, "120 minutes behind", "NTP"),
    ] {
        assert_check(&daemon::clock(Some(date), Duration::from_secs(here)), status, seen, remedy);
    }
    for date in [None, Some("yesterday")] {
        assert_check(&daemon::clock(date, Duration::from_secs(then)), Fine, "nobody answered with a date", "");
    }
}

#[test]
fn the_receive_buffer() {
    let sockets = |drops| {
        let head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
        let line = "0: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000";
        let other = "1: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000 99";
        [format!("{head}\n{line} {drops}\n{other}\n")]
    };
    for (limit, drops, status, seen, remedy) in [
        (Some("16777216\n"), 0, Fine, "at most 16 MB, and nothing was dropped at port 2000", ""),
        (Some("212992\n"), 0, Fine, "at most 208 KB, of 8 MB", "net.core.rmem_max=8388608"),
        (Some("212992\n"), 7, Warn, "7 datagrams were dropped at port 2000", "net.core.rmem_max=8388608"),
        (Some("16777216\n"), 7, Warn, "and yet 7 datagrams", "too slow"),
        (None, 7, Fine, "not known on this system", ""),
        (Some("much"), 0, Fine, "not known on this system", ""),
    ] {
        assert_check(&machine::receive_buffer(limit, &sockets(drops), 2000), status, seen, remedy);
    }
    let broken = ["x\n1:\n2: 7:7:7 : \n3: 0100007F:07D0\n".to_owned()];
    assert_check(&machine::receive_buffer(Some("16777216"), &broken, 2000), Fine, "nothing was dropped", "");
}

const CONFIG: &str =
    "[default]\nregion = eu-west-1\n\n[profile shop]\nrole_arn = arn:aws:iam::1:role/shop\n region=us-east-2 \n[profile bare]\n";

#[test]
fn region_and_credentials_without_secrets() {
    let config = || Files { config: Some(CONFIG.into()), credentials: Some("[default]\naws_access_key_id = AKIASECRET\n".into()) };
    for (variables, files, status, seen, remedy) in [
        (&[("AWS_REGION", "eu-north-1")][..], Files::default(), Fine, "eu-north-1, by AWS_REGION", ""),
        (&[("AWS_DEFAULT_REGION", "eu-north-1")], config(), Fine, "eu-north-1, by AWS_DEFAULT_REGION", ""),
        (&[], config(), Fine, "eu-west-1, by ~/.aws/config", ""),
        (&[("AWS_PROFILE", "shop")], config(), Fine, "us-east-2", ""),
        (&[("AWS_PROFILE", "bare")], config(), Fine, "none is set here", "AWS_REGION"),
        (&[], Files::default(), Fine, "none is set here", "AWS_REGION"),
    ] {
        assert_check(&aws::region(&environment(variables), &files), status, seen, remedy);
    }
    for (variables, files, status, seen, remedy) in [
        (&[("AWS_ACCESS_KEY_ID", "AKIASECRET"), ("AWS_SECRET_ACCESS_KEY", "s3cr3t")][..], Files::default(), Fine, "in variables", ""),
        (&[("AWS_ACCESS_KEY_ID", "AKIASECRET")], config(), Warn, "AWS_SECRET_ACCESS_KEY is not", "set both"),
        (&[("AWS_SECRET_ACCESS_KEY", "s3cr3t")], config(), Warn, "AWS_ACCESS_KEY_ID is not", "unset AWS_SECRET_ACCESS_KEY"),
        (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")], Files::default(), Fine, "web identity", ""),
        (&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/s3cr3t")], Files::default(), Fine, "container's role", ""),
        (&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://s3cr3t")], Files::default(), Fine, "container's role", ""),
        (&[], config(), Fine, "profile default", ""),
        (&[("AWS_PROFILE", "shop")], config(), Fine, "profile shop", ""),
        (&[("AWS_PROFILE", "bare")], config(), Warn, "AWS_PROFILE names `bare`", "profile that is there"),
        (&[], Files::default(), Fine, "none are set here", "aws configure"),
    ] {
        let check = aws::credentials(&environment(variables), &files);
        assert_check(&check, status, seen, remedy);
        let text = format!("{check:?}");
        assert!(!text.contains("s3cr3t") && !text.contains("AKIASECRET"), "{text}");
    }
}

#[test]
fn the_platform() {
    for (variables, platform, seen, hint) in [
        (&[("LAMBDA_TASK_ROOT", "/var/task")][..], Platform::Lambda, "AWS Lambda", "active tracing"),
        (&[("LAMBDA_TASK_ROOT", "/var/task"), ("AWS_SAM_LOCAL", "true")], Platform::SamLocal, "SAM", "host.docker.internal"),
        (&[("LAMBDA_TASK_ROOT", "/var/task"), ("AWS_SAM_LOCAL", "false")], Platform::Lambda, "AWS Lambda", "active tracing"),
        (&[("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2")], Platform::Ecs, "ECS", "the task"),
        (&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], Platform::Kubernetes, "Kubernetes", "service"),
        (&[], Platform::Anywhere, "neither", ""),
    ] {
        assert_eq!(Platform::of(&environment(variables)), platform, "{variables:?}");
        assert!(platform.check().seen.contains(seen) && platform.hint().contains(hint));
    }
}

#[test]
fn the_policy_is_json_and_names_what_the_daemon_does() {
    let policy: Value = serde_json::from_str(aws::POLICY).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    for action in ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"] {
        assert!(actions.iter().any(|known| known == action), "{action}");
    }
    assert_check(&aws::permissions(), Fine, "needs none", "--policy");
}

fn rule(name: &str, priority: u32, change: impl FnOnce(&mut Value)) -> Value {
    let mut rule = json!({
        "RuleName": name, "Priority": priority, "FixedRate": 0.05, "ReservoirSize": 1, "ServiceName": "*", "ServiceType": "*", "Host": "*",
        "HTTPMethod": "*", "URLPath": "*", "ResourceARN": "*", "Version": 1,
    });
    change(&mut rule);
    json!({ "SamplingRule": rule })
}

#[test]
fn the_first_rule_that_a_request_meets() {
    let sample = Sample { service: "orders".into(), method: "GET".into(), path: "/".into() };
    let default = || rule("Default", 10_000, |_| ());
    for (rules, status, seen, remedy) in [
        (vec![default()], Fine, "1 rule; GET / of `orders` meets `Default`: 1 a second, and 5 % of the rest", "not ask for rules yet"),
        (vec![default(), rule("b", 9, |_| ()), rule("a", 9, |_| ())], Fine, "3 rules; GET / of `orders` meets `a`", "not ask"),
        (vec![rule("Default", 1, |_| ()), rule("late", 9_999, |_| ())], Fine, "meets `late`", "not ask"),
        (vec![default(), rule("post", 1, |rule| rule["HTTPMethod"] = "POST".into())], Fine, "meets `Default`", "not ask"),
        (vec![default(), rule("name", 1, |rule| rule["ServiceName"] = "ORD*S".into())], Fine, "meets `name`", "not ask"),
        (vec![default(), rule("path", 1, |rule| rule["URLPath"] = "/x?".into())], Fine, "meets `Default`", "not ask"),
        (vec![default(), rule("new", 1, |rule| rule["Version"] = 2.into())], Fine, "1 rule; ", "not ask"),
        (vec![default(), rule("arn", 1, |rule| rule["ResourceARN"] = "arn:x".into())], Fine, "1 rule; ", "not ask"),
        (vec![default(), rule("attributes", 1, |rule| rule["Attributes"] = json!({"a": "b"}))], Fine, "1 rule; ", "not ask"),
        (vec![], Warn, "0 rules, of which GET / of `orders` meets none", "called Default"),
        (vec![json!(7), json!({"SamplingRule": {}})], Fine, "1 rule", "not ask"),
    ] {
        assert_check(&sampling::check(Some(&rules), &sample), status, seen, remedy);
    }
    assert_check(&sampling::check(None, &sample), Fine, "nobody serves any", "");
}

#[test]
fn a_file_of_rules() {
    let path = std::path::Path::new("rules.json");
    assert_check(&sampling::file(None, |_| Ok(1)), Fine, "none is named", "");
    assert_check(&sampling::file(Some(path), |_| Ok(3)), Fine, "rules.json can be used: 3 rules", "");
    let wrong = |_: &_| Err(std::io::Error::other("rules.json: Priority 0 is wrong"));
    assert_check(&sampling::file(Some(path), wrong), Fail, "Priority 0 is wrong", "correct it");
}

#[test]
fn the_workspace() {
    let metadata = |versions: &[&str], features: &[&str]| {
        let package = |version: &&str| json!({"name": "autoxray", "version": version, "id": version});
        let node = |version: &&str| json!({"id": version, "features": features});
        Project::Metadata(json!({
            "packages": versions.iter().map(package).chain([json!({"name": "other", "version": "9", "id": "9"})]).collect::<Vec<_>>(),
            "resolve": {"nodes": versions.iter().map(node).collect::<Vec<_>>()},
        }))
    };
    for (project, status, seen, remedy) in [
        (Project::None, Fine, "no Cargo.toml here", ""),
        (Project::Unknown("error: offline".into()), Warn, "error: offline", "cargo metadata"),
        (metadata(&[], &[]), Warn, "does not depend on it", "dependencies"),
        (metadata(&["0.1.0", "0.2.0"], &[]), Warn, "several: 0.1.0, 0.2.0", "one version"),
        (metadata(&["0.1.0"], &[]), Fail, "nothing is recorded", "`recording`"),
        (metadata(&["0.1.0"], &["default"]), Fail, "nothing is recorded", "`recording`"),
        (metadata(&["0.1.0"], &["tokio"]), Fail, "features tokio: nothing is recorded", "`recording`"),
        (metadata(&["0.1.0"], &["recording", "tokio"]), Fine, "recording, tokio", "`metrics`"),
        (metadata(&["0.1.0"], &["metrics", "recording"]), Fine, "0.1.0 with the features metrics, recording", "`autopatch`"),
        (metadata(&["0.1.0"], &["aws", "metrics", "recording"]), Fine, "aws", ""),
        (Project::Metadata(json!(7)), Warn, "does not depend on it", "dependencies"),
    ] {
        assert_check(&project::check(&project), status, seen, remedy);
    }
}

#[test]
fn what_is_not_set_is_one_line() {
    let default = |name| Check { is_default: true, ..Check::ok(name, "not set") };
    let checks = show::shown(vec![default("A"), Check::ok("b", "set"), default("C")]);
    let told: Vec<_> = checks.iter().map(|check| (check.name.as_str(), check.seen.as_str())).collect();
    assert_eq!(told, [("b", "set"), ("not set", "A, C")]);
    assert_eq!(show::shown(vec![Check::ok("b", "set")]).len(), 1);
}

#[test]
fn text_fits_and_json_has_everything() {
    let checks = [
        Check::ok("one", "all is well"),
        Check::warn("two", "word ".repeat(40), "do this"),
        Check::fail("three", "it is not", "change that"),
    ];
    let view = xray_collector::View { width: 60, ..xray_collector::View::default() };
    let text = show::text(&checks, &view);
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    assert!(text.starts_with("✓ one    all is well\n! two    word word"), "{text}");
    assert!(text.contains("         → do this\n✗ three  it is not\n         → change that\n\n1 ok, 1 warning, 1 failure\n"), "{text}");
    assert!(!text.contains('\x1b'));
    assert!(show::text(&checks, &xray_collector::View { colour: true, ..view }).contains("\x1b[31m✗\x1b[0m"));
    let json: Value = serde_json::from_str(&show::json(&checks, aws::POLICY)).unwrap();
    assert_eq!(json["checks"][2], json!({"name": "three", "status": "fail", "seen": "it is not", "remedy": "change that"}));
    assert_eq!((&json["ok"], &json["warn"], &json["fail"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(json["checks"][0].get("remedy"), None);
    assert_eq!(json["policy"]["Version"], "2012-10-17");
}

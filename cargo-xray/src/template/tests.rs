//! What templates say; that CloudFormation takes them is for `tests/lint.rs`.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::manifest::{self, collect};

fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    assert_eq!(collect("a.rs", text, &mut manifest), Ok(vec![]));
    manifest.sorted(false)
}

fn named(service: &str) -> Config {
    Config { service: Some(service.into()), ..Config::default() }
}

fn parsed(printed: Result<Printed, Error>) -> Value {
    serde_json::from_str(&printed.unwrap().text).unwrap()
}

/// The resources of a kind, by id.
fn of_kind<'v>(template: &'v Value, kind: &str) -> Vec<(&'v str, &'v Value)> {
    let all = template["Resources"].as_object().unwrap();
    all.iter().filter(|(_, one)| one["Type"] == kind).map(|(id, one)| (id.as_str(), &one["Properties"])).collect()
}

/// The body of the dashboard as CloudFormation makes it.
fn body(template: &Value) -> Value {
    let [(_, dashboard)] = of_kind(template, "AWS::CloudWatch::Dashboard")[..] else { panic!("one dashboard") };
    let body = &dashboard["DashboardBody"];
    let text = match body.as_str() {
        Some(text) => text.to_owned(),
        None => substituted(body["Fn::Sub"].as_str().unwrap()),
    };
    serde_json::from_str(&text).unwrap()
}

/// What `Fn::Sub` does. The region is all that it may find.
fn substituted(text: &str) -> String {
    let done = text.replace("${AWS::Region}", "eu-west-1");
    assert!(!done.contains("${"), "{done}");
    done
}

fn titles(body: &Value) -> Vec<&str> {
    body["widgets"].as_array().unwrap().iter().filter_map(|widget| widget["properties"]["title"].as_str()).collect()
}

const CODE: &str = r#"
    #[traced(name = "payments", namespace = "remote")] fn pay() {}
    #[traced(sla = "2s")] fn place() {}
    #[business_metric(name = "OrdersPlaced", dimensions(), dimensions(country))] fn a() {}
    #[business_metric(name = "OrderTime", value = duration, dimensions(country, "pay by" = x))] fn b() {}
    static STOCK: Metric<1> = Metric::new("Stock", Unit::None, ["item"]);
"#;

#[test]
fn the_dashboard_has_health_dependencies_and_business() {
    let template = parsed(dashboard(&named("orders"), &read(CODE)));
    let body = body(&template);
    let expected = [
        "Requests",
        "Faults, errors and throttles of all requests",
        "Latency",
        "Cold starts",
        "Operations: requests",
        "Operations: faults, errors, throttles",
        "Operations: latency, p99",
        "Dependencies: requests",
        "Dependencies: faults, errors, throttles",
        "Dependencies: latency, p99",
        "OrderTime (p99)",
        "OrdersPlaced (Sum)",
        "Stock (Sum)",
    ];
    assert_eq!(titles(&body), expected);
    let text = body.to_string();
    for part in [
        r#"["autoxray","OrdersPlaced","Service","orders"]"#,
        r#"SEARCH('{\"autoxray\",Service,\"country\"} MetricName=\"OrdersPlaced\" Service=\"orders\"', 'Sum')"#,
        r#"SEARCH('{\"autoxray\",Service,\"country\",\"pay by\"} MetricName=\"OrderTime\" Service=\"orders\"', 'p99')"#,
        r#"SEARCH('Namespace=\"autoxray\" MetricName=\"Stock\"', 'Sum')"#,
        r#"SEARCH('{\"autoxray\",Service,\"RemoteService\"} MetricName=\"Faults\" Service=\"orders\"', 'Sum')"#,
        r#""expression":"100 * faults / requests""#,
        r#""region":"eu-west-1""#,
        "${PROP('Dim.RemoteService')}",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn widgets_do_not_overlap() {
    let body = body(&parsed(dashboard(&named("orders"), &read(CODE))));
    let mut taken = BTreeSet::new();
    for widget in body["widgets"].as_array().unwrap() {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|key| widget[key].as_u64().unwrap());
        assert!(x + width <= 24);
        for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "{widget}");
        }
    }
}

#[test]
fn ids_in_a_widget_are_unique_and_begin_with_a_small_letter() {
    let body = body(&parsed(dashboard(&named("orders"), &read(CODE))));
    for widget in body["widgets"].as_array().unwrap() {
        let mut seen = BTreeSet::new();
        let lines = widget["properties"]["metrics"].as_array().into_iter().flatten();
        for id in lines.filter_map(|line| line.as_array()?.last()?["id"].as_str()) {
            assert!(seen.insert(id) && id.starts_with(|letter: char| letter.is_ascii_lowercase()), "{id}");
        }
    }
}

#[test]
fn groups_and_rules() {
    let template = parsed(dashboard(&named("orders"), &read(CODE)));
    let groups: Vec<_> =
        of_kind(&template, "AWS::XRay::Group").into_iter().map(|(id, group)| (id, group["FilterExpression"].as_str().unwrap())).collect();
    let expected = [
        ("GroupErrors", r#"service("orders") { error OR fault }"#),
        ("GroupSlaPlace24f1ad65", r#"annotation[sla.operation] = "place" AND annotation[sla.violated] = true"#),
        ("GroupSlow", r#"service("orders") { responsetime > 10 }"#),
    ];
    assert_eq!(groups.iter().map(|(_, filter)| filter).collect::<Vec<_>>(), expected.iter().map(|(_, filter)| filter).collect::<Vec<_>>());
    let rules = of_kind(&template, "AWS::XRay::SamplingRule");
    assert_eq!(rules.len(), 1);
    let rule = &rules[0].1["SamplingRule"];
    assert_eq!((&rule["RuleName"], &rule["FixedRate"], &rule["ServiceName"]), (&json!("orders"), &json!(0.05), &json!("orders")));
    let none = Config { sampling: Some(vec![]), ..named("orders") };
    assert!(of_kind(&parsed(dashboard(&none, &Manifest::default())), "AWS::XRay::SamplingRule").is_empty());
}

#[test]
fn alarms_have_thresholds_and_topics() {
    let template = parsed(alarms(&named("orders"), &read(CODE)));
    let found = of_kind(&template, "AWS::CloudWatch::Alarm");
    let shown: Vec<_> = found
        .iter()
        .map(|(_, alarm)| format!("{} > {} for {}", alarm["AlarmName"].as_str().unwrap(), alarm["Threshold"], alarm["EvaluationPeriods"]))
        .collect();
    let expected = [
        "orders: faults of all dependencies > 10.0 for 1",
        "orders: faults of payments > 10.0 for 1",
        "orders: fault rate > 5.0 for 2",
        "orders: latency p99 > 10000.0 for 3",
    ];
    assert_eq!(shown, expected);
    assert!(
        found.iter().all(|(_, alarm)| alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic" && alarm["TreatMissingData"] == "notBreaching")
    );
    let text = template.to_string();
    assert!(text.contains("IF(requests >= 1, 100 * faults / requests, 0)"), "{text}");

    let mut config = named("orders");
    config.alarms.topic = Some("arn:aws:sns:eu-west-1:123456789012:t".into());
    config.alarms.dependencies.names = vec!["DynamoDB".into(), "payments".into()];
    config.alarms.dependencies.total = false;
    config.alarms.latency.percentile = 99.9;
    let template = parsed(alarms(&config, &read(CODE)));
    let found = of_kind(&template, "AWS::CloudWatch::Alarm");
    assert!(
        template.get("Parameters").is_none()
            && found.iter().all(|(_, alarm)| alarm["AlarmActions"][0] == "arn:aws:sns:eu-west-1:123456789012:t")
    );
    assert_eq!(found.len(), 4);
    assert!(found.iter().any(|(_, alarm)| alarm["ExtendedStatistic"] == "p99.9"));
}

#[test]
fn dimensions_have_the_values_that_the_runtime_gives() {
    let code = "#[traced(name = \"b\u{e4}nk\", namespace = \"remote\")] fn a() {} #[traced(name = \"S3\", namespace = \"aws\")] fn b() {}";
    let template = parsed(alarms(&named("gr\u{f6}\u{df}e"), &read(code)));
    let found = of_kind(&template, "AWS::CloudWatch::Alarm");
    let values: BTreeSet<&str> = found.iter().filter_map(|(_, alarm)| alarm["Dimensions"][1]["Value"].as_str()).collect();
    assert_eq!(values, BTreeSet::from(["S3", "b_nk"]));
    assert!(
        template.to_string().contains("WHERE Service = 'gr__e'")
            && found.iter().any(|(_, alarm)| alarm["AlarmName"] == "gr\u{f6}\u{df}e: fault rate")
    );
    let template = parsed(dashboard(&named("gr\u{f6}\u{df}e"), &Manifest::default()));
    assert!(template.to_string().contains("service(\\\"gr\u{f6}\u{df}e\\\")"), "{template}");
}

#[test]
fn limits_are_told_with_the_remedy() {
    let metrics = |count: usize, length: usize| -> Manifest {
        let metric = |index: usize| format!("static M: M = Metric::counter(\"{index}{}\", []);", "x".repeat(length));
        read(&(0..count).map(metric).collect::<String>())
    };
    let slas = |count: usize| read(&(0..count).map(|index| format!("#[traced(sla = \"1s\")] fn f{index}() {{}}")).collect::<String>());
    let remotes =
        |count: usize| read(&(0..count).map(|index| format!("#[traced(namespace = \"remote\")] fn f{index}() {{}}")).collect::<String>());
    type Make = fn(&Config, &Manifest) -> Result<Printed, Error>;
    let cases: [(Make, Manifest, &str, &str); 5] = [
        (dashboard, metrics(487, 1), "widgets", "dashboard.business"),
        (dashboard, metrics(1, 1000), "search", "dashboard.business"),
        (dashboard, slas(24), "26 groups", "groups.sla = false"),
        (alarms, remotes(498), "501 resources", "xray.toml"),
        (alarms, remotes(497), "", ""),
    ];
    for (make, manifest, problem, remedy) in cases {
        match make(&named("orders"), &manifest) {
            Ok(printed) => assert!(problem.is_empty() && printed.notes[0].contains("--s3-bucket"), "{problem} {:?}", printed.notes),
            Err(error) => {
                assert!(!problem.is_empty() && error.to_string().contains(problem) && error.to_string().contains(remedy), "{error}")
            }
        }
    }
    let rules = |count: usize| Config { sampling: Some(vec![crate::config::Rule::default(); count]), ..named("orders") };
    assert!(dashboard(&rules(25), &Manifest::default()).is_ok());
    assert!(dashboard(&rules(26), &Manifest::default()).unwrap_err().to_string().contains("26 rules"));
    let twice = Config::parse("x", "service = \"o\"\nsampling = [{ name = \"a\" }, { name = \"a\" }]").unwrap();
    assert!(dashboard(&twice, &Manifest::default()).unwrap_err().to_string().contains("sampling[1].name"));
}

#[test]
fn without_a_name_or_without_alarms_there_is_no_template() {
    let error = dashboard(&Config::default(), &Manifest::default()).unwrap_err().to_string();
    assert!(error.contains("--service"), "{error}");
    let mut off = named("orders");
    (off.alarms.faults.enabled, off.alarms.latency.enabled, off.alarms.dependencies.enabled) = (false, false, false);
    assert!(alarms(&off, &Manifest::default()).unwrap_err().to_string().contains("enabled = true"));
}

proptest! {
    #[test]
    fn any_names_make_templates_or_an_error(service in any::<String>(), remote in any::<String>(), metric in any::<String>(), key in any::<String>()) {
        names_fit(&service, &remote, &metric, &key);
    }

    #[test]
    fn any_names_that_services_have_make_templates(
        service in r"[A-Za-z0-9_./%&#=+@\\-][A-Za-z0-9 _.:/%&#=+@\\-]{0,199}", remote in r"[ -~]{1,40}", metric in r"[ -~]{1,40}", key in r"[ -~]{1,20}",
    ) {
        prop_assert!(names_fit(&service, &remote, &metric, &key));
    }
}

/// Whether there are templates; panics if they are wrong.
fn names_fit(service: &str, remote: &str, metric: &str, key: &str) -> bool {
    let at = vec!["a.rs".to_owned()];
    let (opens, kind, namespace, sla) =
        (manifest::Opens::Subsegment, manifest::Kind::Traced, Some("remote".to_owned()), Some("1s".to_owned()));
    let traced = manifest::Traced { name: remote.into(), opens, kind, segment: None, namespace, sla, at: at.clone() };
    let sets = vec![vec![key.to_owned()], vec![]];
    let source = manifest::Source::BusinessMetric;
    let metric = manifest::Metric { name: metric.into(), unit: "None".into(), source, sum: false, resolution: 60, when: None, sets, at };
    let manifest = Manifest { traced: vec![traced], metrics: vec![metric.clone()], ..Manifest::default() };
    let (Ok(board), Ok(watch)) = (dashboard(&named(service), &manifest), alarms(&named(service), &manifest)) else { return false };
    for printed in [&board, &watch] {
        let template: Value = serde_json::from_str(&printed.text).unwrap();
        let ids: Vec<&String> = template["Resources"].as_object().unwrap().keys().collect();
        assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && id.len() <= 255), "{ids:?}");
    }
    let body = body(&serde_json::from_str(&board.text).unwrap());
    assert!(body["widgets"].as_array().unwrap().iter().any(|widget| widget["properties"]["metrics"][0][3] == names::dimension(service)));
    let is_drawn = titles(&body).contains(&format!("{} (Sum)", metric.name).as_str());
    assert_eq!(is_drawn, !board.notes.iter().any(|note| note.contains("no graph")), "{:?}", board.notes);
    true
}

use std::time::Duration;

use proptest::prelude::*;
use xray_model::document::Timestamp;

use super::*;
use crate::facts::tests::facts_of;

fn secs(seconds: u64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

/// Shops that take 1, 2, 3 … seconds, one in four of them failing, each with a query of half the time.
fn shops(count: u64) -> Vec<String> {
    let of = |trace: u64| {
        let (start, fault) = (100 + trace * 10, if trace.is_multiple_of(4) { ",'fault':true" } else { "" });
        let query = format!(
            "{{'name':'db','id':'#2',@{start},{},'namespace':'remote','sql':{{'sanitized_query':'SELECT 1'}}}}",
            start + trace.div_ceil(2)
        );
        format!(
            "{{'name':'shop','id':'#1',T{trace},@{start},{}{fault},'http':{{'request':{{'method':'GET','url':'http://shop/orders/{trace}'}}}},'subsegments':[{query}]}}",
            start + trace
        )
    };
    (1..=count).map(of).collect()
}

#[test]
fn operations_have_percentiles_rates_and_counts() {
    let documents = shops(100);
    let open = "{'name':'shop','id':'#1',T200,@100,'http':{'request':{'method':'GET','url':'http://shop/orders/7'}}}";
    let traces = facts_of(documents.iter().map(String::as_str).chain([open]));
    let found = operations(&traces);
    let named: Vec<_> = found.iter().map(|operation| (&*operation.service, &*operation.kind, operation.name.as_deref())).collect();
    assert_eq!(named, [("shop", "", Some("GET /orders/*")), ("db", "Database::SQL", Some("SELECT"))]);
    let shop = &found[0];
    let times = [shop.times.least, shop.times.p50, shop.times.p90, shop.times.p95, shop.times.p99, shop.times.greatest];
    assert_eq!(times.map(|time| time.as_secs()), [1, 50, 90, 95, 99, 100]);
    assert_eq!((shop.statistics.ok, shop.statistics.faults, shop.in_progress, shop.times.count), (75, 25, 1, 100));
    // From 100 to 1,100 seconds.
    assert!((shop.per_minute - 101.0 / (1_000.0 / 60.0)).abs() < 1e-9, "{}", shop.per_minute);
    let all = overview(&traces);
    assert_eq!((all.statistics, all.in_progress, all.times), (shop.statistics, 1, shop.times));
    assert_eq!((operations(&[]), overview(&[])), (vec![], Overview::default()));
}

#[test]
fn names_from_elsewhere_are_the_same_operation() {
    let documents = shops(4);
    let of = |which: &[String]| facts_of(which.iter().map(String::as_str));
    let apart = [of(&documents[..2]), of(&documents[2..])].concat();
    assert_eq!(operations(&apart), operations(&of(&documents)));
}

#[test]
fn sets_are_compared() {
    let (left, right) = (
        shops(10),
        ["{'name':'shop','id':'#1',T1,@1,5,'http':{'request':{'method':'GET','url':'/orders/1'}}}", "{'name':'new','id':'#1',T2,@1,2}"],
    );
    let left = operations(&facts_of(left.iter().map(String::as_str)));
    let found = compare(left, operations(&facts_of(right)));
    let changes: Vec<_> =
        found.iter().map(|pair| (&*pair.either().unwrap().service, pair.left.is_some(), pair.right.is_some(), pair.change())).collect();
    assert_eq!(changes, [("db", true, false, None), ("new", false, true, None), ("shop", true, true, Some(4.0 / 10.0 - 1.0))]);
}

#[test]
fn errors_are_grouped_by_type_and_call_site() {
    let thrown = |trace: u32, start: u32, kind: &str, message: &str| {
        format!(
            "{{'name':'shop','id':'#1',T{trace},@{start},{},'fault':true,'subsegments':[{{'name':'pay','id':'#2',@{start},{},'fault':true,'namespace':'remote',
             'cause':{{'exceptions':[{{'id':'#8','type':'{kind}','message':'{message}','cause':'#9','stack':[{{'path':'pay.rs','line':7}}]}},{{'id':'#9','type':'Io'}}]}}}}]}}",
            start + 5,
            start + 4
        )
    };
    let documents = [
        thrown(1, 10, "Declined", "first"),
        thrown(2, 20, "Declined", "second"),
        thrown(3, 35, "Timeout", ""),
        // No exception: the service at the end of the chain is to blame.
        "{'name':'shop','id':'#1',T4,@40,45,'fault':true,'subsegments':[{'name':'api','id':'#2',@41,42,'namespace':'remote','http':{'request':{'url':'http://api/x'},'response':{'status':503}}}]}".into(),
        "{'name':'shop','id':'#1',T5,@50,55,'throttle':true}".into(),
        "{'name':'shop','id':'#1',T6,@60,65,'error':true}".into(),
        "{'name':'shop','id':'#1',T7,@70,75}".into(),
    ];
    let axis = Axis::new(secs(10)..=secs(69), 6);
    let found = errors(&facts_of(documents.iter().map(String::as_str)), &axis);
    let lines: Vec<_> = found
        .iter()
        .map(|group| format!("{} at {} in {}: {} {:?}", group.kind, group.site, group.service, group.count, group.status))
        .collect();
    let expected = [
        "Declined at pay.rs:7 in shop: 2 Fault",
        "Error at shop in shop: 1 Error",
        "Throttled at shop in shop: 1 Throttle",
        "HTTP 503 at /x in api: 1 Fault",
        "Timeout at pay.rs:7 in shop: 1 Fault",
    ];
    assert_eq!(lines, expected);
    let declined = &found[0];
    assert_eq!((declined.first, declined.last, &*declined.message, declined.traces), (secs(10), secs(20), "second", 2));
    assert_eq!(*declined.trend, [1, 1, 0, 0, 0, 0]);
    let examples: Vec<_> = declined.examples.iter().map(|id| id.to_bits() & 0xff).collect();
    assert_eq!(examples, [2, 1]);
    assert!(declined.is_exception && !found[1].is_exception);
}

#[test]
fn figures_and_service_levels_are_summed_up() {
    let order = |trace: u32, start: u32, total: f64, actual: u32, is_late: bool| {
        format!(
            "{{'name':'shop','id':'#1',T{trace},@{start},{},'annotations':{{'Revenue':{total},'metric.items':2,'sla.operation':'checkout','sla.target_ms':300,'sla.actual_ms':{actual},'sla.violated':{is_late}}},
             'metadata':{{'metrics':{{'Revenue':{{'unit':'None','dimensions':{{'country':'de'}}}}}}}}}}",
            start + 1
        )
    };
    let open = "{'name':'shop','id':'#1',T9,@30,'annotations':{'sla.operation':'checkout','sla.target_ms':200}}";
    let documents = [order(1, 10, 20.5, 100, false), order(2, 20, 30.0, 400, true), order(3, 21, 9.5, 200, false)];
    let traces = facts_of(documents.iter().map(String::as_str).chain([open]));
    let axis = Axis::new(secs(10)..=secs(29), 2);
    let found = figures(&traces, &axis);
    assert_eq!(
        found.iter().map(|group| (&*group.name, &*group.dimensions)).collect::<Vec<_>>(),
        [("Revenue", "country=de"), ("items", "")]
    );
    let revenue = &found[0];
    assert_eq!((revenue.sum, revenue.values.count, revenue.values.p50, revenue.values.p99, revenue.last), (60.0, 3, 20.5, 30.0, secs(21)));
    assert_eq!(*revenue.trend, [20.5, 39.5]);
    let found = levels(&traces, &axis);
    let checkout = &found[0];
    assert_eq!((found.len(), checkout.violations, checkout.times.count, checkout.target), (1, 1, 3, Some(Duration::from_millis(200))));
    assert_eq!((*checkout.trend).to_vec(), [(1, 0), (2, 1)]);
    assert!((checkout.kept().unwrap() - 2.0 / 3.0).abs() < 1e-9 && checkout.examples.len() == 1);
}

#[test]
fn bars_hold_what_a_filter_on_their_edges_finds() {
    assert!(bars([&[], &[]], 10).is_empty());
    let same = bars([&[Duration::from_secs(2); 3], &[]], 10);
    assert_eq!((same.len(), same[0].counts), (1, [3, 0]));
    let zero = bars([&[Duration::ZERO], &[Duration::from_secs(1)]], 3);
    assert_eq!((zero.len(), zero[0].counts, zero[2].counts), (3, [1, 0], [0, 1]));
    // Twice as far each.
    let seconds: Vec<_> = [1, 2, 3, 4, 7, 8].map(Duration::from_secs).into();
    let found = bars([&seconds, &seconds[..1]], 3);
    assert_eq!(found.iter().map(|bar| bar.counts).collect::<Vec<_>>(), [[1, 1], [2, 0], [3, 0]]);
}

#[test]
fn pieces_of_time() {
    let axis = Axis::new(secs(10)..=secs(20), 5);
    assert_eq!([9, 10, 12, 13, 20, 21].map(|at| axis.place(secs(at))), [None, Some(0), Some(0), Some(1), Some(4), None]);
    assert_eq!(axis.zeros::<u64>().len(), 5);
    // Backwards, and all there is.
    assert_eq!(Axis::new(secs(20)..=secs(10), 0).place(secs(20)), Some(0));
    let all = Axis::new(Timestamp::default()..=Timestamp::from_nanos(u64::MAX), 3);
    assert_eq!((all.place(Timestamp::from_nanos(u64::MAX)), all.begin(0)), (Some(2), Timestamp::default()));
}

proptest! {
    #[test]
    fn no_time_falls_between_bars(left in proptest::collection::vec(any::<u64>(), 0..50), right in proptest::collection::vec(any::<u64>(), 0..50), count in 1usize..40) {
        let [left, right] = [left, right].map(|side| side.into_iter().map(Duration::from_nanos).collect::<Vec<_>>());
        let found = bars([&left, &right], count);
        let of = |side: usize| found.iter().map(|bar| bar.counts[side]).sum::<u64>();
        prop_assert_eq!((of(0), of(1)), (left.len() as u64, right.len() as u64));
        prop_assert!(found.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].from <= pair[0].to));
    }

    #[test]
    fn round_pieces_hold_all_traces(starts in proptest::collection::vec(0u64..4_000_000_000, 1..30), pieces_max in 2usize..90) {
        let documents: Vec<_> = starts.iter().enumerate().map(|(at, start)| format!("{{'name':'a','id':'#1',T{at},@{start}.5,{start}.7}}")).collect();
        let traces = facts_of(documents.iter().map(String::as_str));
        let axis = Axis::round(&traces, pieces_max);
        prop_assert!(axis.pieces() <= pieces_max.max(2), "{axis:?}");
        prop_assert_eq!(axis.begin(0).as_nanos() % axis.step().as_nanos() as u64, 0);
        let found = over_time(traces.iter().map(|facts| (facts.start, facts.status, facts.response_time)), &axis);
        prop_assert_eq!(found.iter().map(|piece| piece.statistics.total()).sum::<u64>(), traces.len() as u64);
    }

    #[test]
    fn percentiles_are_among_the_values_and_in_order(mut values in proptest::collection::vec(any::<u32>(), 0..300)) {
        let spread = Spread::of(&mut values, u32::cmp);
        prop_assert_eq!(spread.count, values.len() as u64);
        let found = [spread.least, spread.p50, spread.p90, spread.p95, spread.p99, spread.greatest];
        prop_assert!(found.is_sorted());
        prop_assert!(values.is_empty() || found.iter().all(|value| values.contains(value)));
    }
}

#[test]
fn the_same_root_causes_are_one_group() {
    let documents = |trace: u32, kind: &str, inner: &str| {
        format!(
            "{{'name':'shop','id':'#1',T{trace},@10,20,'fault':true,'subsegments':[{{'name':'{inner}','id':'#2',@11,19,'fault':true,'namespace':'remote','cause':{{'exceptions':[{{'id':'#9','type':'{kind}'}}]}}}}]}}"
        )
    };
    let all = [documents(1, "Timeout", "pay"), documents(2, "Timeout", "pay"), documents(3, "Io", "pay"), documents(4, "Timeout", "bank")];
    let held = crate::traces::Traces::new(&crate::Settings::default());
    for document in &all {
        held.put(crate::facts::tests::written_out(document).as_bytes()).unwrap();
    }
    let found: Vec<_> = held.all().iter().map(|trace| (trace.id(), crate::rootcause::RootCauses::of(trace))).collect();
    let groups = causes(found.iter().map(|(id, causes)| (*id, &causes.faults[..])));
    let shown: Vec<_> = groups
        .iter()
        .map(|group| format!("{} {} {:?} {} {}", group.services.join(">"), group.entity, group.exception, group.traces, group.impacting))
        .collect();
    let expected = ["shop>pay pay Some(\"Timeout\") 2 2", "shop>bank bank Some(\"Timeout\") 1 1", "shop>pay pay Some(\"Io\") 1 1"];
    assert_eq!(shown, expected);
    let slow = causes(found.iter().map(|(id, causes)| (*id, &causes.response_times[..])));
    assert_eq!((slow[0].traces, slow[0].coverage.map(|share| (share * 10.0).round())), (3, Some(8.0)));
}

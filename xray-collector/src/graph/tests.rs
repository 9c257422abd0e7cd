use std::time::Duration;

use proptest::prelude::*;
use xray_model::document::Timestamp;

use super::*;
use crate::facts::Facts;
use crate::facts::tests::{facts_of, written_out};

/// Nodes and edges in lines: `name:type* counts`, then `-> name counts`. Counts are ok/errors/throttles/faults and the seconds together.
fn drawn(graph: &ServiceGraph) -> Vec<String> {
    let counts = |of: &Statistics| format!("{}/{}/{}/{} {}s", of.ok, of.errors, of.throttles, of.faults, of.response_time.as_secs_f64());
    let name = |node: &Node| if node.kind.is_empty() { node.name.to_string() } else { format!("{}:{}", node.name, node.kind) };
    let mut lines = Vec::new();
    for node in &graph.nodes {
        let marks = [(node.is_root, "*"), (node.is_inferred, "?")].map(|(is, mark)| if is { mark } else { "" }).concat();
        lines.push(format!("{}{marks} {}", name(node), counts(&node.statistics)));
        for edge in &node.edges {
            let arrow = if edge.is_link { "~>" } else { "->" };
            lines.push(format!("{arrow} {} {}", name(&graph.nodes[edge.to]), counts(&edge.statistics)));
        }
    }
    lines
}

fn secs(seconds: u64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

fn select_all(_: &Facts, _: &crate::facts::Service) -> bool {
    true
}

/// A shop that asks a payment service twice, once in vain.
const TRACE: [&str; 3] = [
    "{'name':'shop','id':'#1',T1,@10,20,'origin':'AWS::EC2::Instance','subsegments':[
        {'name':'pay.example','id':'#2',@11,13,'namespace':'remote','http':{'response':{'status':503}}},
        {'name':'pay.example','id':'#3',@13,16,'namespace':'remote','http':{'response':{'status':200}}},
        {'name':'DynamoDB','id':'#4',@16,17,'namespace':'aws','aws':{'operation':'GetItem','table_name':'tea'},'http':{'response':{'status':429}}},
        {'name':'DynamoDB','id':'#5',@17,18,'namespace':'aws','aws':{'operation':'PutItem','table_name':'tea'},'http':{'response':{'status':400}}},
        {'name':'DynamoDB','id':'#6',@18,'namespace':'aws','aws':{'operation':'PutItem','table_name':'tea'}}]}",
    "{'name':'pay','id':'#7','parent_id':'#2',T1,@11.5,12.5,'fault':true}",
    "{'name':'pay','id':'#8','parent_id':'#3',T1,@13.5,15}",
];

#[test]
fn nodes_say_what_services_say_and_edges_what_callers_saw() {
    let graph = ServiceGraph::of(&facts_of(TRACE));
    let expected = [
        "shop:AWS::EC2::Instance* 1/0/0/0 10s",
        "-> pay 1/0/0/1 5s",
        "-> tea:AWS::DynamoDB::Table 0/1/1/0 2s",
        "shop:client? 0/0/0/0 0s",
        "-> shop:AWS::EC2::Instance 1/0/0/0 10s",
        "pay 1/0/0/1 2.5s",
        "tea:AWS::DynamoDB::Table? 0/1/1/0 2s",
    ];
    assert_eq!(drawn(&graph), expected);
    assert_eq!((graph.between, graph.traces, graph.left_out), (Some((secs(10), secs(20))), 1, 0));
    let tea = &graph.nodes[3];
    assert_eq!((tea.start, tea.end, tea.in_progress), (secs(16), secs(18), 1));
    assert_eq!(graph.nodes[0].edges[1].in_progress, 1);
    assert_eq!(
        graph.nodes[2].response_times.entries().collect::<Vec<_>>(),
        [(Duration::from_secs(1), 1), (Duration::from_millis(1_500), 1)]
    );
    assert_eq!(
        graph.nodes[0].edges[0].response_times.entries().collect::<Vec<_>>(),
        [(Duration::from_secs(2), 1), (Duration::from_secs(3), 1)]
    );
    let alias = graph.nodes[0].edges[0].aliases.first().unwrap();
    assert_eq!((&*alias.0, &*alias.1), ("pay.example", "remote"));
}

#[test]
fn what_never_arrived_is_inferred_and_stands_beside_what_did() {
    let again = TRACE[0].replace("T1", "T2");
    let graph = ServiceGraph::of(&facts_of(TRACE.into_iter().chain([again.as_str()])));
    let lines = drawn(&graph);
    assert_eq!(
        lines[..4],
        [
            "shop:AWS::EC2::Instance* 2/0/0/0 20s",
            "-> pay 1/0/0/1 5s",
            "-> tea:AWS::DynamoDB::Table 0/2/2/0 4s",
            "-> pay.example:remote 1/0/0/1 5s"
        ]
    );
}

#[test]
fn a_call_that_is_answered_twice_is_one_call() {
    let documents = [
        "{'name':'a','id':'#1',T1,@10,20,'subsegments':[{'name':'Lambda','id':'#2',@11,19,'namespace':'aws','aws':{'function_name':'f'}}]}",
        "{'name':'f','id':'#3','parent_id':'#2',T1,@11,14,'origin':'AWS::Lambda','fault':true}",
        "{'name':'f','id':'#4','parent_id':'#2',T1,@15,18,'origin':'AWS::Lambda'}",
        "{'name':'f','id':'#5','parent_id':'#4',T1,@15,17,'origin':'AWS::Lambda::Function'}",
    ];
    let lines = drawn(&ServiceGraph::of(&facts_of(documents)));
    let expected = [
        "a* 1/0/0/0 10s",
        "-> f:AWS::Lambda 1/0/0/0 8s",
        "a:client? 0/0/0/0 0s",
        "-> a 1/0/0/0 10s",
        "f:AWS::Lambda 1/0/0/1 6s",
        "-> f:AWS::Lambda::Function 1/0/0/0 2s",
        "f:AWS::Lambda::Function 1/0/0/0 2s",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_service_may_call_itself_and_others_in_a_ring() {
    let documents = [
        "{'name':'a','id':'#1',T1,@10,20,'subsegments':[{'name':'a','id':'#2',@11,12,'namespace':'remote'}]}",
        "{'name':'a','id':'#3','parent_id':'#2',T1,@11,12,'subsegments':[{'name':'b','id':'#4',@11,12}]}",
        "{'name':'b','id':'#5','parent_id':'#4',T1,@11,12}",
        "{'name':'a','id':'#6','parent_id':'#5',T1,@11,12}",
        // A forged ring of segments that call each other.
        "{'name':'x','id':'#8','parent_id':'#9',T2,@11,12}",
        "{'name':'y','id':'#9','parent_id':'#8',T2,@11,12}",
    ];
    let lines = drawn(&ServiceGraph::of(&facts_of(documents)));
    let expected = [
        "a* 3/0/0/0 12s",
        "-> a 1/0/0/0 1s",
        "-> b 1/0/0/0 1s",
        "a:client? 0/0/0/0 0s",
        "-> a 1/0/0/0 10s",
        "b 1/0/0/0 1s",
        "-> a 1/0/0/0 1s",
    ];
    assert_eq!(lines[..7], expected);
    assert_eq!(lines.len(), 12);
}

#[test]
fn messages_are_edges_between_traces() {
    let link = |id: &str| {
        written_out("{'name':'worker','id':'#1',T2,@30,31,'origin':'AWS::Lambda','links':[~]}")
            .replace('~', &written_out(&format!("{{T1{id}}}")))
    };
    let sender =
        "{'name':'shop','id':'#5',T1,@1,9,'subsegments':[{'name':'SQS','id':'#6',@2,3,'namespace':'aws','aws':{'queue_url':'q'}}]}";
    let of = |receiver: &str| ServiceGraph::of(&facts_of([sender, receiver]));
    let graph = of(&link(",'id':'#6'"));
    let lines = drawn(&graph);
    assert!(
        lines.contains(&"~> worker:AWS::Lambda 0/0/0/0 0s".to_owned()) && lines.iter().any(|line| line.starts_with("q:AWS::SQS::Queue?")),
        "{lines:?}"
    );
    let queue = graph.nodes.iter().find(|node| &*node.name == "q").unwrap();
    assert_eq!(queue.edges[0].ages.entries().collect::<Vec<_>>(), [(Duration::from_secs(27), 1)]);
    // Of an id that is in no fact, or none, the trace is known; a trace that is not there has no node.
    assert!(of(&link(",'id':'#66'")).nodes[0].edges[1].is_link);
    assert!(of(&link("")).nodes[0].edges[1].is_link);
    let alone = ServiceGraph::of(&facts_of([link("").as_str()]));
    assert!(alone.nodes.iter().flat_map(|node| &node.edges).all(|edge| !edge.is_link));
}

#[test]
fn texts_from_elsewhere_are_the_same_nodes() {
    // Two stores have a copy of each name.
    let mut traces = facts_of(TRACE);
    traces.extend(facts_of(TRACE.map(|document| document.replace("T1", "T2")).iter().map(String::as_str)));
    let graph = ServiceGraph::of(&traces);
    assert_eq!(graph.nodes.len(), 4);
    assert_eq!((graph.nodes[0].statistics.total(), graph.nodes[0].edges.len()), (2, 2));
}

#[test]
fn there_are_only_so_many_nodes() {
    let call = |trace: u32, id: u32| format!("{{'name':'n{trace}.{id}','id':'#{id}',@2,3,'namespace':'remote'}}");
    let of = |trace: u32| {
        format!(
            "{{'name':'s','id':'#1',T{trace},@1,5,'subsegments':[{}]}}",
            (2..902).map(|id| call(trace, id)).collect::<Vec<_>>().join(",")
        )
    };
    let documents: Vec<_> = (1..=12).map(of).collect();
    let graph = ServiceGraph::of(&facts_of(documents.iter().map(String::as_str)));
    // With the shop and its client there are 10,802.
    assert_eq!((graph.nodes.len(), graph.left_out), (10_000, 802));
}

#[test]
fn no_traces_no_graph() {
    assert_eq!(ServiceGraph::of(&[]), ServiceGraph::default());
}

#[test]
fn over_time() {
    let traces = facts_of(TRACE);
    let found = series(&traces, secs(0)..=secs(100), Duration::from_secs(3), select_all);
    let counts: Vec<_> = found.iter().map(|(at, period)| (at.as_secs(), period.services.total(), period.edges.total())).collect();
    // The shop began at 10, and so did the call of its client. The calls began at 11, 13, 16 and 17, their callees half a second later.
    assert_eq!(counts, [(9, 2, 2), (12, 1, 1), (15, 2, 2)]);
    let paid = series(&traces, secs(12)..=secs(100), Duration::from_secs(60), |_, service| &*service.name == "pay");
    let (at, period) = paid.first_key_value().unwrap();
    assert_eq!((at.as_secs(), period.services.total(), period.services.ok, period.edges.total(), paid.len()), (0, 1, 1, 1, 1));
    assert_eq!(period.response_times.total(), 1);
    // A period of no length is one nanosecond.
    assert_eq!(series(&traces, secs(0)..=secs(100), Duration::ZERO, select_all).len(), 7);
    assert!(series(&traces, secs(100)..=secs(0), Duration::from_secs(1), select_all).is_empty());
}

prop_compose! {
    fn any_trace()(parts in proptest::collection::vec((1u64..9, 0u64..12, 0usize..4, any::<bool>(), 0usize..4), 1..8), trace in 1u32..5) -> Vec<String> {
        let flags = ["", ",'error':true", ",'throttle':true", ",'fault':true"];
        let of = |(id, parent, name, is_call, flag): (u64, u64, usize, bool, usize)| {
            let parent = if parent == 0 { String::new() } else { format!(",'parent_id':'#{parent}'") };
            let call = if is_call && !parent.is_empty() { ",'type':'subsegment','namespace':'remote'" } else { "" };
            format!("{{'name':'n{name}','id':'#{id}',T{trace},@{id},9{parent}{call}{}}}", flags[flag])
        };
        parts.into_iter().map(of).collect()
    }
}

proptest! {
    #[test]
    fn everything_is_counted_once(traces in proptest::collection::vec(any_trace(), 1..5)) {
        let documents = traces.concat();
        let facts = facts_of(documents.iter().map(String::as_str));
        let graph = ServiceGraph::of(&facts);
        let services = || facts.iter().flat_map(|facts| &facts.services);
        let total: u64 = graph.nodes.iter().map(|node| node.statistics.total()).sum();
        prop_assert_eq!(total, services().count() as u64);
        let calls = services().filter(|service| service.is_entry || (service.caller.is_some() && !service.call.unwrap().is_again)).count();
        let edges: u64 = graph.nodes.iter().flat_map(|node| &node.edges).map(|edge| edge.statistics.total()).sum();
        prop_assert_eq!(edges, calls as u64);
        let together = series(&facts, secs(0)..=secs(100), Duration::from_secs(7), select_all);
        prop_assert_eq!(together.values().map(|period| period.services.total()).sum::<u64>(), total);
        prop_assert_eq!(together.values().map(|period| period.edges.total()).sum::<u64>(), edges);
        for node in &graph.nodes {
            prop_assert_eq!(node.response_times.total(), node.statistics.total());
            prop_assert!(node.edges.iter().all(|edge| edge.to < graph.nodes.len() && edge.response_times.total() == edge.statistics.total()));
        }
        // The graph of all is what the graphs of each trace are together.
        let apart: u64 = facts.iter().map(|facts| ServiceGraph::of(std::slice::from_ref(facts))).flat_map(|graph| graph.nodes).map(|node| node.statistics.total()).sum();
        prop_assert_eq!(apart, total);
    }
}

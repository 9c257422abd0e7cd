//! Documents in every order, over UDP and PutTraceSegments: what BatchGetTraces and GetTraceGraph say of them is always the same.
#![allow(missing_docs)]

use std::fmt::Write;
use std::net::UdpSocket;
use std::time::Duration;

use autoxray_xray_tests::{client, local};
use aws_sdk_xray::Client;
use serde_json::Value;
use xray_collector::{Local, ServeSettings};

const LONG: Duration = Duration::from_secs(20);

struct Case {
    what: &'static str,
    /// In short: `'` for `"`, `#1` for an id, `T` for the trace, `@1,2` for the times.
    documents: &'static [&'static str],
    /// The documents of the trace: `+` a segment, `-` a subsegment that stands by itself, `?` an inferred segment; then name, `!` in progress,
    /// id, `<` parent, and the subsegments in it.
    segments: &'static [&'static str],
    /// `caller>called ok/errors/throttles/faults seconds`.
    edges: &'static [&'static str],
    is_partial: bool,
}

const CASES: &[Case] = &[
    Case {
        what: "a segment, and another whose call is in it",
        documents: &[
            "{'name':'shop','id':'#1',T,@0,9,'subsegments':[{'name':'work','id':'#2',@1,8,'subsegments':[
                {'name':'stock','id':'#3',@2,5,'namespace':'remote'},{'name':'S3','id':'#4',@6,7,'namespace':'aws','error':true}]}]}",
            "{'name':'stock','id':'#5','parent_id':'#3',T,@3,4,'fault':true}",
        ],
        segments: &["+shop 1 (work 2 (stock 3, S3 4))", "+stock 5 <3", "?S3:AWS::S3 <4"],
        edges: &["client>shop 1/0/0/0 9s", "shop>S3 0/1/0/0 1s", "shop>stock 1/0/0/0 3s"],
        is_partial: false,
    },
    Case {
        what: "in progress, then complete",
        documents: &[
            "{'name':'shop','id':'#1',T,'start_time':100,'in_progress':true,'subsegments':[{'name':'a','id':'#2',@1,2}]}",
            "{'name':'shop','id':'#1',T,@0,9,'subsegments':[{'name':'a','id':'#2',@1,2},{'name':'b','id':'#3',@3,4}]}",
            "{'name':'b','id':'#3','parent_id':'#1','type':'subsegment',T,'start_time':103,'in_progress':true}",
        ],
        segments: &["+shop 1 (a 2, b 3)"],
        edges: &["client>shop 1/0/0/0 9s"],
        is_partial: false,
    },
    Case {
        what: "still in progress",
        documents: &[
            "{'name':'shop','id':'#1',T,'start_time':100,'in_progress':true}",
            "{'name':'stock','id':'#2','parent_id':'#1','type':'subsegment','namespace':'remote',T,'start_time':101,'in_progress':true}",
        ],
        segments: &["+shop! 1 (stock! 2)", "?stock! <2"],
        edges: &["client>shop 0/0/0/0 0s", "shop>stock 0/0/0/0 0s"],
        is_partial: true,
    },
    Case {
        what: "independent subsegments, one below the other",
        documents: &[
            "{'name':'shop','id':'#1',T,@0,9}",
            "{'name':'outer','id':'#2','parent_id':'#1','type':'subsegment',T,@1,8}",
            "{'name':'inner','id':'#3','parent_id':'#2','type':'subsegment',T,@2,7,'subsegments':[{'name':'inmost','id':'#4',@3,4}]}",
            "{'name':'beside','id':'#5','parent_id':'#1','type':'subsegment',T,@0.5,0.75}",
        ],
        segments: &["+shop 1 (beside 5, outer 2 (inner 3 (inmost 4)))"],
        edges: &["client>shop 1/0/0/0 9s"],
        is_partial: false,
    },
    Case {
        what: "a late caller: the call is in a document of its own",
        documents: &[
            "{'name':'stock','id':'#4','parent_id':'#3',T,@3,4}",
            "{'name':'call','id':'#3','parent_id':'#2','type':'subsegment','namespace':'remote',T,@2,5}",
            "{'name':'work','id':'#2','parent_id':'#1','type':'subsegment',T,@1,8}",
            "{'name':'shop','id':'#1',T,@0,9}",
        ],
        segments: &["+shop 1 (work 2 (call 3))", "+stock 4 <3"],
        edges: &["client>shop 1/0/0/0 9s", "shop>stock 1/0/0/0 3s"],
        is_partial: false,
    },
    Case {
        what: "parents that never arrive",
        documents: &[
            "{'name':'stock','id':'#4','parent_id':'#7',T,@3,4}",
            "{'name':'lost','id':'#3','parent_id':'#8','type':'subsegment',T,@2,5,'subsegments':[{'name':'pay','id':'#5',@2,3,'namespace':'remote'}]}",
        ],
        segments: &["+stock 4 <7", "-lost 3 <8 (pay 5)", "?pay <5"],
        // Whose subsegment it is, nobody has said: it stands for its service.
        edges: &["client>stock 1/0/0/0 1s", "lost>pay 1/0/0/0 1s"],
        is_partial: true,
    },
    Case {
        what: "each document twice",
        documents: &[
            "{'name':'shop','id':'#1',T,@0,9,'subsegments':[{'name':'stock','id':'#2',@1,8,'namespace':'remote'}]}",
            "{'name':'shop','id':'#1',T,@0,9,'subsegments':[{'name':'stock','id':'#2',@1,8,'namespace':'remote'}]}",
            "{'name':'stock','id':'#3','parent_id':'#2',T,@2,7}",
            "{'name':'stock','id':'#3','parent_id':'#2',T,@2,7}",
        ],
        segments: &["+shop 1 (stock 2)", "+stock 3 <2"],
        edges: &["client>shop 1/0/0/0 9s", "shop>stock 1/0/0/0 7s"],
        is_partial: false,
    },
    Case {
        what: "complete twice, with other ends: the later one counts",
        documents: &["{'name':'shop','id':'#1',T,@0,9,'fault':true}", "{'name':'shop','id':'#1',T,@0,5}"],
        segments: &["+shop 1"],
        edges: &["client>shop 0/0/0/1 9s"],
        is_partial: false,
    },
    Case {
        what: "a subsegment by itself, and in its segment",
        documents: &[
            "{'name':'DynamoDB','id':'#2','parent_id':'#1','type':'subsegment','namespace':'aws','aws':{'table_name':'tea'},T,@1,2}",
            "{'name':'shop','id':'#1',T,@0,9,'subsegments':[{'name':'DynamoDB','id':'#2',@1,2,'namespace':'aws','aws':{'table_name':'tea'}}]}",
        ],
        segments: &["+shop 1 (DynamoDB 2)", "?tea:AWS::DynamoDB::Table <2"],
        edges: &["client>shop 1/0/0/0 9s", "shop>tea 1/0/0/0 1s"],
        is_partial: false,
    },
    Case {
        what: "a function: two segments behind one call, and what its own SDK sends below them",
        documents: &[
            "{'name':'api','id':'#1',T,@0,9,'subsegments':[{'name':'Lambda','id':'#2',@1,8,'namespace':'aws','aws':{'function_name':'f'}}]}",
            "{'name':'f','id':'#3','parent_id':'#2',T,@2,7,'origin':'AWS::Lambda'}",
            "{'name':'f','id':'#4','parent_id':'#3',T,@3,6,'origin':'AWS::Lambda::Function'}",
            "{'name':'## handler','id':'#5','parent_id':'#4','type':'subsegment',T,@4,5}",
        ],
        segments: &["+api 1 (Lambda 2)", "+f:AWS::Lambda 3 <2", "+f:AWS::Lambda::Function 4 <3 (## handler 5)"],
        edges: &["api>f 1/0/0/0 7s", "client>api 1/0/0/0 9s", "f>f 1/0/0/0 3s"],
        is_partial: false,
    },
    Case {
        what: "segments that name each other",
        documents: &["{'name':'a','id':'#1','parent_id':'#2',T,@0,9}", "{'name':'b','id':'#2','parent_id':'#1',T,@1,8}"],
        segments: &["+a 1 <2", "+b 2 <1"],
        edges: &["a>b 1/0/0/0 7s", "client>a 1/0/0/0 9s"],
        is_partial: false,
    },
];

/// As it goes over the wire.
fn written_out(short: &str, trace: &str) -> String {
    let mut text = String::new();
    let mut rest = short;
    while let Some(at) = rest.find(['\'', '#', 'T', '@']) {
        let is_word = rest[..at].chars().next_back().is_some_and(char::is_alphabetic)
            || rest[at + 1..].chars().next().is_some_and(|next| rest[at..].starts_with('T') && next.is_alphabetic());
        text.push_str(&rest[..at]);
        let (mark, behind) = rest[at..].split_at(1);
        rest = behind;
        match mark {
            "'" => text.push('"'),
            "#" if rest.starts_with(|digit: char| digit.is_ascii_digit()) => {
                let (digit, behind) = rest.split_at(1);
                let _ = write!(text, "{digit:0>16}");
                rest = behind;
            }
            "T" if !is_word => {
                let _ = write!(text, "\"trace_id\":\"{trace}\"");
            }
            "@" => {
                let (start, behind) = rest.split_once(',').unwrap();
                let length = behind.find([',', '}']).unwrap();
                let seconds = |text: &str| 100.0 + text.parse::<f64>().unwrap();
                let _ = write!(text, "\"start_time\":{},\"end_time\":{}", seconds(start), seconds(&behind[..length]));
                rest = &behind[length..];
            }
            other => text.push_str(other),
        }
    }
    text + rest
}

/// A segment in a line, subsegments in parentheses.
fn line(document: &Value, is_inner: bool) -> String {
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let is_inferred = document["inferred"] == true;
    let id = |name: &str| text(name).trim_start_matches('0').to_owned();
    let mut line = match (is_inner, is_inferred, text("type")) {
        (true, ..) => String::new(),
        (_, true, _) => "?".to_owned(),
        (.., "subsegment") => "-".to_owned(),
        _ => "+".to_owned(),
    };
    line.push_str(text("name"));
    if document["in_progress"] == true {
        line.push('!');
    }
    if !text("origin").is_empty() {
        let _ = write!(line, ":{}", text("origin"));
    }
    if !is_inferred {
        let _ = write!(line, " {}", id("id"));
    }
    if !text("parent_id").is_empty() {
        let _ = write!(line, " <{}", id("parent_id"));
    }
    if let Some(inner) = document["subsegments"].as_array().filter(|inner| !inner.is_empty()) {
        let inner: Vec<String> = inner.iter().map(|inner| self::line(inner, true)).collect();
        let _ = write!(line, " ({})", inner.join(", "));
    }
    line
}

async fn segments(client: &Client, trace: &str) -> Vec<String> {
    let answer = client.batch_get_traces().trace_ids(trace).send().await.unwrap();
    assert!(answer.unprocessed_trace_ids().is_empty());
    let [found] = answer.traces() else { panic!("{answer:?}") };
    let shape = |segment: &aws_sdk_xray::types::Segment| {
        let document: Value = serde_json::from_str(segment.document().unwrap()).unwrap();
        assert_eq!((document["id"].as_str(), document["trace_id"].as_str()), (segment.id(), Some(trace)), "{document}");
        line(&document, false)
    };
    found.segments().iter().map(shape).collect()
}

async fn edges(client: &Client, trace: &str) -> Vec<String> {
    let answer = client.get_trace_graph().trace_ids(trace).send().await.unwrap();
    let name = |place: Option<i32>| {
        let service = answer.services().iter().find(|service| service.reference_id() == place).unwrap();
        if service.r#type() == Some("client") { "client" } else { service.name().unwrap() }
    };
    let mut lines = Vec::new();
    for service in answer.services() {
        for edge in service.edges() {
            let statistics = edge.summary_statistics().unwrap();
            let (errors, faults) = (statistics.error_statistics().unwrap(), statistics.fault_statistics().unwrap());
            lines.push(format!(
                "{}>{} {}/{}/{}/{} {}s",
                name(service.reference_id()),
                name(edge.reference_id()),
                statistics.ok_count().unwrap(),
                errors.other_count().unwrap(),
                errors.throttle_count().unwrap(),
                faults.total_count().unwrap(),
                statistics.total_response_time().unwrap(),
            ));
        }
    }
    lines.sort();
    lines
}

async fn is_partial(client: &Client, trace: &str) -> bool {
    let time = aws_sdk_xray::primitives::DateTime::from_secs;
    let asked = client.get_trace_summaries().start_time(time(0)).end_time(time(1_000)).filter_expression(trace);
    let answer = asked.send().await.unwrap();
    let [found] = answer.trace_summaries() else { panic!("{answer:?}") };
    assert_eq!(found.id(), Some(trace));
    found.is_partial().unwrap()
}

/// All orders of so many things.
fn orders(many: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..many {
        let with_next = |order: Vec<usize>| {
            (0..=order.len()).map(move |place| {
                let mut order = order.clone();
                order.insert(place, next);
                order
            })
        };
        orders = orders.into_iter().flat_map(with_next).collect();
    }
    orders
}

/// Sends a document, and waits for it: what comes next has to come after it.
async fn send(local: &Local, client: &Client, udp: Option<&UdpSocket>, document: &str) {
    let before = local.collector().progress().documents;
    match udp {
        Some(socket) => {
            let datagram = format!("{{\"format\": \"json\", \"version\": 1}}\n{document}");
            socket.send_to(datagram.as_bytes(), local.local_addr()).unwrap();
            assert!(local.collector().wait_for(LONG, |progress| progress.documents > before), "{document}");
        }
        None => {
            let answer = client.put_trace_segments().trace_segment_documents(document).send().await.unwrap();
            assert!(answer.unprocessed_trace_segments().is_empty(), "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_the_same_in_whatever_order_they_arrive() {
    let local = local(ServeSettings::default());
    let client = client(&local);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut number = 0_u32;
    for case in CASES {
        for order in orders(case.documents.len()) {
            for round in 0..2 {
                number += 1;
                let trace = format!("1-{number:08x}-{number:024x}");
                for (place, index) in order.iter().enumerate() {
                    let udp = ((place + round) % 2 == 0).then_some(&socket);
                    send(&local, &client, udp, &written_out(case.documents[*index], &trace)).await;
                    // Asked in between, nothing is remembered that changes what comes out at the end.
                    if round == 1 {
                        edges(&client, &trace).await;
                    }
                }
                let context = format!("{}, in the order {order:?}", case.what);
                assert_eq!(segments(&client, &trace).await, case.segments, "{context}");
                assert_eq!(edges(&client, &trace).await, case.edges, "{context}");
                if round == 0 {
                    assert_eq!(is_partial(&client, &trace).await, case.is_partial, "{context}");
                }
            }
        }
    }
    assert_eq!(local.collector().progress().rejected, 0);
}

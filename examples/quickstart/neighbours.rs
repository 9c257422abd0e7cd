//! Services that are not in this process, and not in Rust: documents as X-Ray's SDKs for other languages would send them.

use std::net::UdpSocket;
use std::time::{SystemTime, UNIX_EPOCH};

use autoxray::{Sampled, SegmentId, TraceHeader, TraceId};
use serde_json::{Value, json};
use xray_model::datagram::HEADER;

use crate::chance::Chance;

/// One visitor's request.
#[derive(Debug)]
pub struct Visit {
    trace: TraceId,
    root: SegmentId,
    call: SegmentId,
    start: f64,
}

/// A message that the mailer gets.
#[derive(Debug)]
pub struct Mail {
    pub producer: TraceHeader,
    pub number: u64,
}

/// Where their documents go.
#[derive(Debug)]
pub struct Neighbours {
    socket: UdpSocket,
}

impl Visit {
    pub fn begin(chance: &mut Chance) -> Self {
        let (trace, start) = (trace_id(chance), now());
        Self { trace, root: segment_id(chance), call: segment_id(chance), start }
    }

    /// What the storefront's call carries as `X-Amzn-Trace-Id`.
    pub fn header(&self) -> TraceHeader {
        TraceHeader::new(self.trace, Some(self.call), Sampled::Yes)
    }
}

impl Neighbours {
    pub fn new(socket: UdpSocket) -> Self {
        Self { socket }
    }

    fn send(&self, document: &Value) {
        // As all SDKs do it: what does not arrive is nobody's trouble.
        let _ = self.socket.send(format!("{HEADER}{document}").as_bytes());
    }

    /// The storefront, in Node.js: once when the request comes in, and once when it has been answered.
    pub fn storefront(&self, visit: &Visit, number: u64, answer: Option<u16>) {
        let request =
            json!({"method": "POST", "url": "https://shop.example/checkout", "user_agent": "Mozilla/5.0", "client_ip": "198.51.100.7"});
        let tier = ["free", "silver", "gold"][(number % 3) as usize];
        let mut document = json!({
            "name": "storefront", "id": visit.root, "trace_id": visit.trace, "start_time": visit.start, "origin": "AWS::ECS::Container",
            "user": format!("u-{}", number % 12), "service": {"version": "2.7.1", "runtime": "node"},
            "aws": {"xray": {"sdk": "X-Ray for Node.js", "sdk_version": "3.10.0"}},
            "annotations": {"tier": tier},
            "http": {"request": request},
        });
        match answer {
            None => document["in_progress"] = true.into(),
            // Now and then, a visitor's answer is lost on the way, and the request looks as if it were still in progress.
            Some(_) if number % 41 == 40 => return,
            Some(status) => {
                let end = now();
                let mut call = json!({
                    "name": "checkout", "id": visit.call, "start_time": visit.start + 0.001, "end_time": end - 0.0005, "namespace": "remote",
                    "http": {"request": {"method": "POST", "url": "http://checkout.internal/orders", "traced": true}, "response": {"status": status}},
                });
                flag(&mut call, status);
                document["end_time"] = end.into();
                document["http"]["response"] = json!({"status": status, "content_length": 512});
                flag(&mut document, status);
                document["subsegments"] = json!([call]);
            }
        }
        self.send(&document);
    }

    /// The mailer, a function in Python, which is invoked with the message: a trace of its own, linked to the one that the message is from.
    pub fn mailer(&self, mail: &Mail) {
        let mut chance = Chance::new(mail.number + 7);
        let (start, took) = (now() - 0.05, 0.02 + (chance.next() % 30) as f64 / 1_000.0);
        let fails = chance.of(3);
        let mut send = json!({
            "name": "SES", "id": segment_id(&mut chance), "start_time": start + 0.004, "end_time": start + took - 0.001, "namespace": "aws",
            "aws": {"operation": "SendEmail", "region": "eu-west-1"}, "http": {"response": {"status": if fails { 500 } else { 200 }}},
        });
        let mut document = json!({
            "name": "mailer", "id": segment_id(&mut chance), "trace_id": trace_id(&mut chance), "start_time": start, "end_time": start + took,
            "origin": "AWS::Lambda::Function", "annotations": {"order": mail.number},
            "links": [{"trace_id": mail.producer.root, "id": mail.producer.parent, "attributes": {"messaging.system": "aws_sqs"}}],
        });
        if fails {
            flag(&mut send, 500);
            flag(&mut document, 500);
            document["cause"] = json!({"exceptions": [{
                "id": segment_id(&mut chance), "type": "botocore.exceptions.ClientError", "remote": true,
                "message": "An error occurred (ServiceUnavailable) when calling the SendEmail operation",
                "stack": [{"path": "mailer.py", "line": 31, "label": "handler"}],
            }]});
        }
        document["subsegments"] = json!([send]);
        self.send(&document);
    }
}

fn flag(document: &mut Value, status: u16) {
    match status {
        400..=499 => document["error"] = true.into(),
        500..=599 => document["fault"] = true.into(),
        _ => {}
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn trace_id(chance: &mut Chance) -> TraceId {
    let (time, one, other) = (now() as u32, chance.next(), chance.next());
    TraceId::new(time, (u128::from(one) << 32) | u128::from(other as u32))
}

fn segment_id(chance: &mut Chance) -> SegmentId {
    SegmentId::from_bits(chance.next() | 1).expect("an odd number is not zero")
}

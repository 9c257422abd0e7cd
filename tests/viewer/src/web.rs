//! A web of many services: some that clients call, rings of calls, a few that fail.

use serde_json::{Value, json};

use crate::words::Dice;

const KINDS: [Option<&str>; 4] = [Some("AWS::ECS::Container"), Some("AWS::Lambda::Function"), Some("AWS::EC2::Instance"), None];

/// The documents of a trace of so many services: one of each ten is called by clients, each calls two others, and one of each eight calls
/// back one that is before it.
#[must_use]
pub fn web(services: u64, number: u64, start: f64) -> Vec<String> {
    let mut dice = Dice::new(number ^ services << 32);
    let services = services.max(1);
    let trace = format!("1-{:08x}-{:08x}{:016x}", start as u64, number as u32, dice.roll());
    let mut documents = Vec::new();
    let first = number * 7 % services.div_ceil(10);
    // Service, the call that led to it, when it began, how long it took.
    let mut open: Vec<(u64, Option<String>, f64, f64)> = vec![(first, None, start, 0.4 + dice.share())];
    while let Some((service, parent, start, took)) = open.pop() {
        let is_bad = service % 11 == 3 && dice.percent(30);
        let next =
            [service * 2 + 1 + services.div_ceil(10), service * 2 + 2 + services.div_ceil(10)].into_iter().filter(|next| *next < services);
        let back = (service % 8 == 5 && took < 0.2 && dice.percent(40)).then_some(service / 2);
        let calls: Vec<u64> = next.chain(back).filter(|_| dice.percent(80)).collect();
        let each = took * 0.8 / calls.len().max(1) as f64;
        let mut parts = Vec::new();
        for (index, called) in calls.into_iter().enumerate() {
            let (id, at) = (dice.id(), start + took * 0.1 + each * index as f64);
            parts.push(json!({"id": id, "name": name(called), "namespace": "remote", "start_time": at, "end_time": at + each * 0.95, "fault": called % 11 == 3 && is_bad}));
            if each > 0.001 {
                open.push((called, Some(id), at + each * 0.02, each * 0.9));
            }
        }
        let mut document: Value = json!({"name": name(service), "id": dice.id(), "trace_id": trace, "start_time": start, "end_time": start + took, "fault": is_bad,
            "http": {"request": {"method": "GET", "url": format!("http://{}/items/{number}", name(service))}, "response": {"status": if is_bad { 503 } else { 200 }}}, "subsegments": parts});
        if let Some(parent) = parent {
            document["parent_id"] = parent.into();
        }
        if let Some(kind) = KINDS[(service % 4) as usize] {
            document["origin"] = kind.into();
        }
        documents.push(document.to_string());
    }
    documents
}

fn name(service: u64) -> String {
    let words =
        ["orders", "stock", "prices", "search", "mail", "users", "carts", "taxes", "photos", "ledger", "routes", "offers", "alerts"];
    format!("{}-{service}", words[(service % 13) as usize])
}

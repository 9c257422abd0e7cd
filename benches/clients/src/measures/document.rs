//! The size of what is sent for one call.

use std::collections::HashMap;
use std::net::UdpSocket;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::Settings;
use crate::cases::{Case, Client, State, Who};
use crate::child::{self, Addresses};
use crate::report::{Findings, Row, Value};
use crate::server::Server;

const QUIET: Duration = Duration::from_millis(300);

pub fn measure(_: &Settings) -> Findings {
    let [ours, rival] = [Who::Autoxray, Who::Rival].map(|who| documents(Case::new(Client::Aws, who, State::Sampled, 1)));
    let size = |documents: &[String]| documents.iter().find_map(|d| subsegment(d)).map(|d| Value::exact(d.len() as f64));
    let mut row = Row::new("document of one GetItem", "bytes").bar(1024.0);
    row = size(&ours).into_iter().fold(row, Row::ours);
    row = size(&rival).into_iter().fold(row, Row::rival);
    let request = documents(Case::new(Client::Reqwest, Who::Autoxray, State::Sampled, 1));
    let mut requests = Row::new("document of one GET", "bytes").bar(1024.0);
    requests = request.iter().find_map(|d| nested(d)).map(|d| Value::exact(d.len() as f64)).into_iter().fold(requests, Row::ours);
    let note = "Documents: of the subsegment alone, as it is sent. Ours lies in its segment's document; the rival's is a document of its \
                own, with what names its trace and parent.";
    Findings { rows: vec![row, requests], notes: vec![note.to_owned()] }
}

/// Prints all that is sent for one call.
pub fn print(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("documents CASE, for instance {}", Case::new(Client::Aws, Who::Rival, State::Sampled, 1));
        std::process::exit(2);
    };
    documents(case).iter().for_each(|document| println!("{document}"));
}

/// All that is sent for one segment, without the daemon's heading.
fn documents(case: Case) -> Vec<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP socket");
    socket.set_read_timeout(Some(QUIET)).expect("a timeout");
    let server = Server::start();
    let to = Addresses { daemon: socket.local_addr().expect("a bound socket"), server: server.address };
    let output = child::command(&[], "once", case, to).output().expect("a child process");
    assert!(output.status.success(), "{case} failed: {}", String::from_utf8_lossy(&output.stderr));
    let mut buffer = vec![0; 1 << 16];
    let mut documents = Vec::new();
    while let Ok(length) = socket.recv(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        documents.push(text.split_once('\n').map_or(text.clone(), |(_, document)| document.to_owned()));
    }
    documents
}

type Members<'a> = HashMap<&'a str, &'a RawValue>;

/// The text of the subsegment `DynamoDB`, in whatever it lies.
fn subsegment(document: &str) -> Option<&str> {
    let members: Members<'_> = serde_json::from_str(document).ok()?;
    if members.get("name").is_some_and(|name| name.get() == r#""DynamoDB""#) {
        return Some(document);
    }
    inner(&members).into_iter().find_map(|inner| subsegment(inner.get()))
}

/// The text of the first subsegment, whatever its name.
fn nested(document: &str) -> Option<&str> {
    let members: Members<'_> = serde_json::from_str(document).ok()?;
    inner(&members).first().map(|inner| inner.get())
}

fn inner<'a>(members: &Members<'a>) -> Vec<&'a RawValue> {
    members.get("subsegments").and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
}

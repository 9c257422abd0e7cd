//! What answers at an address, judged by what came back from it.

use serde_json::Value;

use super::{Answer, Unreachable};

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Nobody(String),
    /// Ours.
    Collector(String),
    /// The X-Ray daemon, or another that passes requests on to AWS.
    Daemon,
    /// The same, and AWS does not take what it passes on.
    Refused(String),
    /// It knows X-Ray's API, and is no daemon.
    Other(String),
    /// It does not.
    Stranger(String),
}

impl Peer {
    /// Judges the answer to `POST /GetSamplingRules`.
    pub(crate) fn of(answer: &Result<Answer, Unreachable>) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Self::Nobody(error.why.clone()),
        };
        let called = answer.server.as_deref().map(xray_model::shown);
        let server = called.as_ref().map_or("without a name".to_owned(), |server| format!("called `{server}`"));
        let has_rules = answer.status == 200 && rules(answer).is_some();
        match (answer.status, called) {
            (403, Some(server)) if is_ours(&server) => {
                Self::Stranger(format!("{server} refuses: {}", xray_model::shown(&String::from_utf8_lossy(&answer.body))))
            }
            (_, Some(server)) if is_ours(&server) => Self::Collector(server),
            (200, _) if answer.is_of_aws && has_rules => Self::Daemon,
            (status, _) if answer.is_of_aws => {
                let reason = answer.problem().map_or("no reason given".into(), |problem| xray_model::shown(&problem));
                Self::Refused(format!("{status}: {reason}"))
            }
            // What a Go program says that cannot pass a request on, as the daemon's.
            (502, _) if answer.body.is_empty() => Self::Refused("it cannot reach AWS".into()),
            _ if has_rules => Self::Other(server),
            (status, _) => Self::Stranger(format!("a server {server} that answers with status {status}")),
        }
    }
}

fn is_ours(server: &str) -> bool {
    server.starts_with("xray-collector")
}

/// The records of `GetSamplingRules`.
pub(crate) fn rules(answer: &Answer) -> Option<Vec<Value>> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    body.get("SamplingRuleRecords")?.as_array().cloned()
}

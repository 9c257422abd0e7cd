//! `GetItem`, bare and under autoxray.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, config};
use aws_smithy_runtime_api::client::interceptors::Intercept;

use super::{Caller, Executor, instant};
use crate::cases::{Case, State, Who};

pub struct Aws {
    case: Case,
    client: Client,
}

/// The call that everybody makes: the number of attributes of the item.
pub async fn get_item(client: &Client) -> usize {
    let key = AttributeValue::S("order-1".to_owned());
    let output = client.get_item().table_name("orders").key("id", key).send().await.expect("an item");
    output.item().map_or(0, std::collections::HashMap::len)
}

/// What the SDK takes for any interceptor, whatever it does.
#[derive(Debug)]
struct Empty;

impl Intercept for Empty {
    fn name(&self) -> &'static str {
        "empty"
    }
}

impl Aws {
    pub fn new(case: Case) -> Aws {
        let builder = config::Builder::from(&instant::config());
        let builder = match (case.who, case.state) {
            (_, State::Empty) => builder.interceptor(Empty),
            (Who::Bare, _) | (_, State::SegmentOnly | State::UnsampledOnly) => builder,
            _ => builder.interceptor(autoxray::aws::interceptor()),
        };
        Aws { case, client: Client::from_conf(builder.build()) }
    }
}

impl Caller for Aws {
    fn call(&mut self, executor: &Executor, calls: u32) {
        executor.calls(self.case, calls, || get_item(&self.client));
    }

    fn exported(&self) -> Option<u64> {
        let stats = autoxray::stats();
        (self.case.who == Who::Autoxray).then_some(stats.segments + stats.subsegments)
    }
}

//! The function: takes orders however they come.

use std::time::Duration;

use autoxray::lambda::traced_records;
use autoxray::{record_error, traced, traced_lambda};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

/// What the function keeps between invocations.
pub struct Shop {
    pub sold: Vec<&'static str>,
}

/// The handler. On Lambda, `main` would be
///
/// ```text
/// #[tokio::main]
/// async fn main() -> Result<(), Error> {
///     let shop = Shop { sold: vec!["tea", "milk"] };
///     lambda_runtime::run(service_fn(|event| orders(event, &shop))).await
/// }
/// ```
#[traced_lambda(capture_response)]
pub async fn orders(event: LambdaEvent<Value>, shop: &Shop) -> Result<Value, Error> {
    let event = event.payload;
    if let Some(records) = event["Records"].as_array() {
        return Ok(shop.all(records).await);
    }
    if event["requestContext"].is_object() {
        return shop.answer(&event).await;
    }
    if event["order"].is_string() {
        shop.ship(&event).await?;
    }
    Ok(json!("noted"))
}

impl Shop {
    /// Each record is a subsegment, and what failed is given back, to come again.
    #[traced]
    async fn all(&self, records: &[Value]) -> Value {
        let mut failed = Vec::new();
        for record in traced_records(records) {
            let order: Value = serde_json::from_str(record["body"].as_str().unwrap_or("{}")).unwrap_or_default();
            if let Err(error) = self.ship(&order).await {
                record_error(&error);
                failed.push(json!({ "itemIdentifier": record["messageId"] }));
            }
        }
        json!({ "batchItemFailures": failed })
    }

    /// Answers a request.
    #[traced]
    async fn answer(&self, request: &Value) -> Result<Value, Error> {
        let order: Value = serde_json::from_str(request["body"].as_str().unwrap_or("{}")).unwrap_or_default();
        self.ship(&order).await?;
        Ok(json!({ "statusCode": 200 }))
    }

    #[traced(annotate(item = order["item"].as_str().unwrap_or("nothing")))]
    async fn ship(&self, order: &Value) -> Result<(), NotSold> {
        tokio::time::sleep(Duration::from_millis(2)).await;
        match order["item"].as_str() {
            Some(item) if !self.sold.contains(&item) => Err(NotSold(item.to_owned())),
            _ => Ok(()),
        }
    }
}

/// Why something is not shipped.
#[derive(Debug)]
pub struct NotSold(String);

impl std::fmt::Display for NotSold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no {} here", self.0)
    }
}

impl std::error::Error for NotSold {}

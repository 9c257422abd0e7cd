//! The application. Nothing in it is about tracing but the attribute, and its clients are those of the AWS SDK and of reqwest as they are.

use std::error::Error;

use autoxray::traced;
use aws_sdk_dynamodb::types::AttributeValue;

/// Takes orders: stock and orders lie in DynamoDB, payments are made over HTTP, the warehouse hears of it through SQS.
#[derive(Debug)]
pub struct Shop {
    pub tables: aws_sdk_dynamodb::Client,
    pub queues: aws_sdk_sqs::Client,
    pub http: reqwest::Client,
    pub payments: String,
    pub warehouse: String,
}

/// What a customer wants.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: &'static str,
    pub item: &'static str,
    pub customer: &'static str,
}

/// Any of the things that can go wrong.
pub type Failed = Box<dyn Error + Send + Sync>;

#[traced]
impl Shop {
    /// Places an order.
    #[traced(segment = "orders", annotate(order = order.id, customer = order.customer))]
    pub async fn place(&self, order: Order) -> Result<(), Failed> {
        let cents = self.price(order.item).await?;
        self.pay(&order, cents).await?;
        let (stored, announced) = tokio::join!(self.store(&order, cents), self.announce(&order));
        stored.and(announced)
    }

    async fn price(&self, item: &str) -> Result<u64, Failed> {
        let key = AttributeValue::S(item.to_owned());
        let found = self.tables.get_item().table_name("stock").key("item", key).send().await?;
        let cents = found.item.as_ref().and_then(|item| item.get("cents")).and_then(|cents| cents.as_n().ok());
        Ok(cents.ok_or_else(|| format!("there is no {item}"))?.parse()?)
    }

    async fn pay(&self, order: &Order, cents: u64) -> Result<(), Failed> {
        let url = format!("{}/charges?customer={}", self.payments, order.customer);
        self.http.post(url).body(cents.to_string()).send().await?.error_for_status()?;
        Ok(())
    }

    async fn store(&self, order: &Order, cents: u64) -> Result<(), Failed> {
        let request = self.tables.put_item().table_name("orders");
        let request = request.item("id", AttributeValue::S(order.id.to_owned()));
        request.item("cents", AttributeValue::N(cents.to_string())).send().await?;
        Ok(())
    }

    async fn announce(&self, order: &Order) -> Result<(), Failed> {
        self.queues.send_message().queue_url(&self.warehouse).message_body(order.id).send().await?;
        Ok(())
    }
}

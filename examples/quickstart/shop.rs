//! The service that takes orders.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use autoxray::{Classify, ErrorKind, traced};
use tokio::time::{sleep, timeout};

use crate::network::{Address, Refused};
use crate::order::Order;
use crate::payments::{Charge, PaymentId};

/// How long a customer waits for the express carrier.
const PATIENCE: Duration = Duration::from_millis(60);

/// The shop, and the services it needs.
#[derive(Debug)]
pub struct Shop {
    pub payments: Address<Charge, PaymentId>,
    pub warehouse: Address<Vec<String>, ()>,
}

/// An order on its way.
#[derive(Debug)]
pub struct Shipped {
    pub cents: u64,
    pub carrier: &'static str,
}

#[traced]
impl Shop {
    /// One segment for each order; everything below becomes part of it without another word.
    #[traced(segment, annotate(order = order.id, customer = order.customer), metadata(items = order.items))]
    pub async fn place(&self, order: Order) -> Result<Shipped, OrderError> {
        let cents = price(&order)?;
        let (reserved, carrier) = tokio::join!(self.reserve(&order), choose_carrier(&order));
        reserved?;
        self.pay(&order, cents).await?;
        pack(&order);
        Ok(Shipped { cents, carrier })
    }

    #[traced(name = "warehouse", namespace = "remote")]
    async fn reserve(&self, order: &Order) -> Result<(), OrderError> {
        let items = order.items.keys().cloned().collect();
        self.warehouse.ask(items).await.map_err(OrderError::Stock)
    }

    async fn pay(&self, order: &Order, cents: u64) -> Result<PaymentId, OrderError> {
        let charge = Charge { cents, bank: order.card.clone() };
        self.charge(charge).await.map_err(OrderError::Payment)
    }

    #[traced(name = "payments", namespace = "remote")]
    async fn charge(&self, charge: Charge) -> Result<PaymentId, Refused> {
        self.payments.ask(charge).await
    }
}

#[traced]
fn price(order: &Order) -> Result<u64, OrderError> {
    order.items.iter().map(|(item, count)| Ok(cents_of(item)? * u64::from(*count))).sum()
}

fn cents_of(item: &str) -> Result<u64, OrderError> {
    match item {
        "tea" | "honey" => Ok(650),
        "milk" | "filters" => Ok(130),
        "mug" | "cups" | "spoons" => Ok(480),
        "grinder" => Ok(7_900),
        "espresso machine" => Ok(89_900),
        _ => Err(OrderError::NoSuchItem(item.to_owned())),
    }
}

/// The express carrier, unless it takes too long to answer. Its call is dropped then, and recorded as cancelled.
#[traced]
async fn choose_carrier(order: &Order) -> &'static str {
    match timeout(PATIENCE, ask_express(order)).await {
        Ok(()) => "express",
        Err(_) => "mail",
    }
}

#[traced(name = "express", namespace = "remote", annotate(country = order.country))]
async fn ask_express(order: &Order) {
    let is_near = matches!(order.country.as_str(), "DE" | "AT" | "CH" | "FR");
    sleep(Duration::from_millis(if is_near { 18 } else { 5_000 })).await;
}

/// There is a mistake in here: an order in no parcels makes it panic.
#[traced(annotate(parcels = order.parcels))]
fn pack(order: &Order) -> u32 {
    items_per_parcel(order)
}

#[traced]
fn items_per_parcel(order: &Order) -> u32 {
    order.items.values().sum::<u32>().div_ceil(order.parcels)
}

/// Why an order was not shipped.
#[derive(Debug)]
pub enum OrderError {
    NoSuchItem(String),
    Stock(Refused),
    Payment(Refused),
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchItem(item) => write!(f, "there is no {item}"),
            Self::Stock(_) => f.write_str("the order cannot be fulfilled"),
            Self::Payment(_) => f.write_str("the order cannot be paid"),
        }
    }
}

impl Error for OrderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoSuchItem(_) => None,
            Self::Stock(refused) | Self::Payment(refused) => Some(refused),
        }
    }
}

/// What the customer got wrong is no fault of the service.
impl Classify for OrderError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchItem(_) => ErrorKind::Error,
            Self::Stock(_) | Self::Payment(_) => ErrorKind::Fault,
        }
    }
}

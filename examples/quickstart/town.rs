//! A town to look at: orders come in all the time, and several services deal with them, until the program is ended.
//!
//! `checkout`, `inventory` and `payment` are traced by autoxray as any program would be. AWS, the database and the bank are only slept for; an
//! integration would record them as `call` does here. What comes from elsewhere, a storefront and a mailer, is in `neighbours`.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use autoxray::map::{BusinessMetrics, Cache, CacheOperation, Database, ErrorClass, ErrorReport, Event, Transaction};
use autoxray::{Classify, ErrorKind, Failure, Namespace, TraceHeader, segment, subsegment, trace_header, traced};
use tokio::time::sleep;
use xray_model::document::{Http, HttpRequest, HttpResponse};

use crate::chance::Chance;
use crate::neighbours::{Mail, Neighbours, Visit};

/// Orders that come at once, so that there is something to see.
const FIRST_ORDERS: u64 = 60;
/// From one order to the next.
const PACE: Duration = Duration::from_millis(400);

/// Deals with orders for ever.
pub async fn live(collector: SocketAddr) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(collector)?;
    let neighbours = Arc::new(Neighbours::new(socket));
    for number in 0.. {
        tokio::spawn(order(number, Arc::clone(&neighbours)));
        sleep(if number < FIRST_ORDERS { PACE / 20 } else { PACE }).await;
    }
    Ok(())
}

/// One order, from the visitor's click to the mail.
async fn order(number: u64, neighbours: Arc<Neighbours>) {
    let mut chance = Chance::new(number);
    let visit = Visit::begin(&mut chance);
    neighbours.storefront(&visit, number, None);
    let header = visit.header();
    let answer = segment("checkout").header(header).trace(checkout(number, chance)).await;
    neighbours.storefront(&visit, number, Some(answer.status));
    if let Some(producer) = answer.queued {
        sleep(ms(60)).await;
        neighbours.mailer(&Mail { producer, number });
    }
}

struct Answer {
    status: u16,
    /// Who put a message into the queue.
    queued: Option<TraceHeader>,
}

async fn checkout(number: u64, mut chance: Chance) -> Answer {
    let (user, cents) = (format!("u-{}", number % 12), 990 + number % 70 * 130);
    autoxray::set_user(&user);
    Transaction::new("checkout").id(number).user(user.as_str()).record();
    BusinessMetrics::new([("items", (number % 4 + 1) as f64), ("revenue", cents as f64 / 100.0)]).record();
    price(number, chance.of(70)).await;
    let status = match reserve(number, &mut chance).await {
        true => pay(cents, &mut chance).await,
        false => 409,
    };
    if status != 200 {
        fail(status);
        return Answer { status, queued: None };
    }
    let (queued, _) = tokio::join!(enqueue(number), announce(number, &mut chance));
    Answer { status: 200, queued }
}

#[traced]
async fn price(number: u64, is_cached: bool) {
    Cache::new(CacheOperation::Get, &format!("price:{}", number % 7)).hit(is_cached).record();
    if !is_cached {
        call("DynamoDB", Namespace::Aws, &[("operation", "GetItem"), ("table_name", "prices")], 200, ms(7)).await;
    }
    sleep(ms(1)).await;
}

/// Asks another service, over what would be HTTP.
async fn reserve(number: u64, chance: &mut Chance) -> bool {
    let (is_there, is_busy, patience) = (!chance.of(4), chance.of(6), chance.time(ms(9)));
    let work = async move {
        let header = trace_header().unwrap_or_default();
        let is_reserved = segment("inventory").header(header).trace(inventory(number, is_there, is_busy, patience)).await;
        fail(if is_reserved { 200 } else { 409 });
        is_reserved
    };
    subsegment("inventory").namespace(Namespace::Remote).trace(work).await
}

async fn inventory(number: u64, is_there: bool, is_busy: bool, time: Duration) -> bool {
    let query = async {
        Database::new("postgresql", "SELECT").table("stock").rows(number % 4 + 1).record();
        sleep(time).await;
    };
    subsegment("stock@db.internal").namespace(Namespace::Remote).trace(query).await;
    if is_busy {
        // The table is asked too often, and then once more.
        call("DynamoDB", Namespace::Aws, &[("operation", "UpdateItem"), ("table_name", "reservations")], 429, ms(4)).await;
        sleep(ms(25)).await;
    }
    call("DynamoDB", Namespace::Aws, &[("operation", "UpdateItem"), ("table_name", "reservations")], 200, ms(6)).await;
    if !is_there {
        ErrorReport::new(ErrorClass::Validation).code("sold_out").message("there is none left").record();
    }
    is_there
}

/// The bank has a service level, which it does not always keep.
#[traced(sla = "80ms")]
async fn pay(cents: u64, chance: &mut Chance) -> u16 {
    let status = match (chance.of(5), chance.of(3)) {
        (true, _) => 504,
        (_, true) => 402,
        _ => 200,
    };
    let time = if chance.of(8) { ms(140) } else { chance.time(ms(30)) };
    let work = async move {
        let header = trace_header().unwrap_or_default();
        segment("payment").header(header).trace(payment(cents, status, time)).await;
        fail(status);
    };
    subsegment("payment").namespace(Namespace::Remote).trace(work).await;
    status
}

async fn payment(cents: u64, status: u16, time: Duration) {
    autoxray::annotate("cents", cents);
    check_fraud().await;
    let answered = charge(status, time).await;
    if let Err(error) = answered {
        autoxray::record_error(Failure::from(&error).kind(error.kind()));
    }
}

#[traced]
async fn check_fraud() {
    sleep(ms(3)).await;
}

#[traced]
async fn charge(status: u16, time: Duration) -> Result<(), Unpaid> {
    http("bank.example", "https://bank.example/v2/charges", status, time).await;
    match status {
        504 => Err(Unpaid::Late(io::Error::new(io::ErrorKind::TimedOut, "no answer"))),
        402 => Err(Unpaid::Declined),
        _ => Ok(()),
    }
}

#[derive(Debug)]
enum Unpaid {
    Declined,
    Late(io::Error),
}

impl fmt::Display for Unpaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Declined => "the card was declined",
            Self::Late(_) => "bank.example cannot be reached",
        })
    }
}

impl Error for Unpaid {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        if let Self::Late(error) = self { Some(error) } else { None }
    }
}

/// A card without cover is no fault of the service.
impl Classify for Unpaid {
    fn kind(&self) -> ErrorKind {
        if let Self::Declined = self { ErrorKind::Error } else { ErrorKind::Fault }
    }
}

/// The header of whoever put the message there.
async fn enqueue(number: u64) -> Option<TraceHeader> {
    let queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/mails";
    let open = subsegment("SQS").namespace(Namespace::Aws).open();
    open.run(|| Event::new("order.placed").id(number).record());
    let header = open.header();
    open.attach(|values| {
        [("operation", "SendMessage"), ("queue_url", queue), ("region", "eu-west-1")]
            .map(|(key, text)| values.aws_text(key, text))
            .into_iter()
            .collect()
    });
    sleep(ms(5)).await;
    open.close();
    header
}

async fn announce(number: u64, chance: &mut Chance) {
    let topic = "arn:aws:sns:eu-west-1:123456789012:orders";
    let status = if chance.of(2) { 500 } else { 200 };
    call("SNS", Namespace::Aws, &[("operation", "Publish"), ("topic_arn", topic)], status, ms(4 + number % 3)).await;
}

/// Marks what is current by the status that it ends with.
fn fail(status: u16) {
    if let Some(kind) = ErrorKind::of_status(status) {
        autoxray::record_error(kind);
    }
}

/// A call of AWS.
async fn call(service: &'static str, namespace: Namespace, aws: &[(&'static str, &str)], status: u16, time: Duration) {
    let open = subsegment(service).namespace(namespace).open();
    open.attach(|values| {
        aws.iter().for_each(|(key, text)| values.aws_text(*key, text));
        values.aws_text("region", "eu-west-1");
        values.http(Http { response: Some(response(status)), ..Http::default() });
    });
    sleep(time).await;
    open.record_status(status);
    open.close();
}

/// A call over HTTP.
async fn http(name: &'static str, url: &str, status: u16, time: Duration) {
    let open = subsegment(name).namespace(Namespace::Remote).open();
    sleep(time).await;
    open.attach(|values| {
        let request = HttpRequest { method: Some("POST".into()), url: Some(url.into()), ..HttpRequest::default() };
        values.http(Http { request: Some(request), response: Some(response(status)) });
    });
    open.record_status(status);
    open.close();
}

fn response(status: u16) -> HttpResponse {
    HttpResponse { status: Some(status.into()), ..HttpResponse::default() }
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

//! A shop with a storefront, a checkout, payments, an inventory and a mailer.

use serde_json::{Value, json};

use crate::words::Dice;

/// Makes the documents of one trace after the other. The same numbers give the same traces.
pub struct Shop {
    dice: Dice,
    id: String,
    documents: Vec<String>,
}

/// A call, as the caller writes it down.
struct Call {
    id: String,
    start: f64,
    end: f64,
}

fn merge(mut value: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut value, more) {
        fields.extend(more);
    }
    value
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

impl Shop {
    /// The documents of a trace that begins at `start`, in seconds since 1970. Every 400th ends in a cancelled call, every 97th is still
    /// in progress.
    #[must_use]
    pub fn trace(number: u64, start: f64) -> Vec<String> {
        let mut dice = Dice::new(number);
        let id = format!("1-{:08x}-{:08x}{:016x}", start as u64, number as u32, dice.roll());
        let mut shop = Self { dice, id, documents: Vec::new() };
        shop.storefront(number, rounded(start));
        shop.documents
    }

    fn part(&mut self, name: &str, start: f64, end: f64, more: Value) -> Value {
        merge(json!({"name": name, "id": self.dice.id(), "start_time": rounded(start), "end_time": rounded(end)}), more)
    }

    fn send(&mut self, name: &str, call: &Call, parent: Option<&str>, more: Value) {
        let own =
            json!({"name": name, "id": call.id, "trace_id": self.id, "start_time": rounded(call.start), "end_time": rounded(call.end)});
        let mut document = merge(own, more);
        if let Some(parent) = parent {
            document["parent_id"] = parent.into();
        }
        self.documents.push(document.to_string());
    }

    fn storefront(&mut self, number: u64, start: f64) {
        let id = self.dice.id();
        let (method, path) = match self.dice.roll() % 10 {
            0..4 => ("GET", "/products/4711"),
            4..6 => ("GET", "/search"),
            6..7 => ("GET", "/cart"),
            _ => ("POST", "/checkout"),
        };
        let mut parts = Vec::new();
        let mut at = start + 0.001;
        let mut status = 200;
        let session = self.part(
            "load session",
            at,
            at + 0.0015,
            json!({"namespace": "aws", "aws": {
            "operation": "GetItem", "table_name": "sessions", "region": "eu-west-1", "request_id": format!("REQ{number:012}"), "retries": 0
        }, "http": {"response": {"status": 200}}}),
        );
        parts.push(merge(session, json!({"name": "DynamoDB"})));
        at += 0.002;
        if path == "/checkout" {
            let (call, ended) = self.checkout(at, number);
            at = call.end;
            status = ended;
            parts.push(self.remote("checkout", &call, "POST", "http://checkout.internal/orders", ended));
        } else {
            let took = self.dice.seconds(if path == "/search" { 0.06 } else { 0.012 });
            let hit = self.dice.percent(60);
            parts.push(self.part("read catalogue", at, at + took, json!({"annotations": {"cache.hit": hit}})));
            at += took;
            if path == "/search" && self.dice.percent(6) {
                status = self.dice.pick(&[&400, &429, &404]).to_owned();
            }
        }
        let took = self.dice.seconds(0.003);
        parts.push(self.part("render page", at, at + took, json!({})));
        let whole = Call { id, start, end: at + took + 0.001 };
        let tier = self.dice.pick(&["gold", "silver", "free"]);
        let mut document = json!({
            "origin": "AWS::ECS::Container", "service": {"version": "1.4.2", "runtime": "rustc", "runtime_version": "1.95.0"},
            "http": {"request": {"method": method, "url": format!("https://shop.example{path}"), "user_agent": "Mozilla/5.0", "client_ip": "198.51.100.17"},
                "response": {"status": status, "content_length": 5120}},
            "aws": {"account_id": "123456789012", "ecs": {"container": "storefront-7f9c"}, "xray": {"sdk": "autoxray", "sdk_version": "0.1.0"}},
            "annotations": {"tier": tier, "order.items": number % 7},
            "metadata": {"default": {"request": {"id": format!("r-{number}"), "features": ["new-cart", "fast-pay"], "budget_ms": 250}}},
            "subsegments": parts,
        });
        flag(&mut document, status);
        if number % 97 == 96 {
            document["in_progress"] = true.into();
        }
        self.send("storefront", &whole, None, document);
        if number % 97 == 96 {
            let text = self.documents.pop().unwrap_or_default();
            if let Ok(mut unfinished) = serde_json::from_str::<Value>(&text) {
                unfinished.as_object_mut().map(|fields| fields.remove("end_time"));
                self.documents.push(unfinished.to_string());
            }
        }
    }

    /// A call over HTTP to a service that sends a segment of its own.
    fn remote(&mut self, name: &str, call: &Call, method: &str, url: &str, status: i64) -> Value {
        let mut part = json!({
            "name": name, "id": call.id, "start_time": rounded(call.start), "end_time": rounded(call.end), "namespace": "remote",
            "http": {"request": {"method": method, "url": url, "traced": true}, "response": {"status": status}},
        });
        flag(&mut part, status);
        part
    }

    fn checkout(&mut self, start: f64, number: u64) -> (Call, i64) {
        let call_id = self.dice.id();
        let began = start + 0.0008;
        let mut at = began + 0.001;
        let mut parts = Vec::new();
        let took = self.dice.seconds(0.018);
        let items = self.inventory(at, at + took);
        parts.push(items);
        at += took + 0.002;
        let (pay, status) = self.payments(at);
        at = pay.end + 0.001;
        let paid = status == 200;
        parts.push(self.remote("payments", &pay, "POST", "http://payments.internal/charges", status));
        if paid {
            let took = self.dice.seconds(0.006);
            parts.push(self.part("SQS", at, at + took, json!({"namespace": "aws", "aws": {"operation": "SendMessage",
                "queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/mails", "region": "eu-west-1"}, "http": {"response": {"status": 200}}})));
            at += took;
            self.mailer(&call_id, at + 0.04);
        }
        if number % 400 == 399 {
            parts.push(self.part("recommendations", at, at + 0.05, json!({"annotations": {"cancelled": true}})));
            at += 0.05;
        }
        let answered = if paid { 200 } else { 502 };
        let own = Call { id: self.dice.id(), start: began, end: at + 0.0007 };
        let end = own.end + 0.0009;
        let mut document = json!({
            "origin": "AWS::EC2::Instance", "subsegments": parts, "annotations": business(number, paid, end - began),
            "metadata": {"metrics": {"Revenue": {"value": total(number), "unit": "None", "dimensions": {"country": country(number)}}}},
            "http": {"request": {"method": "POST", "url": "http://checkout.internal/orders"}, "response": {"status": answered}},
        });
        flag(&mut document, answered);
        if !paid {
            document["cause"] = json!({"working_directory": "/srv/checkout", "exceptions": [
                {"id": self.dice.id(), "type": "CheckoutError", "message": "order not placed", "cause": "aa00aa00aa00aa00", "stack": [
                    {"path": "src/orders.rs", "line": 118, "label": "checkout::orders::place"}, {"path": "src/http.rs", "line": 40, "label": "checkout::http::post"}]},
                {"id": "aa00aa00aa00aa00", "type": "payments::Declined", "message": "card issuer did not answer within 2 s", "remote": true,
                    "stack": [{"path": "src/payments.rs", "line": 61, "label": "checkout::payments::charge"}], "truncated": 7}]});
        }
        self.send("checkout", &own, Some(&call_id), document);
        (Call { id: call_id, start, end }, answered)
    }

    fn inventory(&mut self, start: f64, end: f64) -> Value {
        let third = (end - start) / 3.0;
        let throttled = self.dice.percent(4);
        let query = "SELECT sku, left FROM stock WHERE sku IN ($1, $2, $3) FOR UPDATE";
        let sql = self.part("stock@db.internal", start + 0.0003, start + third, json!({"namespace": "remote", "sql": {
            "url": "postgres://db.internal:5432/stock", "database_type": "PostgreSQL", "database_version": "16.3", "sanitized_query": query, "user": "checkout"}}));
        let mut table = self.part(
            "DynamoDB",
            start + third,
            start + 2.4 * third,
            json!({"namespace": "aws", "aws": {
            "operation": "UpdateItem", "table_name": "reservations", "region": "eu-west-1", "retries": u8::from(throttled) * 2,
            "request_id": "K2LH3QJ4VBTJ", "consumed_capacity": [{"TableName": "reservations", "CapacityUnits": 1.0}]},
            "http": {"response": {"status": if throttled { 429 } else { 200 }}}}),
        );
        if throttled {
            table = merge(table, json!({"throttle": true, "error": true}));
        }
        self.part("reserve items", start, end, json!({"subsegments": [sql, table]}))
    }

    fn payments(&mut self, start: f64) -> (Call, i64) {
        let (call_id, own_id) = (self.dice.id(), self.dice.id());
        let took = self.dice.seconds(0.045);
        let fails = self.dice.percent(7);
        let status = if fails { 504 } else { 200 };
        let own = Call { id: own_id, start: start + 0.001, end: start + 0.001 + took };
        let answer = if fails { 504 } else { 201 };
        let bank = self.part(
            "bank.example",
            own.start + 0.002,
            own.end - 0.001,
            json!({"namespace": "remote", "fault": fails,
            "http": {"request": {"method": "POST", "url": "https://bank.example/v2/charge"}, "response": {"status": answer}}}),
        );
        let mut document = json!({"origin": "AWS::Lambda::Function", "resource_arn": "arn:aws:lambda:eu-west-1:123456789012:function:payments",
            "http": {"request": {"method": "POST", "url": "http://payments.internal/charges"}, "response": {"status": status}}, "subsegments": [bank]});
        flag(&mut document, status);
        if fails {
            document["cause"] = json!({"exceptions": [{"id": self.dice.id(), "type": "Timeout", "message": "bank.example did not answer within 2 s",
                "stack": [{"path": "src/bank.rs", "line": 77, "label": "payments::bank::charge"}]}]});
        }
        let end = own.end + 0.001;
        self.send("payments", &own, Some(&call_id), document);
        (Call { id: call_id, start, end }, status)
    }

    fn mailer(&mut self, parent: &str, start: f64) {
        let took = self.dice.seconds(0.03);
        let own = Call { id: self.dice.id(), start, end: start + took };
        let send = self.part(
            "SES",
            start + 0.002,
            start + took - 0.001,
            json!({"namespace": "aws", "aws": {"operation": "SendEmail", "region": "eu-west-1"}}),
        );
        self.send("mailer", &own, Some(parent), json!({"origin": "AWS::Lambda::Function", "subsegments": [send]}));
    }
}

fn total(number: u64) -> f64 {
    12.5 + (number % 90) as f64
}

fn country(number: u64) -> &'static str {
    ["de", "fr", "pl"][(number / 7 % 3) as usize]
}

/// What autoxray's programs say of an order: a figure of the business, and how long it took beside how long it may take.
fn business(number: u64, is_paid: bool, seconds: f64) -> Value {
    let millis = (seconds * 1e6).round() / 1e3;
    let level = json!({"sla.operation": "place order", "sla.target_ms": 150, "sla.actual_ms": millis, "sla.violated": millis > 150.0});
    let order = json!({"order.id": format!("o-{number}"), "order.total": total(number), "metric.items": number % 5 + 1});
    let paid = if is_paid { json!({"Revenue": total(number)}) } else { json!({}) };
    merge(merge(level, order), paid)
}

fn flag(document: &mut Value, status: i64) {
    let flags: &[&str] = match status {
        429 => &["error", "throttle"],
        400..=499 => &["error"],
        500..=599 => &["fault"],
        _ => &[],
    };
    for flag in flags {
        document[*flag] = true.into();
    }
}

/// The documents of one trace with so many subsegments: a batch whose items are worked on one after the other.
#[must_use]
pub fn big_trace(subsegments: usize, start: f64) -> Vec<String> {
    let mut dice = Dice::new(subsegments as u64);
    let (trace, root) = (format!("1-{:08x}-{:024x}", start as u64, subsegments), dice.id());
    let mut documents = Vec::new();
    let mut at = start;
    for number in 0..subsegments / 5 {
        let took = dice.seconds(0.01);
        let step = |dice: &mut Dice, name: &str, from: f64, to: f64| json!({"name": name, "id": dice.id(), "start_time": rounded(at + took * from), "end_time": rounded(at + took * to)});
        let names = ["validate", "price", "reserve", "write"];
        let parts: Vec<Value> =
            names.iter().enumerate().map(|(index, name)| step(&mut dice, name, index as f64 * 0.22, index as f64 * 0.22 + 0.2)).collect();
        let item = json!({"name": if number % 50 == 7 { "retry item" } else { "item" }, "id": dice.id(), "type": "subsegment", "trace_id": trace,
            "parent_id": root, "start_time": rounded(at), "end_time": rounded(at + took), "fault": number % 61 == 60, "subsegments": parts});
        documents.push(item.to_string());
        at += took * 1.02;
    }
    let own = json!({"name": "nightly-batch", "id": root, "trace_id": trace, "start_time": rounded(start), "end_time": rounded(at + 0.01), "origin": "AWS::Lambda::Function"});
    documents.push(own.to_string());
    documents
}

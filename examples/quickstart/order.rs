//! Orders, and the file they stand in.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Deserialize;

/// A customer's order.
#[derive(Clone, Debug, Deserialize)]
pub struct Order {
    pub id: String,
    pub customer: String,
    pub country: String,
    /// How many of each.
    pub items: BTreeMap<String, u32>,
    pub parcels: u32,
    /// The bank that the customer's card is from.
    pub card: Option<String>,
}

/// What a file of orders holds.
#[derive(Debug)]
pub struct Orders {
    pub orders: Vec<Order>,
    /// Lines that are no orders, by number, and why.
    pub unusable: Vec<(usize, String)>,
}

/// Reads orders, one JSON object on each line. A line that is none is reported and costs no other.
pub fn read(path: &Path) -> io::Result<Orders> {
    let text = std::fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display())))?;
    let text = String::from_utf8_lossy(&text);
    let mut orders = Orders { orders: Vec::new(), unusable: Vec::new() };
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(order) => orders.orders.push(order),
            Err(error) => orders.unusable.push((number, without_line(&error.to_string()))),
        }
    }
    Ok(orders)
}

/// Each line is parsed on its own, so that it is always "line 1" says nothing.
fn without_line(error: &str) -> String {
    error.replace(" at line 1 column", " at column")
}

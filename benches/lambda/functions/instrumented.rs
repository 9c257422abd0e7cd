//! The work of the functions that are traced by the crate `tracing`: each is compiled into a program of its own.

use std::hint::black_box;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use tracing::instrument;

/// The root of the tree 1 → 3 → 9; its span is the layer's.
pub async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let id = event.payload["id"].as_u64().unwrap_or_default() as u32;
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
    }
    Ok(json!({ "sum": sum }))
}

#[instrument(skip_all)]
async fn mid(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
    }
    sum
}

#[instrument(skip_all)]
async fn leaf(id: u32) -> u32 {
    black_box(id).wrapping_add(1)
}

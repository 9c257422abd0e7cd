//! The service that knows where things lie.

use std::convert::Infallible;
use std::time::Duration;

use autoxray::traced;
use tokio::time::sleep;

#[traced(name = "reserve", annotate(items = items.len()))]
pub async fn handle(items: Vec<String>) -> Result<(), Infallible> {
    for item in &items {
        fetch(item).await;
    }
    Ok(())
}

#[traced(annotate(item))]
async fn fetch(item: &str) {
    sleep(Duration::from_millis(item.len() as u64 % 5 + 4)).await;
}

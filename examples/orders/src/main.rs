//! Every AWS SDK and reqwest call in the trace, with no change to how clients are built or used.
//!
//! `cargo run -p orders`
//!
//! `shop` is the application. What makes its calls appear is the feature `autopatch` and `#[autoxray::main]` below. AWS's services are
//! played by moto, which this program starts if it is there; documents go to a collector that the program brings along.

// Written like any program, not like a library of this workspace.
#![allow(unreachable_pub)]

mod setting;
mod shop;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use autoxray::{ContextMissing, Recorder, Sampling, UdpExporter};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use xray_collector::{Collector, View, view};

use setting::Aws;
use shop::{Failed, Order, Shop};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(aws) = Aws::find()? else {
        eprintln!("{}", setting::HOW_TO_GET_MOTO);
        return Ok(ExitCode::FAILURE);
    };
    let collector = Collector::start("127.0.0.1:0")?;
    // A service would leave this out, and send to the daemon on its machine.
    let exporter = UdpExporter::new(&collector.local_addr().into());
    // Setting up the tables below is in no trace, and need not be.
    let settings = Recorder::builder().service_name("orders").sampling(Sampling::Always).context_missing(ContextMissing::IgnoreError);
    settings.exporter(exporter).install()?;

    work(&aws.endpoint)?;

    let sent = autoxray::stats().documents;
    let _ = collector.wait_for(Duration::from_secs(2), |progress| progress.documents >= sent);
    for trace in collector.all_traces() {
        println!("\n{}", view::waterfall(&trace, &View::default()));
    }
    print!("\n{}", view::services(&collector.services(), &View::default()));
    Ok(ExitCode::SUCCESS)
}

/// Builds the clients, as any program does, and takes orders.
#[autoxray::main]
#[tokio::main]
async fn work(endpoint: &str) -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new("local", "local", None, None, "example");
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(credentials)
        .load()
        .await;
    let tables = aws_sdk_dynamodb::Client::new(&config);
    let queues = aws_sdk_sqs::Client::new(&config);
    prepare(&tables).await.map_err(|error| -> Box<dyn Error> { error })?;
    let warehouse = queues.create_queue().queue_name("warehouse").send().await?.queue_url.unwrap_or_default();
    let shop = Shop { tables, queues, http: reqwest::Client::new(), payments: setting::payments()?, warehouse };

    for (id, item, customer) in [("A-1", "tea", "ann"), ("A-2", "tea", "eve"), ("A-3", "unicorn", "bob")] {
        match shop.place(Order { id, item, customer }).await {
            Ok(()) => println!("{id}  placed"),
            Err(error) => println!("{id}  refused: {error}"),
        }
    }
    Ok(())
}

/// The tables of the shop, with one thing in stock.
async fn prepare(tables: &aws_sdk_dynamodb::Client) -> Result<(), Failed> {
    for (table, key) in [("stock", "item"), ("orders", "id")] {
        let attribute = AttributeDefinition::builder().attribute_name(key).attribute_type(ScalarAttributeType::S).build()?;
        let schema = KeySchemaElement::builder().attribute_name(key).key_type(KeyType::Hash).build()?;
        let create = tables.create_table().table_name(table).attribute_definitions(attribute).key_schema(schema);
        match create.billing_mode(BillingMode::PayPerRequest).send().await {
            // Left by an earlier run.
            Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {}
            created => _ = created?,
        }
    }
    let tea = tables.put_item().table_name("stock").item("item", AttributeValue::S("tea".into()));
    tea.item("cents", AttributeValue::N("715".into())).send().await?;
    Ok(())
}

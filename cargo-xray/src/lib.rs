//! `cargo xray`: a local X-Ray; what a program tells X-Ray and CloudWatch, read from its source, and the dashboards and alarms for it.
//!
//! | Command | What it prints |
//! |---|---|
//! | `cargo xray view` | the address of a local X-Ray, which it runs |
//! | `cargo xray daemon` | nothing but how it goes: it sends on to AWS what arrives, as the X-Ray daemon does |
//! | `cargo xray tail`, `trace`, `query` | traces of one that runs: as they complete, by id, by filter |
//! | `cargo xray doctor` | what has to be right for traces to arrive, and what to do about what is not |
//! | `cargo xray manifest` | traced names, annotation and metadata keys, metrics and dimensions of a workspace |
//! | `cargo xray dashboard` | a CloudFormation template: a dashboard, groups of traces, sampling rules |
//! | `cargo xray alarms` | a CloudFormation template: alarms on faults, latency and dependencies |
//! | `cargo xray config` | an `xray.toml` with a comment for each key |
//!
//! No AWS account is needed, and nothing is built. For the last four, the way of the data is: `manifest/workspace` (which files) →
//! `manifest/source` (parsed) → `manifest/collector` (what is in them) → [`Manifest`], which is printed, compared, or, together with
//! the [`Config`], made into a template.
//!
//! ```
//! use cargo_xray::{Config, Manifest, template};
//!
//! let mut manifest = Manifest::default();
//! cargo_xray::collect("src/shop.rs", r#"
//!     #[traced(name = "payments", namespace = "remote", annotate(order_id))]
//!     async fn pay(order_id: u64) -> Result<(), Refused> { todo!() }
//! "#, &mut manifest).map_err(|error| error.to_string())?;
//! assert_eq!((&*manifest.traced[0].name, &*manifest.annotations[0].key), ("payments", "order_id"));
//!
//! let config = Config { service: Some("shop".into()), ..Config::default() };
//! let alarms = template::alarms(&config, &manifest).map_err(|error| error.to_string())?;
//! assert!(alarms.text.contains("AWS::CloudWatch::Alarm"));
//! # Ok::<(), String>(())
//! ```

mod ask;
mod cli;
mod clock;
pub mod config;
mod doctor;
mod environment;
mod error;
mod local;
pub mod manifest;
pub mod template;
mod terminal;

pub use cli::main;
pub use config::Config;
pub use error::Error;
pub use manifest::{Manifest, collect};

//! `cargo xray`: what a program tells X-Ray and CloudWatch, read from its source, and the dashboards and alarms for it.
//!
//! | Command | What it prints |
//! |---|---|
//! | `cargo xray manifest` | traced names, annotation and metadata keys, metrics and dimensions of a workspace |
//! | `cargo xray dashboard` | a CloudFormation template: a dashboard, groups of traces, sampling rules |
//! | `cargo xray alarms` | a CloudFormation template: alarms on faults, latency and dependencies |
//! | `cargo xray config` | an `xray.toml` with a comment for each key |
//!
//! Nothing is built or run for it, and no AWS account is needed. The way of the data: `manifest/workspace` (which files) →
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

mod cli;
pub mod config;
mod error;
pub mod manifest;
pub mod template;

pub use cli::main;
pub use config::Config;
pub use error::Error;
pub use manifest::{Manifest, collect};

//! Local X-Ray: daemon protocol in, traces out, no AWS account.
//!
//! ```
//! use std::net::UdpSocket;
//! use std::time::Duration;
//! use xray_collector::{Collector, View, view};
//!
//! let collector = Collector::start("127.0.0.1:0")?;
//! // Any X-Ray SDK would do this, given the address in AWS_XRAY_DAEMON_ADDRESS:
//! let datagram = br#"{"format":"json","version":1}
//! {"name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1710276830.1,"end_time":1710276830.2}"#;
//! UdpSocket::bind("127.0.0.1:0")?.send_to(datagram, collector.local_addr())?;
//!
//! assert!(collector.wait_for_traces(1, Duration::from_secs(5)));
//! for trace in collector.all_traces() {
//!     print!("{}", view::waterfall(&trace, &View::default()));
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

// With all features everything is in use, which is what lints look at. What others leave over, such as limits, stays where it belongs.
#![cfg_attr(not(all(feature = "disk", feature = "forward", feature = "serve")), allow(dead_code, unused_imports, unreachable_code))]

#[cfg(feature = "serve")]
mod api;
mod arrival;
mod clock;
mod collector;
#[cfg(feature = "disk")]
mod disk;
#[cfg(not(feature = "disk"))]
#[path = "disk_off.rs"]
mod disk;
mod facts;
pub mod filter;
#[cfg(feature = "forward")]
mod forward;
#[doc(hidden)]
pub mod fuzzing;
mod graph;
mod ingest;
mod losses;
#[doc(hidden)]
pub mod measure;
#[cfg(feature = "serve")]
mod members;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
#[path = "otlp_off.rs"]
mod otlp;
#[cfg(feature = "serve")]
mod pages;
mod query;
mod rejects;
mod relay;
mod rootcause;
#[cfg(feature = "serve")]
mod sampling;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod stats;
mod store;
mod trace;
mod traces;
pub mod view;

pub use collector::{Collector, DiskStats, Progress, Stats};
#[cfg(feature = "forward")]
pub use forward::{Forward, ForwardOtlp, ForwardXray, Forwarder};
pub use query::{ServiceSummary, Status, TraceSummary, services};
pub use rejects::{Reason, RejectedDatagram, Rejections};
pub use relay::{ForwardStats, Loss};
#[cfg(feature = "serve")]
pub use sampling::check_rules;
#[cfg(feature = "serve")]
pub use serve::Local;
pub use settings::{ServeSettings, Settings};
pub use trace::{Placed, Trace};
pub use view::View;

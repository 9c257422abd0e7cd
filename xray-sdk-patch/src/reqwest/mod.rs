//! reqwest, in each version that is supported: the same code, compiled against each.
//!
//! Under `#[traced]` the calls of a function are recorded by themselves. By hand, `send` takes the place of the method:
//!
//! ```
//! # use xray_sdk_patch as autoxray;
//! # use reqwest_0_13 as reqwest;
//! # use std::io::{Read, Write};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("http://{}/prices?key=secret", listener.local_addr()?);
//! # let server = std::thread::spawn(move || -> std::io::Result<String> {
//! #     let (mut stream, mut request) = (listener.accept()?.0, Vec::new());
//! #     while !request.ends_with(b"\r\n\r\n") {
//! #         let mut byte = [0];
//! #         stream.read_exact(&mut byte)?;
//! #         request.push(byte[0]);
//! #     }
//! #     stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42")?;
//! #     Ok(String::from_utf8_lossy(&request).into_owned())
//! # });
//! # let client = reqwest::Client::new();
//! # let recorder = xray_testkit::TestRecorder::new();
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(recorder.wrap(xray_runtime::segment("shop").try_trace(async {
//! let response = autoxray::reqwest::v0_13::send(client.get(url)).await?;
//! assert_eq!(response.text().await?, "42");
//! # Ok::<(), reqwest::Error>(())
//! # })))?;
//! # recorder.assert_tree("shop\n  127.0.0.1 [remote]");
//! # assert!(server.join().unwrap()?.contains("x-amzn-trace-id: Root=1-"));
//! # assert!(!recorder.documents()[0].contains("secret"));
//! # Ok(())
//! # }
//! ```
//!
//! Each request becomes a subsegment named after the host, and tells the called service of it in the header `X-Amzn-Trace-Id`, also in
//! W3C's `traceparent` if that is set in [`Capture`](xray_runtime::Capture), which says which hosts are told, too. A header that the request
//! has already is left alone. The subsegment holds method, URL (without user, password, query and fragment), status and length; a transport
//! error is a fault. It begins when reqwest's own time-outs do, with the call of `send`, and ends when the body has been read to its end
//! or dropped; in its metadata stands what of that was waiting for headers (`headers_ms`) and what was reading (`body_ms`, `body_bytes`).
//! If the future is dropped before, it is recorded as cancelled; if it never was polled, there was no request, and nothing is recorded.
//!
//! The subsegment stands below what is current where `send` is called: to have it in another one, call it in there, as in
//! `subsegment("prices").trace(async { send(request).await })`.
//!
//! What the program sees is what reqwest gives, but for these:
//!
//! - Where bodies are watched (`Capture::bodies`), an error in the middle of one has two more links of reqwest's own in its chain of sources ("request or response body error"): there
//!   is no other way to look on while a body is read. Kind, text and URL of the error, what lies at the bottom of the chain, and what
//!   `is_timeout` and the like answer, are the same.
//! - Redirects are followed inside of reqwest: they are one call, and carry the header on, also to hosts outside of `propagate_to`.
//! - A trace header among the default headers of a client cannot be seen, and does not go out where ours does.
//! - Calls of the blocking client end with the headers; its bodies cannot be looked at.
// That is the point here.
#![allow(clippy::duplicate_mod)]

#[cfg(feature = "reqwest-middleware")]
mod middleware;

#[cfg(feature = "reqwest-middleware")]
pub use middleware::TraceMiddleware;

/// For reqwest 0.12.
#[cfg(feature = "reqwest-0-12")]
#[path = "."]
pub mod v0_12 {
    use reqwest_0_12 as reqwest;
    #[path = "client/mod.rs"]
    mod client;
    pub use client::*;
}

/// For reqwest 0.13.
#[cfg(feature = "reqwest")]
#[path = "."]
pub mod v0_13 {
    use reqwest_0_13 as reqwest;
    #[path = "client/mod.rs"]
    pub(super) mod client;
    pub use client::*;
}

//! Where documents are sent on to, and how.

use std::fmt;
use std::str::FromStr;

use crate::settings::{FORWARD_AT_ONCE, FORWARD_QUEUE_BYTES};

/// Where documents are sent on to.
#[derive(Clone, Debug)]
pub enum Forward {
    /// To AWS X-Ray, by PutTraceSegments.
    Xray(ForwardXray),
    /// To a receiver of OTLP over HTTP.
    Otlp(ForwardOtlp),
}

/// How documents are sent to AWS X-Ray. What is not given comes from where AWS's SDKs take it: environment, profile, instance.
#[derive(Clone)]
#[non_exhaustive]
pub struct ForwardXray {
    /// Region, for example `eu-west-1`.
    pub region: Option<String>,
    /// Profile in AWS's configuration files.
    pub profile: Option<String>,
    /// Role to take on.
    pub role_arn: Option<String>,
    /// The resource that this runs on, for AWS to see.
    pub resource_arn: Option<String>,
    /// Address of the service, instead of the region's.
    pub endpoint: Option<String>,
    /// Address of an HTTP proxy, instead of the environment's.
    pub proxy: Option<String>,
    /// Key id and secret key, instead of those that are found.
    pub keys: Option<(String, String)>,
    /// Do not ask the instance that this runs on for its region.
    pub is_local: bool,
    /// Requests at a time. 8.
    pub at_once: usize,
    /// Bytes of documents that may wait. 64 MB.
    pub queue: usize,
}

impl Default for ForwardXray {
    fn default() -> Self {
        Self {
            region: None,
            profile: None,
            role_arn: None,
            resource_arn: None,
            endpoint: None,
            proxy: None,
            keys: None,
            is_local: false,
            at_once: FORWARD_AT_ONCE,
            queue: FORWARD_QUEUE_BYTES,
        }
    }
}

/// How documents are sent by OpenTelemetry's protocol, as protocol buffers over HTTP.
#[derive(Clone)]
#[non_exhaustive]
pub struct ForwardOtlp {
    /// Address of the receiver, without `/v1/traces`; for example `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// Headers of each request: names and values.
    pub headers: Vec<(String, String)>,
    /// Compress requests. True.
    pub gzip: bool,
    /// Address of an HTTP proxy, instead of the environment's.
    pub proxy: Option<String>,
    /// Bytes of documents that may wait. 64 MB.
    pub queue: usize,
}

impl ForwardOtlp {
    /// To a receiver at this address.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), headers: Vec::new(), gzip: true, proxy: None, queue: FORWARD_QUEUE_BYTES }
    }
}

/// Without what is secret.
impl fmt::Debug for ForwardXray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, profile, role_arn, endpoint, .. } = self;
        let mut f = f.debug_struct("ForwardXray");
        f.field("region", region).field("profile", profile).field("role_arn", role_arn).field("endpoint", endpoint).finish_non_exhaustive()
    }
}

/// Without what is secret.
impl fmt::Debug for ForwardOtlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForwardOtlp").field("endpoint", &self.endpoint).field("gzip", &self.gzip).finish_non_exhaustive()
    }
}

impl FromStr for Forward {
    type Err = String;

    /// `xray`, `xray:REGION`, or `otlp:URL`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "xray" => {
                let is_label = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if !is_label(rest) || text.ends_with(':') {
                    return Err(format!("`{rest}` is no region: write `xray:eu-west-1`, or `xray` for that of the environment"));
                }
                Ok(Self::Xray(ForwardXray { region: (!rest.is_empty()).then(|| rest.to_owned()), ..ForwardXray::default() }))
            }
            "otlp" => {
                let rest = rest.trim_end_matches('/');
                let host = rest.strip_prefix("http://").or(rest.strip_prefix("https://")).filter(|host| !host.is_empty());
                host.ok_or_else(|| format!("`{rest}` is no address: write `otlp:http://127.0.0.1:4318`"))?;
                Ok(Self::Otlp(ForwardOtlp::new(rest)))
            }
            _ => Err(format!("`{text}` is nothing to forward to: write `xray`, `xray:REGION` or `otlp:URL`")),
        }
    }
}

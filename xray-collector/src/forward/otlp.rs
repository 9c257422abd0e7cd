//! A receiver of OTLP over HTTP at the other end.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use aws_smithy_http_client::Connector;
use aws_smithy_types::body::SdkBody;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Request;
use prost::Message;
use xray_model::document::Document;

use super::aws::{connector, exchange, proxy};
use super::convert;
use super::failure::Failure;
use super::services::Services;
use super::settings::ForwardOtlp;
use super::worker::Taken;
use crate::otlp::message::{self, Response};
use crate::otlp::protobuf_of_text;
use crate::relay::Loss;

#[derive(Debug)]
pub(super) struct Otlp {
    connector: Connector,
    url: String,
    headers: Vec<(String, String)>,
    gzip: bool,
    services: Mutex<Services>,
}

/// What a batch becomes.
struct Translation {
    protobuf: Vec<u8>,
    untranslated: u64,
    why: Option<String>,
}

impl Otlp {
    /// # Errors
    ///
    /// If the address or a header is none.
    pub(super) fn new(settings: &ForwardOtlp) -> Result<Self, String> {
        let base = settings.endpoint.trim_end_matches('/');
        let url = if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") };
        let is_http = url.starts_with("http://") || url.starts_with("https://");
        let uri = url.parse::<http::Uri>().ok().filter(|uri| is_http && uri.host().is_some_and(|host| !host.is_empty()));
        uri.ok_or_else(|| format!("`{base}` is no address: write `http://127.0.0.1:4318`"))?;
        for (name, value) in &settings.headers {
            let is_name = http::HeaderName::try_from(name).is_ok();
            if !is_name || http::HeaderValue::try_from(value).is_err() {
                // Its value may be a secret.
                return Err(format!("the header `{name}` cannot be sent: write `name=value`, several with commas between them"));
            }
        }
        let connector = connector(&proxy(settings.proxy.as_deref(), &url)?);
        Ok(Self { connector, url, headers: settings.headers.clone(), gzip: settings.gzip, services: Mutex::default() })
    }

    pub(super) fn target(&self) -> String {
        format!("OTLP, {}", self.url)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn send(&self, batch: &[Vec<u8>]) -> Result<Taken, Failure> {
        let Translation { protobuf, untranslated, why } = self.translated(batch);
        if protobuf.is_empty() {
            return Ok(Taken { rejected: 0, untranslated, why });
        }
        let answered = exchange(&self.connector, self.request(protobuf)?).await?;
        if !(200..300).contains(&answered.status) {
            return Err(Failure::answered(&answered));
        }
        // Some receivers answer with nothing, or in JSON; then all was taken.
        let partial = Response::decode(&*answered.body).ok().and_then(|response| response.partial_success);
        let said = partial.as_ref().map(|partial| partial.error_message.clone()).filter(|text| !text.is_empty());
        let rejected = partial.map_or(0, |partial| u64::try_from(partial.rejected_spans).unwrap_or(0));
        Ok(Taken { rejected, untranslated, why: why.or(said) })
    }

    fn request(&self, protobuf: Vec<u8>) -> Result<Request<SdkBody>, Failure> {
        let failed = |text: String| Failure::new(Loss::Other, text);
        let mut request = Request::post(&self.url)
            .header("content-type", "application/x-protobuf")
            .header("user-agent", concat!("autoxray/", env!("CARGO_PKG_VERSION")));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = if self.gzip {
            request = request.header("content-encoding", "gzip");
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&protobuf).and_then(|()| encoder.finish()).map_err(|error| failed(error.to_string()))?
        } else {
            protobuf
        };
        request.body(SdkBody::from(body)).map_err(|error| failed(error.to_string()))
    }

    /// Messages of protocol buffers that stand one after the other are one: what came as OTLP goes on as it came.
    fn translated(&self, batch: &[Vec<u8>]) -> Translation {
        let mut result = Translation { protobuf: Vec::new(), untranslated: 0, why: None };
        let mut documents = Vec::new();
        for body in batch {
            let read = match protobuf_of_text(body) {
                Some(Ok(protobuf)) => {
                    result.protobuf.extend_from_slice(&protobuf);
                    continue;
                }
                Some(Err(error)) => Err(error.to_string()),
                None => Document::parse(body).map_err(|error| error.to_string()),
            };
            match read {
                Ok(document) => documents.push(document),
                Err(error) => {
                    result.untranslated += 1;
                    result.why.get_or_insert(error);
                }
            }
        }
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        let request: message::Request = convert::request(&documents, &mut services);
        result.protobuf.extend(request.encode_to_vec());
        result
    }
}

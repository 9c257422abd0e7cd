//! Requests to AWS X-Ray: signed, with the credentials that AWS's SDKs would find.
//!
//! The service's own SDK crate is not used: what clients ask of the daemon is passed on as it came, whatever it is, which that cannot do; and all else
//! is two requests with a few lines of JSON.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_types::service_config::ServiceConfigKey;
use http::Request;
use tokio::sync::Mutex;

use super::ForwardXray;
use super::failure::Failure;
use crate::clock;
use crate::relay::{Answered, Loss};
use crate::settings::{FORWARD_ANSWER_BYTES, FORWARD_TIME};

/// Credentials are got anew this long before they end.
const CREDENTIALS_MARGIN: Duration = Duration::from_secs(300);

/// Sends requests to one service, one region.
#[derive(Debug)]
pub(super) struct Client {
    connector: Connector,
    credentials: Option<SharedCredentialsProvider>,
    last: Mutex<Option<Credentials>>,
    region: String,
    endpoint: String,
}

/// A connector for HTTP and HTTPS, with the proxy that is given or that of the environment.
pub(super) fn connector(proxy: &ProxyConfig) -> Connector {
    let settings = HttpConnectorSettings::builder().connect_timeout(FORWARD_TIME).build();
    Connector::builder()
        .connector_settings(settings)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .proxy_config(proxy.clone())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build()
}

/// No proxy leads to this machine itself.
pub(super) fn proxy(given: Option<&str>, url: &str) -> Result<ProxyConfig, String> {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    match given {
        Some(given) => ProxyConfig::all(given).map_err(|error| format!("`{given}` is no address of a proxy: {error}")),
        None if ["127.", "localhost", "[::1]"].iter().any(|own| host.starts_with(own)) => Ok(ProxyConfig::disabled()),
        None => Ok(ProxyConfig::from_env()),
    }
}

/// Sends a request and reads the answer, both within the time there is for it.
pub(super) async fn exchange(connector: &Connector, request: Request<SdkBody>) -> Result<Answered, Failure> {
    let exchange = async {
        let request = request.try_into().map_err(|error| Failure::connection(&error))?;
        let response = connector.call(request).await.map_err(|error| Failure::connection(&error))?;
        let status = response.status().as_u16();
        let seconds = response.headers().get("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        let error = response.headers().get("x-amzn-errortype").map(String::from);
        let mut stream = ByteStream::new(response.into_body());
        let mut body = Vec::new();
        while let Some(part) = stream.next().await {
            body.extend_from_slice(&part.map_err(|error| Failure::connection(&error))?);
            if body.len() > FORWARD_ANSWER_BYTES {
                return Err(Failure::new(Loss::Other, format!("an answer of more than {FORWARD_ANSWER_BYTES} bytes")));
            }
        }
        Ok(Answered { status, error, retry_after, body })
    };
    match tokio::time::timeout(FORWARD_TIME, exchange).await {
        Ok(done) => done,
        Err(_) => Err(Failure::timed_out(FORWARD_TIME.as_secs())),
    }
}

/// What AWS's SDKs would find, with what was given over it.
async fn load(settings: &ForwardXray, proxy: &ProxyConfig) -> SdkConfig {
    let proxy = proxy.clone();
    let client = Builder::new().build_with_connector_fn(move |settings, _| {
        let builder = Connector::builder().sleep_impl(SharedAsyncSleep::new(TokioSleep::new())).proxy_config(proxy.clone());
        let builder = builder.connector_settings(settings.cloned().unwrap_or_else(|| HttpConnectorSettings::builder().build()));
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    });
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some((id, secret)) = &settings.keys {
        loader = loader.credentials_provider(Credentials::from_keys(id, secret, None));
    }
    match &settings.region {
        Some(region) => loader = loader.region(Region::new(region.clone())),
        None if settings.is_local => {
            let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
            loader = loader.region(chain.or_else(ProfileFileRegionProvider::new()));
        }
        None => {}
    }
    loader.load().await
}

/// The service's address: as given, as AWS's settings say, or the region's.
fn endpoint(settings: &ForwardXray, config: &SdkConfig, region: &str) -> String {
    let key = ServiceConfigKey::builder().service_id("xray").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let said = || config.service_config()?.load_config(key.ok()?);
    let endpoint = settings.endpoint.clone().or_else(|| config.endpoint_url().map(String::from)).or_else(said);
    endpoint.unwrap_or_else(|| of_region(region, config.use_fips() == Some(true))).trim_end_matches('/').to_owned()
}

fn of_region(region: &str, is_fips: bool) -> String {
    let suffix = match region {
        region if region.starts_with("cn-") => "amazonaws.com.cn",
        region if region.starts_with("us-iso-") => "c2s.ic.gov",
        region if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        _ => "amazonaws.com",
    };
    let service = if is_fips { "xray-fips" } else { "xray" };
    format!("https://{service}.{region}.{suffix}")
}

impl Client {
    /// # Errors
    ///
    /// If no region is known, or an address is none.
    pub(super) async fn new(settings: &ForwardXray) -> Result<Self, String> {
        // To find credentials, other hosts are asked than X-Ray's.
        let config = load(settings, &proxy(settings.proxy.as_deref(), "")?).await;
        let region = config.region().map(ToString::to_string).ok_or(
            "no region is known: write `xray:eu-west-1`, or set AWS_REGION, or a region in the profile of AWS's configuration files",
        )?;
        let endpoint = endpoint(settings, &config, &region);
        endpoint.parse::<http::Uri>().map_err(|error| format!("`{endpoint}` is no address: {error}"))?;
        let credentials = match &settings.role_arn {
            Some(role) => {
                let provider = AssumeRoleProvider::builder(role).session_name("autoxray").configure(&config).build().await;
                Some(SharedCredentialsProvider::new(provider))
            }
            None => config.credentials_provider(),
        };
        let connector = connector(&proxy(settings.proxy.as_deref(), &endpoint)?);
        Ok(Self { connector, credentials, last: Mutex::new(None), region, endpoint })
    }

    /// Where it sends to, for people.
    pub(super) fn target(&self) -> String {
        format!("AWS X-Ray, {} ({})", self.region, self.endpoint)
    }

    pub(super) fn url(&self) -> &str {
        &self.endpoint
    }

    /// Sends a request; its answer may be an error of the service.
    pub(super) async fn send(&self, path: &str, body: Vec<u8>) -> Result<Answered, Failure> {
        let request = self.signed(path, body).await?;
        let answered = exchange(&self.connector, request).await?;
        if answered.status == 403 {
            // They may have been taken back before their time.
            *self.last.lock().await = None;
        }
        Ok(answered)
    }

    async fn credentials(&self) -> Result<Credentials, Failure> {
        // Those who give them may be there a moment later.
        let none = |text: String| Failure { may_try_again: true, ..Failure::new(Loss::NoCredentials, text) };
        let mut last = self.last.lock().await;
        let soon = clock::system() + CREDENTIALS_MARGIN;
        if let Some(credentials) = last.as_ref().filter(|known| known.expiry().is_none_or(|end| end > soon)) {
            return Ok(credentials.clone());
        }
        let provider = self.credentials.as_ref().ok_or_else(|| none("no credentials are set up".to_owned()))?;
        let asked = tokio::time::timeout(2 * FORWARD_TIME, provider.provide_credentials()).await;
        let credentials = asked.map_err(|_| none("credentials could not be got in time".to_owned()))?;
        let credentials = credentials.map_err(|error| none(Failure::connection(&error).text))?;
        *last = Some(credentials.clone());
        Ok(credentials)
    }

    async fn signed(&self, path: &str, body: Vec<u8>) -> Result<Request<SdkBody>, Failure> {
        let failed = |text: String| Failure::new(Loss::Other, text);
        let now = clock::system();
        let uri = format!("{}{path}", self.endpoint);
        let identity: Identity = self.credentials().await?.into();
        let params = v4::SigningParams::builder().identity(&identity).region(&self.region).name("xray").time(now);
        let params = params.settings(SigningSettings::default()).build().map_err(|error| failed(error.to_string()))?;
        let headers = [("content-type", "application/json")];
        let request = SignableRequest::new("POST", &uri, headers.into_iter(), SignableBody::Bytes(&body));
        let signed = request.and_then(|request| sign(request, &SigningParams::from(params))).map_err(|error| failed(error.to_string()))?;
        let (instructions, _) = signed.into_parts();
        let mut request = Request::post(uri)
            .header("content-type", "application/json")
            .header("x-amzn-xray-timestamp", clock::today().to_string())
            .header("user-agent", concat!("autoxray/", env!("CARGO_PKG_VERSION")))
            .body(SdkBody::from(body))
            .map_err(|error| failed(error.to_string()))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn regions_have_their_addresses() {
        for (region, expected) in [
            ("eu-west-1", "https://xray.eu-west-1.amazonaws.com"),
            ("cn-north-1", "https://xray.cn-north-1.amazonaws.com.cn"),
            ("us-iso-east-1", "https://xray.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "https://xray.us-isob-east-1.sc2s.sgov.gov"),
        ] {
            assert_eq!(super::of_region(region, false), expected);
        }
        assert_eq!(super::of_region("us-east-1", true), "https://xray-fips.us-east-1.amazonaws.com");
    }
}

//! A target as people write it.

use std::str::FromStr;

use super::{Forward, ForwardXray};

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
                Ok(Self::Otlp(rest.to_owned()))
            }
            _ => Err(format!("`{text}` is nothing to forward to: write `xray`, `xray:REGION` or `otlp:URL`")),
        }
    }
}

//! The daemon's `cfg.yaml`, version 1 or 2.

use std::fs;
use std::path::Path;

use yaml_rust2::{Yaml, YamlLoader};

use super::log::Level;
use crate::Error;

/// What the file says. An empty text and a zero count as not said, as with the daemon.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Config {
    pub(super) buffer_size_mb: Option<u32>,
    pub(super) concurrency: Option<usize>,
    pub(super) endpoint: Option<String>,
    pub(super) region: Option<String>,
    pub(super) udp_address: Option<String>,
    pub(super) tcp_address: Option<String>,
    pub(super) log_rotation: Option<bool>,
    pub(super) log_level: Option<Level>,
    pub(super) log_path: Option<String>,
    pub(super) local_mode: Option<bool>,
    pub(super) resource_arn: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) proxy_address: Option<String>,
}

impl Config {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::new(format!("{} cannot be read: {error}", path.display())))?;
        Self::parse(&path.display().to_string(), &text)
    }

    pub(super) fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let wrong = |what: String| Error::new(format!("{file}: {what}"));
        let documents = YamlLoader::load_from_str(text).map_err(|error| wrong(format!("is no YAML: {error}")))?;
        let mut config = Self::default();
        let mut version = None;
        for (key, value) in pairs(documents.first().unwrap_or(&Yaml::Null)).map_err(wrong)? {
            match key {
                "Version" => version = whole(key, value).map_err(wrong)?,
                "Socket" | "Logging" => {
                    for (inner, value) in pairs(value).map_err(wrong)? {
                        config.set(&format!("{key}.{inner}"), value).map_err(wrong)?;
                    }
                }
                key => config.set(key, value).map_err(wrong)?,
            }
        }
        match version {
            Some(1 | 2) => Ok(config),
            Some(other) => Err(wrong(format!("`Version: {other}` is not known: write `Version: 2`"))),
            None => Err(wrong("`Version` is missing: write `Version: 2`".to_owned())),
        }
    }

    fn set(&mut self, key: &str, value: &Yaml) -> Result<(), String> {
        match key {
            "TotalBufferSizeMB" => self.buffer_size_mb = whole(key, value)?.filter(|size| *size > 0),
            "Concurrency" => self.concurrency = whole(key, value)?.and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0),
            "Endpoint" => self.endpoint = text(key, value)?,
            "Region" => self.region = text(key, value)?,
            "Socket.UDPAddress" => self.udp_address = text(key, value)?,
            "Socket.TCPAddress" => self.tcp_address = text(key, value)?,
            "Logging.LogRotation" => self.log_rotation = flag(key, value)?,
            "Logging.LogLevel" => self.log_level = text(key, value)?.map(|level| level.parse()).transpose()?,
            "Logging.LogPath" => self.log_path = text(key, value)?,
            "LocalMode" => self.local_mode = flag(key, value)?,
            "ResourceARN" => self.resource_arn = text(key, value)?,
            "RoleARN" => self.role_arn = text(key, value)?,
            "Profile" => self.profile = text(key, value)?,
            "ProxyAddress" => self.proxy_address = text(key, value)?,
            "NoVerifySSL" if flag(key, value)? != Some(true) => {}
            "NoVerifySSL" => {
                return Err(
                    "`NoVerifySSL: true` is not supported: certificates are always verified. Take it out, and name the file of an \
                            authority of your own in SSL_CERT_FILE"
                        .to_owned(),
                );
            }
            _ => return Err(format!("`{key}` is not known, or no longer: see the list in the developer guide of X-Ray, and take it out")),
        }
        Ok(())
    }
}

fn pairs(yaml: &Yaml) -> Result<Vec<(&str, &Yaml)>, String> {
    match yaml {
        Yaml::Null => Ok(Vec::new()),
        Yaml::Hash(members) => {
            let named = members.iter().map(|(key, value)| key.as_str().map(|key| (key, value)).ok_or("a key is no text".to_owned()));
            named.collect()
        }
        _ => Err("is no list of keys and values: write one `Key: value` a line".to_owned()),
    }
}

fn text(key: &str, yaml: &Yaml) -> Result<Option<String>, String> {
    match yaml {
        Yaml::Null => Ok(None),
        Yaml::String(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        _ => Err(format!("`{key}` is no text: write it in quotes")),
    }
}

fn whole(key: &str, yaml: &Yaml) -> Result<Option<u32>, String> {
    match yaml {
        Yaml::Null => Ok(None),
        other => other.as_i64().and_then(|number| u32::try_from(number).ok()).map(Some).ok_or(format!("`{key}` is no whole number")),
    }
}

fn flag(key: &str, yaml: &Yaml) -> Result<Option<bool>, String> {
    match yaml {
        Yaml::Null => Ok(None),
        other => other.as_bool().map(Some).ok_or(format!("`{key}` is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemons_own_file_is_read() {
        // As the daemon's packages install it.
        let text = "# Maximum buffer size in MB (minimum 3). Choose 0 to use 1% of host memory.\nTotalBufferSizeMB: 0\nConcurrency: 8\nRegion: \"\"\nEndpoint: \"\"\nSocket:\n  UDPAddress: \"127.0.0.1:2000\"\n  TCPAddress: \"127.0.0.1:2000\"\nLogging:\n  LogRotation: true\n  LogLevel: \"prod\"\n  LogPath: \"\"\nLocalMode: false\nResourceARN: \"\"\nRoleARN: \"\"\nProxyAddress: \"\"\nNoVerifySSL: false\nVersion: 2\n";
        let expected = Config {
            concurrency: Some(8),
            udp_address: Some("127.0.0.1:2000".into()),
            tcp_address: Some("127.0.0.1:2000".into()),
            log_rotation: Some(true),
            log_level: Some(Level::Prod),
            local_mode: Some(false),
            ..Config::default()
        };
        assert_eq!(Config::parse("cfg.yaml", text), Ok(expected));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, what) in [
            ("", "`Version` is missing"),
            ("Version: 3", "`Version: 3` is not known"),
            ("Version: 2\nRegoin: x", "`Regoin` is not known"),
            ("Version: 2\nSocket:\n  BufferSizeKB: 128", "`Socket.BufferSizeKB` is not known"),
            ("Version: 2\nNoVerifySSL: true", "SSL_CERT_FILE"),
            ("Version: 2\nConcurrency: many", "`Concurrency` is no whole number"),
            ("Version: 2\nLocalMode: 7", "`LocalMode` is neither"),
            ("Version: 2\nRegion: [a]", "`Region` is no text"),
            ("Version: 2\nLogging:\n  LogLevel: loud", "dev, debug, info"),
            ("- a\n- b", "`Key: value`"),
            ("a: [", "is no YAML"),
        ] {
            let error = Config::parse("cfg.yaml", text).unwrap_err().to_string();
            assert!(error.starts_with("cfg.yaml: ") && error.contains(what), "{text}: {error}");
        }
    }
}

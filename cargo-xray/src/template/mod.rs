//! CloudFormation templates, made from the configuration and the manifest. Nothing here reads or writes a file.

mod alarms;
mod dashboard;
mod expression;
mod names;
mod widget;
mod xray;

use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::{Error, Manifest};

/// Resources of a template. This and the limits below: "CloudFormation quotas".
const RESOURCES_MAX: usize = 500;
/// Bytes of a template that lies in S3.
const BYTES_MAX: usize = 1_000_000;
/// Bytes of a template that is handed over with the call.
const BYTES_MAX_INLINE: usize = 51_200;

/// A template as text, and what is worth a line to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// JSON, with a line break at its end.
    pub text: String,
    /// Names that were left out, and the like.
    pub notes: Vec<String>,
}

/// The template with the dashboard, the groups of traces and the sampling rules. The configuration has to name the service.
///
/// # Errors
///
/// If the configuration has impossible values, or a limit of AWS is exceeded.
pub fn dashboard(config: &Config, manifest: &Manifest) -> Result<Printed, Error> {
    let service = service(config)?;
    let mut template = Template::new(&format!("Dashboard, groups of traces and sampling rules of {service}, made by cargo xray dashboard"));
    dashboard::add(&mut template, config, service, manifest)?;
    xray::add(&mut template, config, service, manifest)?;
    template.print()
}

/// The template with the alarms. The configuration has to name the service.
///
/// # Errors
///
/// If the configuration has impossible values, or a limit of AWS is exceeded.
pub fn alarms(config: &Config, manifest: &Manifest) -> Result<Printed, Error> {
    let service = service(config)?;
    let mut template = Template::new(&format!("Alarms of {service}, made by cargo xray alarms"));
    alarms::add(&mut template, config, service, manifest)?;
    if template.resources.is_empty() {
        let remedy = "set `enabled = true` for one of `alarms.faults`, `alarms.latency` and `alarms.dependencies`";
        return Err(Error::new(format!("all alarms are switched off, and CloudFormation takes no template without resources: {remedy}")));
    }
    template.print()
}

fn service(config: &Config) -> Result<&str, Error> {
    config.check("the configuration")?;
    let missing = || Error::new("the service has no name: set `service` in xray.toml, or give `--service`");
    config.service.as_deref().ok_or_else(missing)
}

/// A template under construction.
pub(crate) struct Template {
    description: String,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) conditions: Map<String, Value>,
    resources: Map<String, Value>,
    pub(crate) notes: Vec<String>,
}

impl Template {
    fn new(description: &str) -> Self {
        // CloudFormation takes 1,024 bytes.
        let description = description.chars().take(1_000).collect();
        let (parameters, conditions, resources, notes) = Default::default();
        Self { description, parameters, conditions, resources, notes }
    }

    /// Adds a resource, under an id that follows from its role and its name, so that it stays the same whatever else comes and goes.
    pub(crate) fn add(&mut self, role: &str, name: &str, kind: &str, properties: Value) {
        let id = names::logical_id(role, name);
        let mut free = id.clone();
        let mut number = 2;
        while self.resources.contains_key(&free) {
            free = format!("{id}N{number}");
            number += 1;
        }
        self.resources.insert(free, json!({ "Type": kind, "Properties": properties }));
    }

    fn print(self) -> Result<Printed, Error> {
        let count = self.resources.len();
        if count > RESOURCES_MAX {
            let remedy = "switch some of them off in xray.toml, or make one template for each service";
            return Err(Error::new(format!("the template would have {count} resources, CloudFormation takes {RESOURCES_MAX}: {remedy}")));
        }
        let mut root = Map::new();
        root.insert("AWSTemplateFormatVersion".into(), json!("2010-09-09"));
        root.insert("Description".into(), json!(self.description));
        for (name, part) in [("Parameters", self.parameters), ("Conditions", self.conditions)] {
            if !part.is_empty() {
                root.insert(name.into(), Value::Object(part));
            }
        }
        root.insert("Resources".into(), Value::Object(self.resources));
        let text = serde_json::to_string_pretty(&root).map_err(|error| Error::new(format!("the template cannot be written: {error}")))?;
        let (text, mut notes) = (text + "\n", self.notes);
        if text.len() > BYTES_MAX {
            let remedy = "switch off `dashboard.business` or name fewer metrics";
            return Err(Error::new(format!("the template would have {} bytes, CloudFormation takes {BYTES_MAX}: {remedy}", text.len())));
        }
        if text.len() > BYTES_MAX_INLINE {
            let how = "deploy it from a bucket: `aws cloudformation deploy --s3-bucket …`";
            notes.push(format!("the template has {} bytes, more than the {BYTES_MAX_INLINE} that go with a call: {how}", text.len()));
        }
        Ok(Printed { text, notes })
    }
}

#[cfg(test)]
mod tests;

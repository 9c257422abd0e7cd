//! Where the program runs, and what AWS wants to know of it. No secret is shown, and none is read but for whether it is there.

use super::check::Check;
use crate::environment::Environment;

/// What the role of a daemon, or of `--forward xray`, must be allowed. Source: the managed policy AWSXRayDaemonWriteAccess.
pub(super) const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries"
      ],
      "Resource": ["*"]
    }
  ]
}
"#;

/// Files that the AWS CLI and SDKs keep in the user's folder.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) config: Option<String>,
    pub(super) credentials: Option<String>,
}

pub(super) fn permissions() -> Check {
    let seen =
        "a local collector needs none; the X-Ray daemon and `--forward xray` need to put segments and telemetry, and to get sampling rules";
    Check::ok("permissions", seen).with("`cargo xray doctor --policy` prints the policy, or attach AWSXRayDaemonWriteAccess")
}

pub(super) fn region(environment: &Environment, files: &Files) -> Check {
    let name = "region";
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if let Some(region) = environment.text(variable) {
            return Check::ok(name, format!("{}, by {variable}", xray_model::shown(region)));
        }
    }
    let config = files.config.as_deref().unwrap_or_default();
    match key(config, &profile(environment), "region") {
        Some(region) => Check::ok(name, format!("{}, by ~/.aws/config", xray_model::shown(region))),
        None => {
            let remedy = "where documents are to go on to AWS, set AWS_REGION for the daemon";
            Check::ok(name, "none is set here; a local collector needs none").with(remedy)
        }
    }
}

pub(super) fn credentials(environment: &Environment, files: &Files) -> Check {
    let name = "credentials";
    let (has_key, has_secret) = (environment.is_set("AWS_ACCESS_KEY_ID"), environment.is_set("AWS_SECRET_ACCESS_KEY"));
    if has_key != has_secret {
        let (there, missing) = match has_key {
            true => ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            false => ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        };
        return Check::warn(name, format!("{there} is set, and {missing} is not"), format!("set both, or unset {there}"));
    }
    let profile = profile(environment);
    let in_files = || {
        let config = files.config.as_deref().unwrap_or_default();
        let ways = ["aws_access_key_id", "role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file"];
        let in_config = ways.iter().any(|way| key(config, &profile, way).is_some());
        in_config || key(files.credentials.as_deref().unwrap_or_default(), &profile, "aws_access_key_id").is_some()
    };
    let found = match () {
        () if has_key => "in variables".to_owned(),
        () if environment.is_set("AWS_WEB_IDENTITY_TOKEN_FILE") => "by a web identity token".to_owned(),
        () if environment.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") => "by the container's role".to_owned(),
        () if environment.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI") => "by the container's role".to_owned(),
        () if in_files() => format!("in ~/.aws, profile {}", xray_model::shown(&profile)),
        () if environment.is_set("AWS_PROFILE") => {
            let seen = format!("AWS_PROFILE names `{}`, which ~/.aws does not have", xray_model::shown(&profile));
            return Check::warn(name, seen, "set it to a profile that is there, or unset it");
        }
        () => {
            let remedy = "where documents are to go on to AWS, give the daemon some: a role, or `aws configure`";
            return Check::ok(name, "none are set here; a local collector needs none").with(remedy);
        }
    };
    Check::ok(name, format!("found {found}; whether they are valid was not tried"))
}

fn profile(environment: &Environment) -> String {
    environment.text("AWS_PROFILE").unwrap_or("default").to_owned()
}

/// The value of a key of a profile in a file of the AWS CLI.
fn key<'a>(text: &'a str, profile: &str, key: &str) -> Option<&'a str> {
    let mut is_there = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let section = section.trim();
            is_there = section.strip_prefix("profile ").unwrap_or(section).trim() == profile;
        } else if let (true, Some((name, value))) = (is_there, line.split_once('='))
            && name.trim() == key
            && !value.trim().is_empty()
        {
            return Some(value.trim());
        }
    }
    None
}

/// Where the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    Lambda,
    SamLocal,
    Ecs,
    Kubernetes,
    Anywhere,
}

impl Platform {
    pub(super) fn of(environment: &Environment) -> Self {
        let is_sam = environment.text("AWS_SAM_LOCAL").is_some_and(|value| value != "false");
        match () {
            () if environment.is_set("LAMBDA_TASK_ROOT") && is_sam => Self::SamLocal,
            () if environment.is_set("LAMBDA_TASK_ROOT") => Self::Lambda,
            () if environment.is_set("ECS_CONTAINER_METADATA_URI_V4") || environment.is_set("ECS_CONTAINER_METADATA_URI") => Self::Ecs,
            () if environment.is_set("KUBERNETES_SERVICE_HOST") => Self::Kubernetes,
            () => Self::Anywhere,
        }
    }

    pub(super) fn check(self) -> Check {
        let name = "platform";
        match self {
            Self::Lambda => Check::ok(name, "AWS Lambda: it brings its own daemon, and sends the segment of the function itself")
                .with("switch on active tracing for the function"),
            Self::SamLocal => Check::ok(name, "Lambda as SAM runs it: nobody sends the function's segment, so autoxray does"),
            Self::Ecs => Check::ok(name, "Amazon ECS: a daemon runs as a container of the same task, and is at 127.0.0.1:2000 (awsvpc)"),
            Self::Kubernetes => Check::ok(name, "Kubernetes: a daemon runs on each node or as a service"),
            Self::Anywhere => Check::ok(name, "neither Lambda nor ECS nor Kubernetes"),
        }
    }

    /// What else to try where nobody answers.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Lambda => "; on Lambda, switch on active tracing",
            Self::SamLocal => "; from SAM's container, this machine is host.docker.internal",
            Self::Ecs => "; on ECS, add the daemon to the task (with bridge networks by a link, under its name)",
            Self::Kubernetes => "; on Kubernetes, name the daemon's service, such as xray-service.default:2000",
            Self::Anywhere => "",
        }
    }
}

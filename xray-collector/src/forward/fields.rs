//! The fields of a segment as attributes: those of what sent it, and those of its span.

use serde_json::{Map, Value as Json};
use xray_model::document::{AnnotationValue, Aws, Http, Segment, Sql};

use super::put::{Attributes, number};
use crate::otlp::message::{Kind, Resource, Value};

/// Origin, and the platform of OpenTelemetry that is the same.
const PLATFORMS: [(&str, &str); 9] = [
    ("AWS::AppRunner::Service", "aws_app_runner"),
    ("AWS::EC2::Instance", "aws_ec2"),
    ("AWS::ECS::Container", "aws_ecs"),
    ("AWS::ECS::EC2", "aws_ecs"),
    ("AWS::ECS::Fargate", "aws_ecs"),
    ("AWS::EKS::Container", "aws_eks"),
    ("AWS::ElasticBeanstalk::Environment", "aws_elastic_beanstalk"),
    ("AWS::Lambda", "aws_lambda"),
    ("AWS::Lambda::Function", "aws_lambda"),
];

/// Members of the block `aws` of a segment: block, member, attribute of the resource.
const PLACES: [(&str, &str, &str); 18] = [
    ("ec2", "instance_id", "host.id"),
    ("ec2", "availability_zone", "cloud.availability_zone"),
    ("ec2", "instance_size", "host.type"),
    ("ec2", "ami_id", "host.image.id"),
    ("ecs", "container", "container.name"),
    ("ecs", "container_id", "container.id"),
    ("ecs", "container_arn", "aws.ecs.container.arn"),
    ("ecs", "cluster_arn", "aws.ecs.cluster.arn"),
    ("ecs", "task_arn", "aws.ecs.task.arn"),
    ("ecs", "task_family", "aws.ecs.task.family"),
    ("ecs", "launch_type", "aws.ecs.launchtype"),
    ("ecs", "availability_zone", "cloud.availability_zone"),
    ("eks", "cluster_name", "k8s.cluster.name"),
    ("eks", "pod", "k8s.pod.name"),
    ("eks", "container_id", "container.id"),
    ("elastic_beanstalk", "environment_name", "service.namespace"),
    ("elastic_beanstalk", "version_label", "service.version"),
    ("elastic_beanstalk", "deployment_id", "service.instance.id"),
];

/// Members of the block `aws` of a call that have a word in OpenTelemetry; others keep theirs, behind `aws.`.
const CALL: [(&str, &str); 8] = [
    ("bucket_name", "aws.s3.bucket"),
    ("key", "aws.s3.key"),
    ("queue_url", "aws.queue_url"),
    ("retries", "aws.xray.retries"),
    ("stream_name", "aws.kinesis.stream_name"),
    ("table_names", "aws.dynamodb.table_names"),
    ("topic_arn", "aws.sns.topic.arn"),
    ("xray", "aws.xray.sdk"),
];

/// What a segment says of the service that sent it.
pub(super) fn resource(segment: &Segment) -> Resource {
    let mut attributes = Attributes::default();
    attributes.text("service.name", Some(&segment.name).filter(|name| !name.is_empty()).map(String::as_str));
    for (key, value) in &segment.service {
        match &**key {
            "version" => attributes.json("service.version", value),
            "runtime" => attributes.json("process.runtime.name", value),
            "runtime_version" => attributes.json("process.runtime.version", value),
            key => attributes.json(&format!("aws.xray.service.{key}"), value),
        }
    }
    if let Some(origin) = &segment.origin {
        attributes.text("cloud.provider", Some("aws"));
        attributes.text("cloud.platform", PLATFORMS.iter().find(|(known, _)| known == origin).map(|(_, platform)| *platform));
        attributes.text("aws.ecs.launchtype", origin.strip_prefix("AWS::ECS::").filter(|launch| *launch != "Container"));
        attributes.text("aws.xray.origin", Some(origin));
    }
    attributes.text("aws.xray.resource_arn", segment.resource_arn.as_deref());
    if let Some(aws) = &segment.aws {
        blocks(aws, &mut attributes);
    }
    Resource { attributes: attributes.done() }
}

fn blocks(aws: &Aws, attributes: &mut Attributes) {
    if let Some(account) = aws.account_id() {
        attributes.text("cloud.account.id", Some(account));
    }
    for (block, member, key) in PLACES {
        if let Some(value) = aws.fields.get(block).and_then(|block| block.get(member)) {
            attributes.json(key, value);
        }
    }
    if let Some(sdk) = aws.fields.get("xray") {
        for (member, key) in [("sdk", "telemetry.sdk.name"), ("sdk_version", "telemetry.sdk.version")] {
            attributes.text(key, sdk.get(member).and_then(Json::as_str));
        }
    }
    let logs = aws.fields.get("cloudwatch_logs").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    for (member, key) in [("arn", "aws.log.group.arns"), ("log_group", "aws.log.group.names")] {
        attributes.texts(key, logs.iter().filter_map(|log| log.get(member)?.as_str()).map(String::from));
    }
}

/// Adds everything else that a segment says, but its exceptions and links.
pub(super) fn fill(segment: &Segment, kind: Kind, attributes: &mut Attributes) {
    match segment.namespace.as_deref() {
        Some("aws") => {
            attributes.text("rpc.system", Some("aws-api"));
            attributes.text("rpc.service", Some(&segment.name));
            attributes.text("rpc.method", segment.aws.as_ref().and_then(Aws::operation));
        }
        Some("remote") => attributes.text("peer.service", Some(&segment.name)),
        other => attributes.text("aws.xray.namespace", other),
    }
    if let Some(block) = &segment.http {
        http(block, attributes);
    }
    if let Some(aws) = &segment.aws {
        call(aws, kind, attributes);
    }
    if let Some(query) = &segment.sql {
        sql(query, attributes);
    }
    attributes.text("enduser.id", segment.user.as_deref());
    for (key, flag) in [
        ("aws.xray.error", segment.error),
        ("aws.xray.throttle", segment.throttle),
        ("aws.xray.fault", segment.fault),
        ("aws.xray.inprogress", segment.in_progress),
        ("aws.xray.inferred", segment.inferred),
        ("aws.xray.traced", segment.is_traced()),
    ] {
        attributes.flag(key, flag.then_some(true));
    }
    attributes.texts("aws.xray.precursor_ids", segment.precursor_ids.iter().map(ToString::to_string));
    if !segment.other.is_empty() {
        let other: Map<String, Json> = segment.other.clone().into_iter().collect();
        attributes.json("aws.xray.other", &Json::Object(other));
    }
    for (namespace, value) in &segment.metadata {
        attributes.text(&format!("aws.xray.metadata.{namespace}"), Some(&value.to_string()));
    }
    annotations(segment, attributes);
}

fn http(http: &Http, attributes: &mut Attributes) {
    if let Some(request) = &http.request {
        attributes.text("http.request.method", request.method.as_deref());
        attributes.text("url.full", request.url.as_deref());
        attributes.text("user_agent.original", request.user_agent.as_deref());
        attributes.text("client.address", request.client_ip.as_deref());
        attributes.flag("aws.xray.x_forwarded_for", request.x_forwarded_for);
    }
    if let Some(response) = &http.response {
        attributes.integer("http.response.status_code", response.status);
        attributes.integer("http.response.body.size", response.content_length);
    }
}

fn call(aws: &Aws, kind: Kind, attributes: &mut Attributes) {
    let is_segment = kind == Kind::Server;
    let of_resource =
        |key: &str| key == "account_id" || key == "xray" || key == "cloudwatch_logs" || PLACES.iter().any(|place| place.0 == key);
    for (key, value) in aws.fields.iter().filter(|(key, _)| !(is_segment && of_resource(key))) {
        match CALL.iter().find(|(member, _)| member == key) {
            Some((_, known)) => attributes.json(known, value),
            None => attributes.json(&format!("aws.{key}"), value),
        }
    }
}

fn sql(sql: &Sql, attributes: &mut Attributes) {
    let system = sql.database_type.as_deref().map(str::to_lowercase);
    attributes.text("db.system.name", Some(system.as_deref().unwrap_or("other_sql")));
    attributes.text("db.query.text", sql.sanitized_query.as_deref());
    attributes.text("db.connection_string", sql.connection_string.as_deref().or(sql.url.as_deref()));
    attributes.text("db.user", sql.user.as_deref());
    for (key, text) in [
        ("aws.xray.sql.url", &sql.url),
        ("aws.xray.sql.database_version", &sql.database_version),
        ("aws.xray.sql.driver_version", &sql.driver_version),
        ("aws.xray.sql.preparation", &sql.preparation),
    ] {
        attributes.text(key, text.as_deref());
    }
}

/// By their own keys; where such a key is taken, behind `aws.xray.annotation.`. A list says which of the attributes they are.
fn annotations(segment: &Segment, attributes: &mut Attributes) {
    let mut keys = Vec::new();
    for (key, annotation) in &segment.annotations {
        let value = match annotation {
            AnnotationValue::String(text) => Value::Text(text.clone()),
            AnnotationValue::Number(value) => number(value),
            AnnotationValue::Bool(yes) => Value::Bool(*yes),
            AnnotationValue::Invalid(json) => Value::Text(json.to_string()),
        };
        let other = format!("aws.xray.annotation.{key}");
        let key = if attributes.add(key, value.clone()) { key } else { &other };
        if key == &other {
            attributes.add(key, value);
        }
        keys.push(key.clone());
    }
    attributes.texts("aws.xray.annotations", keys);
}

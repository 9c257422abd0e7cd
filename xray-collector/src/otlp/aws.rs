//! AWS: the resource that a service runs on, the call that was made, the database that was asked.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use xray_model::document::{Aws, Sql};

use super::attributes::{Attributes, texts};
use super::http;
use super::message::Span;
use super::segment::{Role, Seen, member};

/// Databases that speak SQL, as the conventions name them, in their older and newer words.
const SQL_SYSTEMS: [&str; 16] = [
    "db2",
    "derby",
    "hive",
    "mariadb",
    "mssql",
    "mysql",
    "oracle",
    "postgresql",
    "sqlite",
    "teradata",
    "other_sql",
    "ibm.db2",
    "microsoft.sql_server",
    "oracle.db",
    "cockroachdb",
    "redshift",
];

pub(super) fn aws(seen: &Seen<'_>, attributes: &mut Attributes<'_>, role: Role) -> Option<Aws> {
    let resource = &seen.resource;
    let is_elsewhere = resource.text("cloud.provider").is_some_and(|provider| provider != "aws");
    let mut fields: BTreeMap<String, Json> = BTreeMap::new();
    if role != Role::Caller {
        fields.extend(call(attributes));
    }
    if is_elsewhere && role.is_segment() {
        return None;
    }
    if role.is_segment() {
        fields.extend(member("account_id", resource.text("cloud.account.id").map(String::from)));
        fields.extend(blocks(resource));
        fields.insert("xray".to_owned(), sdk(resource));
    }
    (!fields.is_empty()).then_some(Aws { fields })
}

/// What was asked of AWS.
fn call(attributes: &mut Attributes<'_>) -> BTreeMap<String, Json> {
    let is_aws = attributes.any_text(&["rpc.system", "rpc.system.name"]) == Some("aws-api") || attributes.text("aws.service").is_some();
    let method = attributes.text("rpc.method").filter(|_| is_aws);
    // The newer conventions write the service in front of it.
    let operation = attributes.text("aws.operation").or(method.map(|method| method.rsplit('/').next().unwrap_or(method)));
    let mut fields = BTreeMap::new();
    fields.extend(member("operation", operation.map(String::from)));
    if is_aws {
        attributes.used(&["rpc.method"]);
    }
    attributes.used(&["aws.operation"]);
    fields.extend(member("account_id", attributes.take_text(&["aws.account_id"])));
    fields.extend(member("region", attributes.take_text(&["aws.region", "cloud.region"])));
    fields.extend(member("request_id", attributes.take_text(&["aws.request_id", "aws.requestId"])));
    fields.extend(member("queue_url", attributes.take_text(&["messaging.url", "aws.sqs.queue.url", "aws.queue_url", "aws.queue.url"])));
    fields.extend(member("bucket_name", attributes.take_text(&["aws.s3.bucket", "aws.bucket.name"])));
    fields.extend(member("key", attributes.take_text(&["aws.s3.key"])));
    fields.extend(member("topic_arn", attributes.take_text(&["aws.sns.topic.arn"])));
    fields.extend(member("stream_name", attributes.take_text(&["aws.kinesis.stream_name", "aws.stream_name"])));
    fields.extend(member("table_name", attributes.take_text(&["aws.table_name", "aws.table.name"])));
    if let Some(tables) = attributes.get("aws.dynamodb.table_names") {
        match texts(tables)[..] {
            [] => {}
            [one] => _ = fields.insert("table_name".to_owned(), json!(one)),
            ref several => {
                fields.remove("table_name");
                fields.insert("table_names".to_owned(), json!(several));
            }
        }
        attributes.used(&["aws.dynamodb.table_names"]);
    }
    fields
}

/// A block of those of its members that the resource has; `None` if there are none.
fn block(resource: &Attributes<'_>, members: &[(&str, &str)]) -> Option<Json> {
    let members: serde_json::Map<_, _> =
        members.iter().filter_map(|(key, name)| Some(((*key).to_owned(), json!(resource.text(name)?)))).collect();
    (!members.is_empty()).then_some(Json::Object(members))
}

/// What it runs on.
fn blocks(resource: &Attributes<'_>) -> BTreeMap<String, Json> {
    let platform = resource.text("cloud.platform").unwrap_or_default();
    let mut blocks = BTreeMap::new();
    let mut add = |key: &str, block: Option<Json>| {
        if let Some(block) = block {
            blocks.insert(key.to_owned(), block);
        }
    };
    let zone = ("availability_zone", "cloud.availability_zone");
    let is_instance = resource.text("host.id").is_some_and(|id| id.starts_with("i-"));
    if platform == "aws_ec2" || is_instance {
        let members = [("instance_id", "host.id"), zone, ("instance_size", "host.type"), ("ami_id", "host.image.id")];
        add("ec2", block(resource, &members));
    }
    if platform == "aws_ecs" {
        let members = [
            ("container", "container.name"),
            ("container_id", "container.id"),
            ("container_arn", "aws.ecs.container.arn"),
            ("cluster_arn", "aws.ecs.cluster.arn"),
            ("task_arn", "aws.ecs.task.arn"),
            ("task_family", "aws.ecs.task.family"),
            ("launch_type", "aws.ecs.launchtype"),
            zone,
        ];
        add("ecs", block(resource, &members));
    }
    if platform == "aws_elastic_beanstalk" && resource.get("service.instance.id").is_some() {
        let members = [("environment_name", "service.namespace"), ("version_label", "service.version")];
        let mut block = block(resource, &members).unwrap_or_else(|| json!({}));
        block["deployment_id"] = json!(resource.integer("service.instance.id").unwrap_or_default());
        add("elastic_beanstalk", Some(block));
    }
    if platform == "aws_eks" || resource.text("k8s.cluster.name").is_some() {
        add("eks", block(resource, &[("cluster_name", "k8s.cluster.name"), ("pod", "k8s.pod.name"), ("container_id", "container.id")]));
    }
    add("cloudwatch_logs", logs(resource));
    blocks
}

/// Log groups, by ARN or else by name. A resource from an environment variable has several in one text, with `&` between.
fn logs(resource: &Attributes<'_>) -> Option<Json> {
    let of = |key: &str| -> Vec<String> {
        let lists = resource.get(key).map(texts).unwrap_or_default();
        lists.iter().flat_map(|list| list.split('&')).filter(|name| !name.is_empty()).map(String::from).collect()
    };
    let arns = of("aws.log.group.arns").into_iter().map(|arn| {
        let group = arn.split(':').nth(6).unwrap_or(&arn).to_owned();
        json!({"arn": arn, "log_group": group})
    });
    let mut groups: Vec<Json> = arns.collect();
    if groups.is_empty() {
        groups = of("aws.log.group.names").into_iter().map(|name| json!({"log_group": name})).collect();
    }
    (!groups.is_empty()).then_some(Json::Array(groups))
}

/// What recorded it.
fn sdk(resource: &Attributes<'_>) -> Json {
    let name = resource.text("telemetry.sdk.name").unwrap_or("opentelemetry");
    let mut block = json!({"sdk": match resource.text("telemetry.sdk.language") {
        Some(language) => format!("{name} for {language}"),
        None => name.to_owned(),
    }});
    if let Some(version) = resource.text("telemetry.sdk.version") {
        block["sdk_version"] = json!(version);
    }
    block["auto_instrumentation"] = json!(resource.any_text(&["telemetry.auto.version", "telemetry.distro.version"]).is_some());
    block
}

/// The kind of resource that it runs on, in X-Ray's words.
pub(super) fn origin(resource: &Attributes<'_>) -> Option<String> {
    if resource.text("cloud.provider").is_some_and(|provider| provider != "aws") {
        return None;
    }
    let origin = match (resource.text("cloud.platform")?, resource.text("aws.ecs.launchtype").map(str::to_ascii_lowercase).as_deref()) {
        ("aws_app_runner", _) => "AWS::AppRunner::Service",
        ("aws_eks", _) => "AWS::EKS::Container",
        ("aws_elastic_beanstalk", _) => "AWS::ElasticBeanstalk::Environment",
        ("aws_ecs", Some("ec2")) => "AWS::ECS::EC2",
        ("aws_ecs", Some("fargate")) => "AWS::ECS::Fargate",
        ("aws_ecs", _) => "AWS::ECS::Container",
        ("aws_ec2", _) => "AWS::EC2::Instance",
        // The exporter leaves functions to Lambda itself, which sends their segments; there is no Lambda here.
        ("aws_lambda", _) => "AWS::Lambda::Function",
        _ => return None,
    };
    Some(origin.to_owned())
}

/// Version and runtime.
pub(super) fn service(resource: &Attributes<'_>) -> BTreeMap<String, Json> {
    let version = resource.any_text(&["service.version", "container.image.tag"]);
    let members = [
        member("version", version.map(String::from)),
        member("runtime", resource.text("process.runtime.name").map(String::from)),
        member("runtime_version", resource.text("process.runtime.version").map(String::from)),
    ];
    members.into_iter().flatten().collect()
}

/// A database's node: its name, and where it is.
pub(super) fn database(attributes: &Attributes<'_>) -> Option<String> {
    let name = attributes.any_text(&["db.name", "db.namespace"])?;
    let url = attributes.text("db.connection_string").map(|url| url.strip_prefix("jdbc:").unwrap_or(url));
    match url.and_then(http::authority) {
        Some(host) => Some(format!("{name}@{host}")),
        None => Some(name.to_owned()),
    }
}

pub(super) fn sql(span: &Span, attributes: &mut Attributes<'_>) -> Option<Sql> {
    let system = attributes.any_text(&["db.system", "db.system.name"])?;
    if !SQL_SYSTEMS.contains(&system) {
        return None;
    }
    let place = attributes.any_text(&["db.connection_string", "server.address", "net.peer.name"]).unwrap_or("localhost");
    let name = attributes.any_text(&["db.name", "db.namespace"]).unwrap_or_default();
    let sql = Sql {
        // X-Ray's console heads the query with it, so the exporter puts the name of the span here.
        url: Some(span.name.clone()),
        connection_string: Some(format!("{place}/{name}")),
        sanitized_query: attributes.any_text(&["db.statement", "db.query.text"]).map(String::from),
        database_type: Some(system.to_owned()),
        user: attributes.text("db.user").map(String::from),
        ..Sql::default()
    };
    let used =
        ["db.system", "db.system.name", "db.connection_string", "db.name", "db.namespace", "db.statement", "db.query.text", "db.user"];
    attributes.used(&used);
    Some(sql)
}

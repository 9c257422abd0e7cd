//! Single events of services that call functions themselves.
//!
//! Sources: "AWS service events" of EventBridge, "Context object" of Step Functions, "Customizing user pool workflows with Lambda
//! triggers", "Custom resource request objects", "Lambda functions as alarm actions", and the chapter on Lambda in the guides of the
//! other services.

use super::picked::Picked;
use super::{Event, arn};

/// EventBridge Scheduler, unless it was given an input of its own, and rules that have a schedule.
pub(super) fn schedule(event: &Picked) -> Option<Event> {
    let service = match event.text("source")? {
        "aws.scheduler" => "scheduler",
        "aws.events" if event.is("detail-type", "Scheduled Event") => "events",
        _ => return None,
    };
    let event = Event { source: "scheduler", ..event_bus(event)? }.annotate("schedule", arn::last(event.text("resources"), service));
    Some(event)
}

pub(super) fn event_bus(event: &Picked) -> Option<Event> {
    let (kind, source) = (event.text("detail-type")?, event.text("source")?);
    let known = || Event::of("eventbridge").name(Some(kind)).annotate("source_name", source).annotate("detail_type", kind);
    event.has("detail").then(known)
}

pub(super) fn alarm(event: &Picked) -> Option<Event> {
    let alarm = event.text("alarmData/alarmName").filter(|_| event.is("source", "aws.cloudwatch"))?;
    Some(Event::of("cloudwatch-alarm").name(event.text("alarmData/state/value")).annotate("alarm", alarm))
}

pub(super) fn logs(event: &Picked) -> Option<Event> {
    event.has("awslogs/data").then(|| Event::of("cloudwatch-logs"))
}

pub(super) fn cognito_user_pool(event: &Picked) -> Option<Event> {
    let (trigger, pool) = (event.text("triggerSource")?, event.text("userPoolId")?);
    // `PreSignUp_AdminCreateUser`: the trigger, and what set it off.
    let kind = trigger.split_once('_').map(|(kind, _)| kind)?;
    Some(Event::of("cognito").name(Some(trigger)).annotate("user_pool", pool).annotate("trigger", kind))
}

pub(super) fn cognito_sync(event: &Picked) -> Option<Event> {
    let pool = event.text("identityPoolId").filter(|_| event.is("eventType", "SyncTrigger") && event.has("datasetName"))?;
    Some(Event::of("cognito").name(event.text("eventType")).annotate("identity_pool", pool).annotate("trigger", "Sync"))
}

/// The context object, as the whole input or as a member of it.
pub(super) fn step_functions(event: &Picked) -> Option<Event> {
    [Some(event), event.at("context"), event.at("Context")].into_iter().flatten().find_map(|context| {
        let machine = arn::name(context.text("StateMachine/Id"), "states")?;
        let execution = arn::last(context.text("Execution/Id"), "states")?;
        let state = context.text("State/Name");
        Some(
            Event::of("step-functions")
                .name(state)
                .annotate("state_machine", machine)
                .annotate("state", state)
                .annotate("execution", execution),
        )
    })
}

pub(super) fn s3_object_lambda(event: &Picked) -> Option<Event> {
    let contexts = [
        ("getObjectContext", "GetObject"),
        ("headObjectContext", "HeadObject"),
        ("listObjectsContext", "ListObjects"),
        ("listObjectsV2Context", "ListObjectsV2"),
    ];
    let name = contexts.iter().find(|(context, _)| event.has(context)).map(|(_, name)| *name)?;
    let point = event.text("configuration/accessPointArn").filter(|_| event.has("xAmzRequestId"))?;
    Some(Event::of("s3-object-lambda").name(Some(name)).annotate("access_point", arn::last(Some(point), "s3-object-lambda")))
}

pub(super) fn cloudformation(event: &Picked) -> Option<Event> {
    let kind = event.text("RequestType").filter(|kind| ["Create", "Update", "Delete"].contains(kind))?;
    let (stack, resource) = (arn::name(event.text("StackId"), "cloudformation")?, event.text("LogicalResourceId")?);
    Some(
        Event::of("cloudformation")
            .name(Some(kind))
            .annotate("stack", stack)
            .annotate("resource_type", event.text("ResourceType"))
            .annotate("logical_resource", resource),
    )
}

pub(super) fn codepipeline(event: &Picked) -> Option<Event> {
    let is_job = event.has("CodePipeline.job/id") && event.has("CodePipeline.job/data");
    is_job.then(|| Event::of("codepipeline").name(Some("CodePipeline.job")))
}

pub(super) fn config(event: &Picked) -> Option<Event> {
    let rule = event.text("configRuleName").filter(|_| event.has("invokingEvent"))?;
    Some(Event::of("config").name(Some(rule)).annotate("config_rule", rule))
}

/// Both versions of Lex.
pub(super) fn lex(event: &Picked) -> Option<Event> {
    let (bot, hook) = (event.text("bot/name")?, event.text("invocationSource")?);
    let intent = event.text("sessionState/intent/name").or(event.text("currentIntent/name"))?;
    Some(Event::of("lex").name(Some(intent)).annotate("bot", bot).annotate("invocation_source", hook))
}

pub(super) fn connect(event: &Picked) -> Option<Event> {
    let channel = event.text("Details/ContactData/Channel").filter(|_| event.is("Name", "ContactFlowExecution"))?;
    Some(
        Event::of("connect")
            .name(event.text("Name"))
            .annotate("channel", channel)
            .annotate("initiation_method", event.text("Details/ContactData/InitiationMethod"))
            .annotate("queue", event.text("Details/ContactData/Queue/Name")),
    )
}

/// Paths are those of the action group's schema, with `{…}` for parameters.
pub(super) fn bedrock_agent(event: &Picked) -> Option<Event> {
    let (agent, group) = (event.text("agent/name")?, event.text("actionGroup").filter(|_| event.has("messageVersion"))?);
    let route = event.text("httpMethod").zip(event.text("apiPath")).map(|(method, path)| format!("{method} {path}"));
    Some(
        Event::of("bedrock-agent")
            .name(event.text("function").or(Some(group)))
            .operation(route)
            .annotate("agent", agent)
            .annotate("action_group", group),
    )
}

/// Rules of IoT send the program's own messages, which are not known; authorizers have a shape.
pub(super) fn iot_authorizer(event: &Picked) -> Option<Event> {
    let is_authorizer = ["signatureVerified", "protocols", "protocolData"].iter().all(|name| event.has(name));
    is_authorizer.then(|| Event::of("iot").name(Some("authorizer")))
}

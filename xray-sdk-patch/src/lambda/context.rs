//! What is known of an invocation, whatever its handler takes.

use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use xray_runtime::lambda::{self, Invocation, OpenInvocation};

use crate::facts::event::Event;

/// What a handler takes: the event, with Lambda's context in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the event of a Lambda function",
    label = "the handler takes this for its event",
    note = "write `async fn handler(event: LambdaEvent<T>) -> Result<R, Error>`; with the feature `lambda-http` of autoxray also \
            `async fn handler(request: lambda_http::Request) -> Result<R, Error>`"
)]
pub trait Handled {
    /// Lambda's context, if the event was made by Lambda.
    fn context(&self) -> Option<&Context>;
}

impl<T> Handled for LambdaEvent<T> {
    fn context(&self) -> Option<&Context> {
        Some(&self.context)
    }
}

/// Begins an invocation, and says of it what is known. `event` is only asked for if that is recorded.
pub(super) fn begin(invocation: Invocation, context: Option<&Context>, event: &mut dyn FnMut() -> Option<Event>) -> OpenInvocation {
    let header = context.and_then(|context| context.xray_trace_id.as_deref());
    let deadline = context.map_or(0, |context| context.deadline);
    let invocation = invocation.header(header).deadline(deadline).begin();
    // What was begun already has been described.
    if invocation.is_outermost() && invocation.is_recording() {
        describe(&invocation, context, event);
    }
    invocation
}

/// The function, as it is in the metadata of an invocation.
#[derive(Debug, Serialize)]
struct Function<'a> {
    name: &'a str,
    version: &'a str,
    memory_mb: i32,
    arn: &'a str,
    request_id: &'a str,
    /// How long the invocation might take when it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_ms: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<&'a str>,
}

fn describe(invocation: &OpenInvocation, context: Option<&Context>, event: &mut dyn FnMut() -> Option<Event>) {
    let function_name = context.map(|context| context.env_config.function_name.clone()).filter(|name| !name.is_empty());
    let function_name = function_name.or_else(|| lambda::function(|function| function.function_name.clone()));
    let service = lambda::service_name().or_else(|| function_name.clone());
    invocation.attach(|values| {
        values.annotate("ColdStart", invocation.is_cold_start());
        // By Powertools' name, and by the one of the others.
        values.annotate("Service", &service);
        values.annotate("service_name", &service);
        values.annotate("function_name", function_name);
        values.annotate("environment", lambda::function(|function| function.environment.clone()));
        if let Some(event) = event() {
            values.annotate("event_source", event.source);
            values.annotate("event_name", event.name);
            values.annotate("operationType", event.operation);
            event.annotations.into_iter().for_each(|(key, value)| values.annotate(key, value));
        }
        if let Some(context) = context.filter(|context| !context.request_id.is_empty()) {
            values.metadata_in("lambda", "function", &function(context, invocation.remaining()));
        }
    });
}

fn function(context: &Context, remaining: Option<Duration>) -> Function<'_> {
    Function {
        name: &context.env_config.function_name,
        version: &context.env_config.version,
        memory_mb: context.env_config.memory,
        arn: &context.invoked_function_arn,
        request_id: &context.request_id,
        remaining_ms: remaining.map(|remaining| remaining.as_millis()),
        tenant_id: context.tenant_id.as_deref(),
    }
}

//! What is known of an invocation, whatever its handler takes.

use lambda_runtime::{Context, LambdaEvent};
use xray_runtime::ToAnnotation;
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

fn describe(invocation: &OpenInvocation, context: Option<&Context>, event: &mut dyn FnMut() -> Option<Event>) {
    let function_name = context.map(|context| &*context.env_config.function_name).filter(|name| !name.is_empty());
    let (service, function_name) = lambda::names(function_name);
    let environment = lambda::function(|function| function.environment.clone());
    let mut seen = None;
    // By itself: it may run the program's code, and what that does must not cost the rest.
    invocation.attach(|_| seen = event());
    invocation.attach(|values| {
        let event = seen;
        let (name, operation) = event.as_ref().map_or((None, None), |event| (event.name.as_deref(), event.operation.as_deref()));
        let texts = [
            // By Powertools' name, and by that of the others.
            ("Service", service.as_deref()),
            ("service_name", service.as_deref()),
            ("function_name", function_name.as_deref()),
            ("environment", Some(&*environment)),
            ("event_source", event.as_ref().map(|event| event.source)),
            ("event_name", name),
            ("operationType", operation),
        ];
        values.annotate("ColdStart", invocation.is_cold_start());
        texts.into_iter().for_each(|(key, text)| values.annotate(key, text));
        event.into_iter().flat_map(|event| event.annotations).for_each(|(key, value)| values.annotate(key, value));
        let Some(context) = context.filter(|context| !context.request_id.is_empty()) else { return };
        let remaining = invocation.remaining().map(|remaining| u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX));
        let facts: [(_, &dyn ToAnnotation); 7] = [
            ("function_name", &context.env_config.function_name),
            ("function_version", &context.env_config.version),
            ("memory_mb", &context.env_config.memory),
            ("function_arn", &context.invoked_function_arn),
            ("request_id", &context.request_id),
            ("remaining_ms", &remaining),
            ("tenant_id", &context.tenant_id),
        ];
        facts.into_iter().for_each(|(key, value)| values.metadata_plain("lambda", key, value));
    });
}

//! One call of an AWS service, from serialisation to the last byte of the response.

use std::borrow::Cow;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_smithy_runtime_api::client::interceptors::DisableInterceptor;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_types::region::{Region, SigningRegion};
use xray_runtime::{
    Namespace, OpenSubsegment, TRACE_HEADER_NAME, TraceHeader, Values, capture, is_enabled, is_in_segment, is_observed, subsegment,
    tell_operator, trace_header,
};

use super::attempts::{Attempts, Phase};
use super::body::Watched;
use super::{describe, failure, meter};
use crate::clock::Moment;
use crate::facts::parameters::Field;
use crate::facts::service::{self, Service};

/// A call that is recorded. It lies in the SDK's config bag for this call, which goes when the caller drops the future, and in the body of
/// the response: whoever is last closes the subsegment.
#[derive(Clone, Debug)]
pub(super) struct Call(Arc<Shared>);

impl Storable for Call {
    type Storer = StoreReplace<Self>;
}

#[derive(Debug)]
struct Shared {
    /// The interceptor that opened it; others leave it alone.
    owner: usize,
    service: Cow<'static, str>,
    operation: String,
    region: Option<String>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Taken when it is closed.
    subsegment: Option<OpenSubsegment>,
    /// That of the attempt under way, if each is to have one.
    attempt: Option<OpenSubsegment>,
    attempts: Attempts,
    /// What is in the parameters' place in the path before the endpoint comes before it.
    path: String,
    /// What to look for in the response; there once the request has been looked at.
    wanted: Option<Vec<&'static Field>>,
    /// Result and facts are there, and only the body is still to be read.
    done: Option<Moment>,
    events: describe::Events,
}

impl Drop for State {
    fn drop(&mut self) {
        // Not done, the caller has dropped the call, which is what the subsegment says when it is dropped.
        if self.done.is_some()
            && let Some(subsegment) = self.subsegment.take()
        {
            subsegment.close();
        }
    }
}

/// Calls that are recorded and not over, anywhere in the process. Where there are none, nothing has to be looked for in the config bag.
static OPEN: AtomicUsize = AtomicUsize::new(0);

impl Drop for Shared {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Relaxed);
    }
}

/// The call that `cfg` is for, if it is recorded.
pub(super) fn of(cfg: &ConfigBag) -> Option<&Call> {
    if OPEN.load(Relaxed) == 0 { None } else { cfg.load::<Call>() }
}

/// Opens the subsegment of a call, unless that is done, or not wanted.
pub(super) fn open(owner: usize, cfg: &mut ConfigBag) {
    if !is_observed() {
        return not_recorded(cfg);
    }
    if of(cfg).is_some() {
        return;
    }
    let Some((service, operation)) = captured(cfg) else { return };
    meter::seen(false);
    let operation = operation.to_owned();
    let subsegment = subsegment(service.name).namespace(Namespace::Aws).open();
    let events = describe::Events::of(&service.id, &operation);
    let state = State {
        subsegment: Some(subsegment),
        attempt: None,
        attempts: Attempts::new(),
        path: String::new(),
        wanted: None,
        done: None,
        events,
    };
    let shared = Shared { owner, service: service.id, operation, region: region(cfg).map(str::to_owned), state: Mutex::new(state) };
    OPEN.fetch_add(1, Relaxed);
    cfg.interceptor_state().store_put(Call(Arc::new(shared)));
}

/// Says so where no segment is current. Where one is not sampled, there is nothing to say.
fn not_recorded(cfg: &mut ConfigBag) {
    if !is_enabled() || is_in_segment() || cfg.load::<Missing>().is_some() {
        return;
    }
    if let Some((service, operation)) = captured(cfg) {
        subsegment(format!("{} {operation}", service.name)).open().discard();
        cfg.interceptor_state().store_put(Missing);
    }
}

/// It has been said of this call that no segment is current.
#[derive(Debug)]
struct Missing;

impl Storable for Missing {
    type Storer = StoreReplace<Self>;
}

/// The request has been made, and is neither signed nor does it have an endpoint: the trace header goes in.
pub(super) fn serialised(owner: usize, request: &mut HttpRequest, cfg: &ConfigBag) {
    let call = of(cfg);
    if call.is_none() && !is_in_segment() {
        return;
    }
    match call {
        Some(call) if call.is_of(owner) => {
            let header = call.state().subsegment.as_ref().and_then(OpenSubsegment::header);
            add(header, &call.0.service, &call.0.operation, request);
        }
        Some(_) => return,
        // Not recorded, but the service has to know.
        None => {
            if let Some((service, operation)) = captured(cfg) {
                add(trace_header(), &service.id, operation, request);
            }
        }
    }
    if let Some(call) = call {
        let mut state = call.state();
        request.uri().clone_into(&mut state.path);
        state.attempts.ready();
        if describe::needs_endpoint(&call.0.service) {
            call.identify(&state);
        } else {
            call.describe(&mut state, request);
        }
    }
}

/// Puts the trace header in, and into messages that carry one.
fn add(header: Option<TraceHeader>, service: &str, operation: &str, request: &mut HttpRequest) {
    let Some(header) = header.map(|header| header.to_text()) else { return };
    describe::carry(service, operation, &header, request);
    // One that the program has set stays. With ours in place, the SDK does not put in what Lambda's environment says.
    if !request.headers().contains_key(TRACE_HEADER_NAME) {
        // What another service has put into the header may be more than HTTP allows; it is then not passed on.
        let _ = request.headers_mut().try_insert("x-amzn-trace-id", header);
    }
}

/// The client does not say which operation this is, or says it where nobody looks any more.
#[cold]
fn too_old() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tell_operator(
            "an AWS client is older than those that are supported, and its calls are not recorded: use the SDK of February 2024 \
             (aws-sdk-dynamodb 1.12 and the like) or newer",
        );
    });
}

/// Service and operation, if calls are captured, and this is one that leaves the program, and no part of tracing itself.
fn captured(cfg: &ConfigBag) -> Option<(Service, &str)> {
    if !capture(|capture| capture.aws) || is_presigned(cfg) {
        return None;
    }
    let Some(metadata) = cfg.load::<Metadata>() else {
        too_old();
        return None;
    };
    let service = Service::told(metadata.service());
    if service::is_tracing(&service.id, metadata.name()) { None } else { Some((service, metadata.name())) }
}

/// Made only to be signed, for somebody else to send. The SDK then takes out what is of no use in a URL.
fn is_presigned(cfg: &ConfigBag) -> bool {
    cfg.load::<DisableInterceptor<InvocationIdInterceptor>>().is_some()
        && cfg.load::<DisableInterceptor<RequestInfoInterceptor>>().is_some()
}

fn region(cfg: &ConfigBag) -> Option<&str> {
    let signing = cfg.load::<SigningRegion>().map(AsRef::as_ref);
    signing.or_else(|| cfg.load::<Region>().map(AsRef::as_ref))
}

impl Call {
    pub(super) fn is_of(&self, owner: usize) -> bool {
        self.0.owner == owner
    }

    /// No code of the program runs under this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_attempt(&self) {
        let mut state = self.state();
        state.attempts.begin();
        if capture(|capture| capture.attempts) {
            state.attempt = state.subsegment.as_ref().map(|call| call.run(|| subsegment("attempt").open()));
        }
    }

    pub(super) fn reached(&self, phase: Phase) {
        self.state().attempts.reached(phase);
    }

    /// Signed, and about to go.
    pub(super) fn sending(&self, request: &HttpRequest) {
        let mut state = self.state();
        state.attempts.reached(Phase::Signed);
        self.describe(&mut state, request);
    }

    /// Attaches what the request says, once.
    fn describe(&self, state: &mut State, request: &HttpRequest) {
        if state.wanted.is_some() {
            return;
        }
        let Some(subsegment) = &state.subsegment else { return };
        let mut wanted = Vec::new();
        let Shared { service, operation, .. } = &*self.0;
        subsegment.attach(|values| {
            self.say_which(values);
            wanted = describe::request(service, operation, &state.path, request, values);
        });
        state.wanted = Some(wanted);
    }

    /// Attaches which call it is, and no more.
    fn identify(&self, state: &State) {
        if let Some(subsegment) = &state.subsegment {
            subsegment.attach(|values| self.say_which(values));
        }
    }

    fn say_which(&self, values: &mut Values) {
        values.aws_text("operation", &self.0.operation);
        if let Some(region) = &self.0.region {
            values.aws_text("region", region);
        }
    }

    /// Keeps the subsegment open until the response's body has been read.
    pub(super) fn watch_body(&self, response: &mut HttpResponse) {
        // Answers in these protocols are never streamed: the SDK reads them to get to its result.
        let is_read_at_once = response.headers().get("content-type").is_some_and(|kind| kind.starts_with("application/x-amz-json"));
        // One in memory is there already, and others may want to look at it.
        if !is_read_at_once && response.body().bytes().is_none() {
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            *response.body_mut() = SdkBody::from_body_1_x(Watched::new(body, self.clone()));
        }
    }

    pub(super) fn end_attempt(&self, response: Option<&HttpResponse>) {
        let status = response.map(|response| response.status().as_u16());
        let attempt = {
            let mut state = self.state();
            state.attempts.end(status);
            state.attempt.take()
        };
        if let Some(attempt) = attempt {
            status.into_iter().for_each(|status| attempt.record_status(status));
            attempt.close();
        }
    }

    /// The SDK has come to a result, which the caller gets next.
    pub(super) fn done(&self, context: &FinalizerInterceptorContextRef<'_>, cfg: &ConfigBag) {
        let mut state = self.state();
        state.done = Some(Moment::now());
        let Some(subsegment) = &state.subsegment else { return };
        subsegment.attach(|values| {
            if state.wanted.is_none() {
                // It came to an end before there was a request.
                self.say_which(values);
            }
            if let Some(retries) = cfg.load::<RequestAttempts>().map(|attempts| attempts.attempts().saturating_sub(1)).filter(|n| *n > 0) {
                values.aws("retries", &retries);
            }
            if let Some(response) = context.response() {
                describe::response(response, state.wanted.as_deref().unwrap_or_default(), values);
            }
            values.metadata_in("aws_sdk", "attempts", state.attempts.list());
        });
        if let Some(Err(error)) = context.output_or_error() {
            match context.response().filter(|_| error.is_operation_error()) {
                Some(response) => describe::reported(response).into_iter().for_each(|failure| subsegment.record_error(failure)),
                None => subsegment.record_error(failure::local(error, !state.path.is_empty())),
            }
        }
        self.close_if_last(state);
    }

    /// Closes, unless the body of the response is still to be read.
    fn close_if_last(&self, mut state: MutexGuard<'_, State>) {
        let subsegment = if Arc::strong_count(&self.0) == 1 { state.subsegment.take() } else { None };
        drop(state);
        subsegment.into_iter().for_each(OpenSubsegment::close);
    }

    /// A piece of the response's body passes by.
    pub(super) fn body_passes(&self, data: &[u8]) {
        self.state().events.pass(data);
    }

    /// The response's body is over. Without a result yet, the SDK has read it to get to one.
    pub(super) fn body_ended(self, bytes: u64, complete: bool, error: Option<&(dyn Error + 'static)>) {
        let mut state = self.state();
        let events = std::mem::take(&mut state.events);
        if let (Some(done), Some(subsegment)) = (state.done, &state.subsegment) {
            let body = describe::Body { bytes, read_ms: done.millis_to(Moment::now()), complete };
            let (fields, failure) = events.finish();
            subsegment.attach(|values| {
                values.metadata_in("aws_sdk", "body", &body);
                describe::attach(&fields, values);
            });
            failure.into_iter().for_each(|failure| subsegment.record_error(failure));
            if let Some(error) = error {
                subsegment.record_error(failure::broken(error));
            }
        }
        drop(state);
    }
}

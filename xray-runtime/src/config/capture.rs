//! Settings for calls of clients.

/// Which calls of clients are captured, and what the services they call are told. Integrations read it; see [`capture`](crate::capture()).
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::Recorder;
///
/// let recorder = Recorder::builder()
///     .capture(|capture| {
///         capture.traceparent = true;
///         capture.propagate_to = vec!["*.shop.internal".into()];
///     })
///     .build();
/// # let _ = recorder;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Capture {
    /// Calls of AWS services. `XRAY_CAPTURE_AWS` and `ENABLE_XRAY_AUTOPATCH` win over it.
    pub aws: bool,
    /// Calls of other services over HTTP. `XRAY_CAPTURE_HTTP` and `ENABLE_XRAY_AUTOPATCH` win over it.
    pub http: bool,
    /// Hosts that are sent the trace header over HTTP, such as `api.example.com` or `*.example.com`; all of them if there is none here. AWS
    /// services always are.
    pub propagate_to: Vec<String>,
    /// Hosts that are known to send segments of their own, written like those in `propagate_to`: their calls are marked `traced`. X-Ray
    /// takes a trace for incomplete until such a segment has arrived.
    pub traced: Vec<String>,
    /// Whether calls over HTTP carry W3C's `traceparent` too.
    pub traceparent: bool,
    /// Whether the bodies of responses over HTTP are watched until they have been read, so that reading them is part of the call.
    pub bodies: bool,
    /// Whether each attempt of an AWS call becomes a subsegment of its own.
    pub attempts: bool,
    /// Whether messages carry the trace header themselves.
    pub carriers: Carriers,
}

/// Services whose messages carry the trace header in their body, besides the HTTP header of the call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Carriers {
    /// The system attribute `AWSTraceHeader` of each message sent to SQS.
    pub sqs: bool,
    /// `TraceHeader` of each entry put on an EventBridge bus.
    pub event_bridge: bool,
    /// `traceHeader` of an execution started in Step Functions.
    pub step_functions: bool,
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            aws: true,
            http: true,
            propagate_to: Vec::new(),
            traced: Vec::new(),
            traceparent: false,
            bodies: true,
            attempts: false,
            carriers: Carriers { sqs: true, event_bridge: true, step_functions: true },
        }
    }
}

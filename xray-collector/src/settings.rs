//! Every limit of the collector.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How much a [`Collector`](crate::Collector) keeps. What is over a limit is dropped and counted in [`Stats`](crate::Stats).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Segments and subsegments in memory; the traces that were quiet longest make room for new ones. 1,000,000.
    pub segments: usize,
    /// Bytes of memory they may take, estimated from their documents. 512 MB.
    pub bytes: usize,
    /// How long a trace is kept after its last document. 6 hours.
    pub age: Duration,
    /// Rejected datagrams kept for display. 50.
    pub rejected: usize,
    /// Receive buffer asked of the operating system, which may give less. 8 MB.
    pub receive_buffer: usize,
    /// Bytes of datagrams that may wait to be read, beyond the receive buffer. 64 MB.
    pub queue: usize,
    /// Folder in which what arrives is kept on disk as well, so that a restart shows it again; it is made if it is not there. `None`. Needs the
    /// feature `disk`. See [`Self::with_data`].
    pub data: Option<PathBuf>,
    /// Bytes of that file; what arrived first makes room. 1 GB.
    pub disk_bytes: u64,
    /// Only send on what arrives, as the daemon does: no trace is kept, and the HTTP side has nothing to show. No.
    pub only_forward: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            segments: 1_000_000,
            bytes: 512 << 20,
            age: Duration::from_secs(6 * 3600),
            rejected: 50,
            receive_buffer: 8 << 20,
            queue: 64 << 20,
            data: None,
            disk_bytes: 1 << 30,
            only_forward: false,
        }
    }
}

impl Settings {
    /// Traces are kept in a folder, too, and for 7 days. The limits of memory stay: beyond them, a trace on disk is found by its id only.
    #[must_use]
    pub fn with_data(self, folder: PathBuf) -> Self {
        Self { data: Some(folder), age: DISK_AGE, ..self }
    }
}

/// How long traces are kept where there is a disk for them.
const DISK_AGE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long the first document of a batch waits for others to be written with: the end of the process by a signal loses what came in that time.
pub(crate) const DISK_BATCH_WAIT: Duration = Duration::from_millis(250);
/// Bytes of documents with which a batch is full.
pub(crate) const DISK_BATCH_BYTES: usize = 16 << 20;
/// Bytes of documents that may wait to be written to disk.
pub(crate) const DISK_QUEUE_BYTES: usize = 128 << 20;
/// How many times the limit the file may be for the moment between writing and deleting.
pub(crate) const DISK_BYTES_OVER: u64 = 2;
/// Documents that are read back at a time.
pub(crate) const DISK_READ_AT_ONCE: usize = 256;
/// Bytes of documents that are read of one trace that is on disk only.
pub(crate) const DISK_TRACE_BYTES_MAX: usize = 32 << 20;
/// Share of the documents that make room at a time.
pub(crate) const DISK_TRIM_PARTS: i64 = 50;
/// Bytes of SQLite's log that are left when it has been worked off.
pub(crate) const DISK_LOG_BYTES: i64 = 64 << 20;

/// Bytes shown of a rejected datagram.
pub(crate) const REJECTED_BYTES_SHOWN: usize = 160;

/// How often the receiver is told to stop until it does, and how long it is waited for in between.
pub(crate) const STOP_ROUNDS_MAX: usize = 2_000;
pub(crate) const STOP_ROUND: Duration = Duration::from_millis(1);

/// Pause after a socket error, so that one that stays does not keep a core busy.
pub(crate) const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

/// A burst of datagrams is over when none came for this long.
pub(crate) const BURST_ROUND: Duration = Duration::from_millis(1);

/// Rounds after which reading begins even if the burst is not over.
pub(crate) const BURST_ROUNDS_MAX: usize = 200;

/// Documents that are kept as they were read until the facts of their trace are made.
pub(crate) const FRESH_DOCUMENTS_MAX: usize = 512;
/// Bytes of JSON of those documents; read, they take several times that.
pub(crate) const FRESH_BYTES_MAX: usize = 1 << 20;

/// Segments and subsegments of one trace, and bytes of JSON of its documents: it is read as a whole whenever more of it arrives, and that takes
/// several times as much memory. X-Ray itself takes 500 KB of a trace.
pub(crate) const TRACE_SEGMENTS_MAX: usize = 100_000;
pub(crate) const TRACE_JSON_BYTES_MAX: usize = 32 << 20;

/// Names of documents that have a dictionary of their own to be compressed with.
pub(crate) const DICTIONARIES_MAX: usize = 256;
/// Bytes of a dictionary.
pub(crate) const DICTIONARY_BYTES_MAX: usize = 4 << 10;
/// Documents for which a dictionary is kept even if it is of little use.
pub(crate) const DICTIONARY_RENEWED_AFTER: u32 = 128;

/// Annotations of a trace that filter expressions see: X-Ray's quota.
pub(crate) const ANNOTATIONS_INDEXED_MAX: usize = 50;
/// Exceptions of a trace that errors are counted by.
pub(crate) const EXCEPTIONS_MAX: usize = 16;
/// Characters of an exception's message that are kept for lists; its trace has it in full.
pub(crate) const MESSAGE_CHARS_MAX: usize = 160;
/// Services of a trace, inferred ones included, that questions see; its timeline has all.
pub(crate) const SERVICES_MAX: usize = 1_000;
/// Links of a trace to others: X-Ray's quota.
pub(crate) const LINKS_MAX: usize = 100;
/// Figures of the business, and service levels, of a trace that are summed up.
pub(crate) const FIGURES_MAX: usize = 50;
/// Traces that are named as examples of an error or a violation.
pub(crate) const EXAMPLES_MAX: usize = 5;
/// Nodes of a service map: X-Ray's quota.
pub(crate) const NODES_MAX: usize = 10_000;
/// Other names under which callers know what they call, of each edge of a service map.
pub(crate) const ALIASES_MAX: usize = 20;

/// Spans of one request of OpenTelemetry's protocol (OTLP) that are looked at: what X-Ray's OTLP endpoint takes.
pub(crate) const OTLP_SPANS_MAX: usize = 10_000;
/// Bytes of one span of OpenTelemetry: what X-Ray's OTLP endpoint takes.
pub(crate) const OTLP_SPAN_BYTES_MAX: usize = 200 << 10;
/// Bytes of what describes the sender in OpenTelemetry's protocol. X-Ray's OTLP endpoint takes 16 KB of protocol buffers; as JSON the same is several times that.
pub(crate) const OTLP_RESOURCE_BYTES_MAX: usize = 64 << 10;
/// Attributes of a span, an event or a resource that are looked at; OpenTelemetry's SDKs send 128 at most unless told otherwise.
pub(crate) const OTLP_ATTRIBUTES_MAX: usize = 512;
/// Events of a span of OpenTelemetry that are kept as metadata.
pub(crate) const OTLP_EVENTS_MAX: usize = 128;

/// Series of metrics that are kept; of those that come in beyond it, only how many is known.
pub(crate) const METRICS_MAX: usize = 5_000;
/// Points of a series that are kept; older ones stay in its sums.
pub(crate) const METRIC_POINTS_MAX: usize = 120;
/// OTLP requests that are worked on at a time; each may be several times larger decompressed.
pub(crate) const OTLP_AT_ONCE_MAX: usize = 4;

/// Documents in one PutTraceSegments: what the daemon sends, and X-Ray takes.
pub(crate) const FORWARD_BATCH: usize = 50;
/// Bytes of documents in one request, unless a single one has more.
pub(crate) const FORWARD_BATCH_BYTES: usize = 4 << 20;
/// How often a batch is tried.
pub(crate) const FORWARD_ATTEMPTS: u32 = 4;
/// Longest pause that a receiver may ask for.
pub(crate) const FORWARD_PAUSE_MAX: Duration = Duration::from_secs(10);
/// Segments and subsegments whose service is remembered, for subsegments that come after it.
pub(crate) const FORWARD_SERVICES_MAX: usize = 20_000;
/// How long a document waits for others to fill a batch with.
pub(crate) const FORWARD_WAIT: Duration = Duration::from_secs(1);
/// Bytes of documents that may wait to be sent on.
pub(crate) const FORWARD_QUEUE_BYTES: usize = 64 << 20;
/// Requests at a time.
pub(crate) const FORWARD_AT_ONCE: usize = 8;
/// How long one request may take.
pub(crate) const FORWARD_TIME: Duration = Duration::from_secs(2);
/// Pause before a request is tried again; it doubles each time.
pub(crate) const FORWARD_PAUSE: Duration = Duration::from_millis(250);
/// How long the end of the program waits for what is on its way.
pub(crate) const FORWARD_STOP: Duration = Duration::from_secs(5);
/// Bytes read of an answer.
pub(crate) const FORWARD_ANSWER_BYTES: usize = 5 << 20;
/// How often AWS is told how it went.
pub(crate) const TELEMETRY_EACH: Duration = Duration::from_secs(60);

/// How the collector answers over HTTP.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ServeSettings {
    /// Names beside `localhost` and the address itself under which it may be asked, without port.
    pub hosts: Vec<String>,
    /// Address of the HTTP side. That of UDP, unless it is given.
    pub tcp: Option<SocketAddr>,
    /// Log files whose lines about a trace are shown with it.
    pub logs: Vec<PathBuf>,
    /// File of sampling rules, as GetSamplingRules answers them or as AWS's SDKs read local ones. It may be edited at any time; rules that are
    /// changed through the API are written to it. Without one there is the rule `Default` until others are made.
    pub rules: Option<PathBuf>,
}

/// Bytes of a request's body: what X-Ray's OTLP endpoint takes.
pub(crate) const BODY_BYTES_MAX: usize = 5 << 20;
/// Connections at a time; more wait.
pub(crate) const CONNECTIONS_MAX: usize = 256;
/// Bytes of the bodies of all requests that are being read or answered; more wait.
pub(crate) const BODIES_BYTES_MAX: usize = 64 << 20;
/// Bytes of a body that is small: all connections together hold no more of these than they may of large ones.
pub(crate) const SMALL_BODY_BYTES: usize = 64 << 10;
/// Larger bodies of X-Ray's operations that are read as JSON at a time; each may take many times its size.
pub(crate) const LARGE_BODIES_AT_ONCE: usize = 2;
/// Questions that are worked on at a time; more wait. What daemons and SDKs send does not wait with them.
pub(crate) const QUESTIONS_AT_ONCE: usize = 4;
/// How long a client may take for the body of its request.
pub(crate) const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// Bytes of the head of a request.
pub(crate) const HEAD_BYTES_MAX: usize = 32 << 10;
/// How long a client may take for the head of its request.
pub(crate) const HEADER_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a client may take to read an answer, from when it no longer goes out at once.
pub(crate) const ANSWER_READ_TIME_MAX: Duration = Duration::from_secs(30);
/// Ports tried for one that is free for both UDP and TCP.
pub(crate) const PORTS_TRIED: usize = 20;
/// Parameters read of an address.
pub(crate) const QUERY_PARAMETERS_MAX: usize = 200;
/// Characters of a filter expression in an address.
pub(crate) const FILTER_CHARS_MAX: usize = 4_000;
/// Characters shown of one text of a document; its raw JSON has it in full.
pub(crate) const SHOWN_CHARS_MAX: usize = 20_000;
/// Characters shown of a name.
pub(crate) const NAME_SHOWN_CHARS_MAX: usize = 120;
/// Characters of a name by which addresses of pages name it.
pub(crate) const KEY_CHARS_MAX: usize = 200;
/// How often an open page looks for new traces.
pub(crate) const LIVE_CHECK: Duration = Duration::from_millis(250);
/// How often it does so before its question is answered with what it knows already.
pub(crate) const LIVE_CHECKS_MAX: usize = 100;
/// Traces on one page of the list.
pub(crate) const TRACES_PER_PAGE: usize = 100;
/// Columns of a chart over time.
pub(crate) const CHART_COLUMNS_MAX: usize = 80;
/// Rows on one page of a timeline.
pub(crate) const ROWS_PER_PAGE: usize = 300;
/// Siblings of one name that share a row of a timeline, until one opens it.
pub(crate) const GROUP_SIZE_MIN: usize = 8;
/// Ids that an address of a timeline may name as folded or open.
pub(crate) const FOLDS_MAX: usize = 64;
/// Levels whose depth a timeline shows by indentation; deeper ones say theirs as a number.
pub(crate) const INDENTED_LEVELS_MAX: usize = 16;
/// Stretches drawn in one row of a timeline.
pub(crate) const STRETCHES_DRAWN_MAX: usize = 60;
/// Lanes of a timeline's overview.
pub(crate) const OVERVIEW_LANES_MAX: usize = 14;
/// Annotations, exceptions, frames and the like that are shown of one segment; its raw JSON has all.
pub(crate) const ENTRIES_SHOWN_MAX: usize = 200;
/// Documents shown on one page of a trace's raw JSON.
pub(crate) const RAW_DOCUMENTS_PER_PAGE: usize = 50;
/// Bytes read from the end of each log file.
pub(crate) const LOG_BYTES_MAX: u64 = 16 << 20;
/// Lines of logs shown with a trace.
pub(crate) const LOG_LINES_MAX: usize = 500;
/// Characters shown of a line of a log.
pub(crate) const LOG_LINE_CHARS_MAX: usize = 2_000;

/// How ARNs of the collector's own groups and rules begin: no region, and an account that nobody has.
pub(crate) const ARN_PREFIX: &str = "arn:aws:xray:local:000000000000:";
/// Bytes of a trace's documents in an answer: X-Ray's quota for a trace.
pub(crate) const TRACE_BYTES_MAX: usize = 500 << 10;
/// Traces that BatchGetTraces gives at a time.
pub(crate) const TRACE_IDS_MAX: usize = 5;
/// Sampling rules beside `Default`: X-Ray's quota.
pub(crate) const RULES_MAX: usize = 25;
/// Bytes of a file of sampling rules.
pub(crate) const RULES_FILE_BYTES_MAX: u64 = 1 << 20;
/// Statistics in one request for sampling targets.
pub(crate) const STATISTICS_MAX: usize = 25;
/// Seconds after which clients report on a rule.
pub(crate) const SAMPLING_INTERVAL_SECONDS: u64 = 10;
/// Seconds for which a client's share of a reservoir counts: longer than the interval, so that it does not lapse before the next report.
pub(crate) const SAMPLING_QUOTA_SECONDS: u64 = 15;
/// Clients of one rule that get a share of its reservoir; one more gets none.
pub(crate) const SAMPLING_CLIENTS_MAX: usize = 1_000;
/// Groups beside `Default`: X-Ray's quota.
pub(crate) const GROUPS_MAX: usize = 25;
/// Groups on a page of GetGroups.
pub(crate) const GROUPS_PAGE: usize = 10;
/// Tags of one group or rule.
pub(crate) const TAGS_MAX: usize = 50;
/// Telemetry records that are kept for display.
pub(crate) const TELEMETRY_MAX: usize = 100;
/// Nodes that the map draws, the busiest; its tables have all.
pub(crate) const NODES_DRAWN_MAX: usize = 400;
/// Nodes and bends of edges that are placed; edges beyond that go straight.
pub(crate) const LAYOUT_VERTICES_MAX: usize = 2_000;
/// Bytes of stack for placing them.
pub(crate) const LAYOUT_STACK: usize = 32 << 20;
/// Pieces of time of a trend in a table.
pub(crate) const TREND_PIECES: usize = 24;
/// Traces that are named beside what they have in common.
pub(crate) const TRACES_LISTED_MAX: usize = 25;
/// Traces, the latest or the slowest, that are read to find out what most of them have as their root cause.
pub(crate) const CAUSE_TRACES_MAX: usize = 100;
/// Root causes that are listed.
pub(crate) const CAUSES_LISTED_MAX: usize = 12;
/// Bars of two histograms beside each other.
pub(crate) const BARS_COMPARED: usize = 40;
/// Rows of a table of statistics.
pub(crate) const ROWS_MAX: usize = 200;
/// Seconds after which a trace that lacks something is told of.
pub(crate) const QUIET_SECONDS: u64 = 60;
/// Bytes of summaries or documents after which a page ends.
pub(crate) const PAGE_BYTES_MAX: usize = 2 << 20;
/// How long traces are looked through for one page; what was found by then is one.
pub(crate) const PAGE_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a question may take that has one answer only.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// Traces, the latest, of which the page about health says what they lack.
pub(crate) const LACKING_TRACES_MAX: usize = 100;
/// Trace summaries on a page.
pub(crate) const SUMMARIES_PAGE: usize = 200;
/// Longest time that trace summaries may be asked for: X-Ray's limit.
pub(crate) const SUMMARIES_TIME_MAX: Duration = Duration::from_secs(24 * 3600);
/// Longest time that a service graph or statistics may be asked for: X-Ray's limit.
pub(crate) const GRAPH_TIME_MAX: Duration = Duration::from_secs(6 * 3600);
/// Services on a page of a graph.
pub(crate) const GRAPH_PAGE: usize = 1_000;
/// Characters of the expression that selects services or edges for statistics.
pub(crate) const SELECTOR_CHARS_MAX: usize = 500;
/// Seconds of a period of statistics if the client names none.
pub(crate) const SERIES_PERIOD_SECONDS: i64 = 60;
/// Periods on a page of statistics.
pub(crate) const SERIES_PAGE: usize = 1_000;
/// Bytes of a filter expression.
pub(crate) const FILTER_BYTES_MAX: usize = 16 << 10;
/// Levels of `!`, parentheses, braces and JSON in a filter expression.
pub(crate) const FILTER_DEPTH_MAX: usize = 32;
/// Characters of a filter expression that its error shows.
pub(crate) const FILTER_SHOWN_CHARS_MAX: usize = 100;
/// Threads that look through traces for one filter.
pub(crate) const FILTER_THREADS_MAX: usize = 4;
/// Traces that one of them takes at a time.
pub(crate) const FILTER_TRACES_AT_ONCE: usize = 4096;
/// Root causes of one kind that a trace has.
pub(crate) const ROOT_CAUSES_MAX: usize = 16;
/// Segments and subsegments on the path of a root cause; of longer ones, those where it began are kept.
pub(crate) const ROOT_CAUSE_ENTITIES_MAX: usize = 100;
/// What is proposed at a time to complete a filter expression.
pub(crate) const SUGGESTIONS_MAX: usize = 30;
/// Traces, the latest, in which values are looked for to propose them.
pub(crate) const SUGGESTION_TRACES_MAX: usize = 10_000;
/// Different values that are counted for that.
pub(crate) const SUGGESTION_VALUES_MAX: usize = 2_000;
/// Traces of one retrieval.
pub(crate) const RETRIEVED_IDS_MAX: usize = 100;
/// Traces on a page of a retrieval.
pub(crate) const RETRIEVED_PAGE: usize = 5;
/// Documents of a trace on a page of a retrieval: X-Ray's limit.
pub(crate) const SPANS_PAGE: usize = 100;
/// Bytes of a document of a retrieval, a little below X-Ray's limit of 200 KB: brackets between subsegments are not counted.
pub(crate) const SPAN_BYTES_MAX: usize = (200 << 10) - 100;
/// Retrievals that can be asked for.
pub(crate) const RETRIEVALS_MAX: usize = 100;

/// Traces whose keys and values are offered for completion: the latest.
pub(crate) const COMPLETED_TRACES_MAX: usize = 2_000;

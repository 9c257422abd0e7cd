//! The provider, for one generation of the SDK's metrics.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Ended, seen};
use super::observability::global::{get_telemetry_provider, set_telemetry_provider};
use super::observability::instruments::{
    AsyncInstrumentBuilder, AsyncMeasure, Histogram, InstrumentBuilder, MonotonicCounter, ProvideInstrument, UpDownCounter,
};
use super::observability::meter::{Meter, ProvideMeter};
use super::observability::{AttributeValue, Attributes, Context, TelemetryProvider};

/// The histogram that the SDK records each call in.
const CALL_DURATION: &str = "smithy.client.call.duration";

/// Puts our provider around the one that is there. `tells_status`: this generation says which calls were answered, so that one that was
/// not even sent (a presigned request) can be told.
pub(in super::super) fn install(tells_status: bool) {
    if let Ok(before) = get_telemetry_provider() {
        let provider = TelemetryProvider::builder().meter_provider(Arc::new(Net { before: Before(before), tells_status })).build();
        // Fails only if somebody else sets one in this moment, who then has it.
        let _ = set_telemetry_provider(provider);
    }
}

/// The provider that was there.
struct Before(Arc<TelemetryProvider>);

impl std::fmt::Debug for Before {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Before").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Net {
    before: Before,
    tells_status: bool,
}

impl ProvideMeter for Net {
    fn get_meter(&self, scope: &'static str, attributes: Option<&Attributes>) -> Meter {
        // Each call that is measured begins so: what was said of one that was not has nothing to do with it.
        seen(false);
        let before = self.before.0.meter_provider().get_meter(scope, attributes);
        Meter::new(Arc::new(Instruments { before: BeforeMeter(before), tells_status: self.tells_status }))
    }
}

struct BeforeMeter(Meter);

impl std::fmt::Debug for BeforeMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BeforeMeter").finish_non_exhaustive()
    }
}

/// Hands every instrument through, and listens at one.
#[derive(Debug)]
struct Instruments {
    before: BeforeMeter,
    tells_status: bool,
}

/// What a builder has been told, told to another.
macro_rules! rebuilt {
    ($new:expr, $given:ident) => {{
        let mut new = $new;
        if let Some(units) = $given.get_units() {
            new = new.set_units(units.clone());
        }
        if let Some(description) = $given.get_description() {
            new = new.set_description(description.clone());
        }
        new.build()
    }};
}

impl ProvideInstrument for Instruments {
    fn create_gauge(
        &self,
        given: AsyncInstrumentBuilder<'_, Arc<dyn AsyncMeasure<Value = f64>>, f64>,
    ) -> Arc<dyn AsyncMeasure<Value = f64>> {
        let callback = given.get_callback();
        rebuilt!(self.before.0.create_gauge(given.get_name().clone(), move |measure| callback(measure)), given)
    }

    fn create_up_down_counter(&self, given: InstrumentBuilder<'_, Arc<dyn UpDownCounter>>) -> Arc<dyn UpDownCounter> {
        rebuilt!(self.before.0.create_up_down_counter(given.get_name().clone()), given)
    }

    fn create_async_up_down_counter(
        &self,
        given: AsyncInstrumentBuilder<'_, Arc<dyn AsyncMeasure<Value = i64>>, i64>,
    ) -> Arc<dyn AsyncMeasure<Value = i64>> {
        let callback = given.get_callback();
        rebuilt!(self.before.0.create_async_up_down_counter(given.get_name().clone(), move |measure| callback(measure)), given)
    }

    fn create_monotonic_counter(&self, given: InstrumentBuilder<'_, Arc<dyn MonotonicCounter>>) -> Arc<dyn MonotonicCounter> {
        rebuilt!(self.before.0.create_monotonic_counter(given.get_name().clone()), given)
    }

    fn create_async_monotonic_counter(
        &self,
        given: AsyncInstrumentBuilder<'_, Arc<dyn AsyncMeasure<Value = u64>>, u64>,
    ) -> Arc<dyn AsyncMeasure<Value = u64>> {
        let callback = given.get_callback();
        rebuilt!(self.before.0.create_async_monotonic_counter(given.get_name().clone(), move |measure| callback(measure)), given)
    }

    fn create_histogram(&self, given: InstrumentBuilder<'_, Arc<dyn Histogram>>) -> Arc<dyn Histogram> {
        let listened = given.get_name() == CALL_DURATION;
        let before = rebuilt!(self.before.0.create_histogram(given.get_name().clone()), given);
        if listened { Arc::new(Listened { before, tells_status: self.tells_status }) } else { before }
    }
}

#[derive(Debug)]
struct Listened {
    before: Arc<dyn Histogram>,
    tells_status: bool,
}

impl Histogram for Listened {
    fn record(&self, seconds: f64, attributes: Option<&Attributes>, context: Option<&dyn Context>) {
        self.before.record(seconds, attributes, context);
        let Some(attributes) = attributes else { return };
        let text = |key| match attributes.get(key) {
            Some(AttributeValue::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let status = match attributes.get("http.status_code") {
            Some(AttributeValue::I64(status)) => u16::try_from(*status).ok(),
            _ => None,
        };
        let error = text("error.type");
        let was_sent = status.is_some() || error.is_some() || !self.tells_status;
        if let (Some(service), Some(operation), true) = (text("rpc.service"), text("rpc.method"), was_sent) {
            let took = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            Ended { service, operation, took, status, error }.record();
        }
    }
}

//! The hooks. Each only calls into [`Call`]: what is known is worked out in `facts`, what is kept lies in the call.
//!
//! A hook of ours never fails the call, whatever happens in it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextMut,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::attempts::Phase;
use super::call::{self, Call};
use super::hooks::hooks;
use super::meter;

/// Makes each call of a client a subsegment of what is current, and sends the trace header along.
///
/// For a client's configuration or a single call:
///
/// ```
/// # fn example(shared_config: &aws_types::SdkConfig) {
/// // aws_sdk_dynamodb::config::Builder::from(shared_config).interceptor(autoxray::aws::interceptor()).build()
/// // client.get_item().customize().interceptor(autoxray::aws::interceptor()).send()
/// # let _ = (shared_config, xray_sdk_patch::aws::interceptor());
/// # }
/// ```
///
/// A call that has several of them, one on the client and one of its own, is recorded once.
#[must_use = "it does nothing until it is added to a client's configuration"]
pub fn interceptor() -> Interceptor {
    Interceptor { not_empty: 0 }
}

/// Records the calls of a client; see [`interceptor`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Interceptor {
    /// Gives each a place of its own in memory, by which a call knows its own.
    not_empty: u8,
}

impl Interceptor {
    /// What this interceptor is told from others by.
    fn id(&self) -> usize {
        std::ptr::from_ref(&self.not_empty).addr()
    }

    /// Hands the call over that this interceptor has opened, if it has.
    fn call(&self, cfg: &ConfigBag, then: impl FnOnce(&Call)) {
        if let Some(call) = call::of(cfg).filter(|call| call.is_of(self.id())) {
            quietly(|| then(call));
        }
    }
}

fn quietly(code: impl FnOnce()) {
    // What our own code panics with is text, and safe to drop.
    let _ = catch_unwind(AssertUnwindSafe(code));
}

hooks! {
impl Intercept for Interceptor {
    fn name(&self) -> &'static str {
        "autoxray"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        quietly(|| call::open(self.id(), cfg));
        Ok(())
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        quietly(|| call::serialised(self.id(), context.request_mut(), cfg));
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, Call::begin_attempt);
        Ok(())
    }

    fn read_before_signing(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.reached(Phase::Resolved));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.sending(context.request()));
        Ok(())
    }

    fn read_after_transmit(
        &self,
        _: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.reached(Phase::Responded));
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.watch_body(context.response_mut()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.end_attempt(context.response()));
        Ok(())
    }

    fn modify_before_completion(
        &self,
        _: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The metrics come in the next phase, before or after our own hook there.
        self.call(cfg, |_| meter::seen(true));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.call(cfg, |call| call.done(context, cfg));
        Ok(())
    }
}
}

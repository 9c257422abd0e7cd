//! xray-lite: a session per function, made by hand.
//!
//! It sends two datagrams per subsegment (begun, ended), has no annotations, makes no segments, and its public API cannot
//! put one subsegment below another: all 13 become children of the segment that Lambda announced. No sampling either;
//! `Disabled` is its "infallible" context without a client.

use std::sync::OnceLock;

use xray_lite::{Context, CustomNamespace, DaemonClient, InfallibleContext, IntoInfallibleContext as _, SubsegmentContext};

use super::{Big, Executor, Frames, Setup, Subject};
use crate::cases::Mode;

static CONTEXT: OnceLock<InfallibleContext<SubsegmentContext<DaemonClient>>> = OnceLock::new();

fn context() -> &'static impl Context {
    CONTEXT.get().expect("set up before the tree runs")
}

async fn root(id: u32) -> u32 {
    let _session = context().enter_subsegment(CustomNamespace::new("root"));
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
    }
    sum
}

async fn mid(id: u32) -> u32 {
    let _session = context().enter_subsegment(CustomNamespace::new("mid"));
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
    }
    sum
}

async fn leaf(id: u32) -> u32 {
    let _session = context().enter_subsegment(CustomNamespace::new("leaf"));
    std::hint::black_box(id).wrapping_add(1)
}

async fn big(bytes: Big) -> u32 {
    let _session = context().enter_subsegment(CustomNamespace::new("big"));
    u32::from(std::hint::black_box(bytes)[0])
}

struct XrayLite;

impl Subject for XrayLite {
    fn run(&mut self, executor: &Executor, trees: u32) {
        executor.repeat(trees, root);
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    let context = if setup.case.mode == Mode::Disabled {
        InfallibleContext::Noop
    } else {
        let client = DaemonClient::new(setup.daemon).expect("xray-lite's client");
        SubsegmentContext::from_lambda_env(client).into_infallible()
    };
    assert!(CONTEXT.set(context).is_ok(), "set up once");
    Box::new(XrayLite)
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&leaf(1)), mid: size_of_val(&mid(1)), big: size_of_val(&big([0; 1024])) }
}

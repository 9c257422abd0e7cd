//! autoxray: `#[autoxray::traced]` and nothing else. Address, sampling and the switch come from the environment.

use super::{Big, Executor, Frames, Setup, Subject};
use crate::cases::Mode;

mod plain {
    #[autoxray::traced(segment = "bench")]
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[autoxray::traced]
    pub async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[autoxray::traced]
    pub async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

mod values {
    #[autoxray::traced(segment = "bench")]
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[autoxray::traced]
    async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[autoxray::traced(annotate(post_id = id))]
    async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

/// The root without a segment: what is below it finds nothing to record into.
#[autoxray::traced]
async fn orphan(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(plain::mid(id.wrapping_add(i)).await);
    }
    sum
}

#[autoxray::traced]
async fn big(bytes: Big) -> u32 {
    u32::from(std::hint::black_box(bytes)[0])
}

struct Autoxray {
    mode: Mode,
    values: bool,
}

impl Subject for Autoxray {
    fn run(&mut self, executor: &Executor, trees: u32) {
        match (self.mode, self.values) {
            (Mode::NoRoot, _) => executor.repeat(trees, orphan),
            (_, false) => executor.repeat(trees, plain::root),
            (_, true) => executor.repeat(trees, values::root),
        }
    }

    /// Segments and subsegments in documents that the socket took.
    fn exported(&self) -> Option<u64> {
        let stats = autoxray::stats();
        Some(stats.segments + stats.subsegments)
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    Box::new(Autoxray { mode: setup.case.mode, values: setup.case.values })
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&plain::leaf(1)), mid: size_of_val(&plain::mid(1)), big: size_of_val(&big([0; 1024])) }
}

//! The tree without tracing: what every other case is compared with.

use super::{Big, Executor, Frames, Subject};

async fn root(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
    }
    sum
}

async fn mid(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
    }
    sum
}

async fn leaf(id: u32) -> u32 {
    std::hint::black_box(id).wrapping_add(1)
}

async fn big(bytes: Big) -> u32 {
    u32::from(std::hint::black_box(bytes)[0])
}

struct Bare;

impl Subject for Bare {
    fn run(&mut self, executor: &Executor, trees: u32) {
        executor.repeat(trees, root);
    }
}

pub fn subject() -> Box<dyn Subject> {
    Box::new(Bare)
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&leaf(1)), mid: size_of_val(&mid(1)), big: size_of_val(&big([0; 1024])) }
}

//! `unsafe` means what it means in each edition.
#![deny(warnings)]
#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc, clippy::missing_const_for_fn)]

use autoxray::traced;

#[traced]
unsafe fn read(from: *const u8) -> u8 {
    *from
}

#[traced]
unsafe fn read_in_closure(from: *const u8, n: String) -> usize {
    let read = || *from;
    usize::from(read()) + n.len()
}

#[traced]
async unsafe fn read_later(from: &u8) -> u8 {
    let from: *const u8 = from;
    *from
}

#[traced]
unsafe extern "C" fn foreign(n: u8) -> u8 {
    n
}

struct Reader(*const u8);

#[traced]
impl Reader {
    unsafe fn read(&self) -> u8 {
        *self.0
    }
}

#[traced]
unsafe trait Trusted {
    unsafe fn read(&self) -> u8 {
        read(&1)
    }
}

#[traced]
unsafe impl Trusted for Reader {}

#[traced]
#[cfg_attr(target_arch = "x86_64", target_feature(enable = "sse2"))]
unsafe fn with_feature(n: u8) -> u8 {
    n
}

fn main() {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    unsafe {
        assert_eq!(read(&1), 1);
        assert_eq!(read_in_closure(&1, "a".into()), 2);
        assert!(std::pin::pin!(read_later(&1)).as_mut().poll_it(&mut context));
        assert_eq!(foreign(1) + Reader(&1).read() + Trusted::read(&Reader(&1)) + with_feature(1), 4);
    }
}

trait Poll {
    fn poll_it(self, context: &mut std::task::Context<'_>) -> bool;
}

impl<F: std::future::Future<Output = u8>> Poll for std::pin::Pin<&mut F> {
    fn poll_it(self, context: &mut std::task::Context<'_>) -> bool {
        self.poll(context) == std::task::Poll::Ready(1)
    }
}

//! Futures that cannot be sent to another thread.
#![allow(dead_code, unused)]
use std::rc::Rc;

fn send<T: Send>(_: T) {}

async fn wait() {}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn holds_local() {
    let a = Rc::new(1);
    wait().await;
    drop(a);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn holds_argument(a: Rc<u8>) {
    wait().await;
    drop(a);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn holds_reference(a: &std::cell::Cell<u8>) {
    wait().await;
    a.set(1);
}

fn main() {
    send(holds_local());
    send(holds_argument(Rc::new(1)));
    send(holds_reference(&std::cell::Cell::new(1)));
}

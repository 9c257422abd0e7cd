//! Programs that type-check, and are wrong about something that may be a call of a client.
#![allow(dead_code)]
#![warn(unused)]
use std::rc::Rc;

struct Request(Rc<u8>);
impl Request {
    async fn send(self) -> Result<u32, String> {
        Ok(1)
    }
    fn text(self, _: &str) -> Self {
        self
    }
}
struct Port(u32);
impl Port {
    fn send(&mut self) -> &mut u32 {
        &mut self.0
    }
    fn execute(&self, _: u32) -> u32 {
        1
    }
}
fn request() -> Request {
    Request(Rc::new(1))
}
fn needs_send<T: Send>(_: T) {}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn used_after_it_was_sent(place: Request) {
    let _ = place.send().await;
    let _ = place.send().await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn moved_in_a_chain(place: Request) {
    let _ = place.text("a").send().await;
    let _ = place.text("b").send().await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn not_mutable(port: Port) {
    port.send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn behind_a_reference(port: &Port) {
    port.send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn moved_out_of_a_reference(requests: &(Request, u8)) {
    let _ = requests.0.send().await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn borrowed_twice(mut port: Port) -> u32 {
    let one = port.send();
    let two = port.send();
    *one + *two
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn lent_too_long<'a>() -> &'a mut u32 {
    let mut port = Port(1);
    port.send()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn lent_too_long_in_a_chain<'a>() -> &'a mut u32 {
    std::convert::identity(Port(1)).send()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn is_not_send() {
    needs_send(async {
        let _ = request().send().await;
    });
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn thread_borrows() {
    let text = String::new();
    std::thread::spawn(|| text.len());
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn thread_is_not_send() {
    let one = Rc::new(1);
    std::thread::spawn(move || drop(one));
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_variables(port: Port) {
    let left = 3;
    let mut fine = port;
    fine.send();
    let mut never = Port(2);
    let seven = 7;
    let _ = never.execute(seven);
}

fn main() {}

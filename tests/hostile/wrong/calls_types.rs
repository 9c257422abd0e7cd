//! Programs that are wrong about something that may be a call of a client.
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
    fn execute(&self, _: u32) -> u32 {
        1
    }
}
struct Port;
impl Port {
    fn send(&mut self) -> u32 {
        1
    }
    #[must_use]
    fn execute(&self, _: u32) -> u32 {
        1
    }
}
struct FooClient;
impl FooClient {
    fn new(_: &str) -> Self {
        FooClient
    }
}
fn request() -> Request {
    Request(Rc::new(1))
}
fn needs_send<T: Send>(_: T) {}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn no_such_method() {
    5_u8.send();
    let place = 5_u8;
    place.send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn no_such_method_in_a_chain() {
    request().txt("a").send();
    String::new().send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_argument() {
    let _ = request().text(5).send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn not_awaited() {
    request().send();
    let place = request();
    place.send();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn not_looked_at() {
    request().send().await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn must_be_used(port: &Port) {
    let one = 1;
    port.execute(one);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_result() -> String {
    request().send()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn wrong_result_of_a_place(place: Request) -> String {
    let result: u8 = place.send().await;
    result
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_execute(place: Request) -> u32 {
    let text = "text";
    place.execute(text)
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_client() -> FooClient {
    let five = 5;
    FooClient::new(&five)
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unknown_type() {
    let request = Default::default();
    request.send();
}

fn main() {}

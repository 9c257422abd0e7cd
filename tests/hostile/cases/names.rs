//! Generated code finds what it needs whatever the user's names mean.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, non_snake_case, macro_expanded_macro_exports_accessed_by_absolute_paths)]

mod std {}
mod core {}
mod alloc {}
mod autoxray {}
mod xray_runtime {}
mod __rt {}

macro_rules! nothing {
    ($($name:ident)*) => {$(
        #[allow(unused_macros)]
        macro_rules! $name { ($d:tt) => { compile_error!("not this one") }; () => { compile_error!("not this one") } }
    )*};
}
nothing!(file line module_path concat stringify format_args matches assert outcome value failure);

struct Option;
struct Result;
struct Some;
struct None;
struct Ok;
struct Err;
struct Box;
struct String;
struct Vec;
struct Pin;
struct Future;
struct Send;
struct FnOnce;
struct Fn;
struct Drop;
struct Into;
struct Site;
struct Values;
struct Probe;
struct ErrOfResult;
struct u32;
struct str;
struct bool;
fn sync() {}
fn future() {}
fn values() {}
fn typed() {}
fn call() {}
fn drop() {}
static __O: () = ();

static __GUARD: () = ();



struct Choice;
struct Held;
struct Port;
fn dead() {}
fn open() {}
fn choose() {}
fn seen() {}
fn task() {}
mod probe {}
impl Port {
    fn send(self) -> Port {
        self
    }
    fn execute(&self, port: Port) -> Port {
        port
    }
    fn new(_: &Port) -> Port {
        Port
    }
    fn customize(&self) {}
    fn interceptor(&self) {}
}
type PortClient = Port;

#[::autoxray::traced]
fn calls(port: Port) -> Port {
    let (config, probe) = (Port, Port);
    let made = PortClient::new(&config);
    let sent = port.send().send().execute(config).send();
    sent.execute(made);
    sent.execute(probe).send()
}

#[::autoxray::traced]
fn sync_function(a: u32, _: String, (b, _): (Box, Vec)) -> ::std::result::Result<u32, String> {
    let _ = &b;
    if false {
        return ::std::result::Result::Err(String);
    }
    ::std::result::Result::Ok(a)
}

#[::autoxray::traced(annotate(a = 1, b = failure, c = Probe.n(), failure, probe), metadata(failure, __v = 1, n = Probe.n()), segment = "x")]
fn values_function(failure: u8, probe: &::core::primitive::str) -> u8 {
    let _ = probe;
    failure
}

impl Probe {
    #[::autoxray::traced(annotate(kind = Self::kind()))]
    fn n(self) -> u8 {
        Self::kind()
    }
    fn kind() -> u8 {
        1
    }
}

#[::autoxray::traced(annotate(a = 1), metadata(a = 1))]
async fn async_function(a: u32, _: String, (b, _): (Box, Vec)) -> ::core::option::Option<u32> {
    let _ = &b;
    ::core::option::Option::Some(a)
}

#[::autoxray::traced]
async fn never() -> ! {
    ::std::process::exit(1)
}

#[::autoxray::traced(annotate(a = 1))]
fn opaque(a: u32) -> impl ::std::future::Future<Output = u32> {
    ::std::future::ready(a)
}

#[::autoxray::traced(annotate(a = 1))]
fn boxed(a: u32) -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u32>>> {
    let _ = 1;
    ::std::boxed::Box::pin(::std::future::ready(a))
}

#[::autoxray::traced]
#[track_caller]
fn located() {}

#[::autoxray::traced(namespace = "aws")]
mod inside {
    fn f() {}
}

#[::autoxray::traced]
impl Site {
    fn f(&self) {}
}

/// Names of ours that are the user's arguments.
#[::autoxray::traced(annotate(__o, __v, argument0))]
fn same_names(__o: u8, __v: u8, argument0: u8, Xs { x: argument1 }: Xs, __guard: Site) -> u8 {
    let _ = __guard;
    __o + __v + argument0 + argument1
}

struct Xs {
    x: u8,
}

#[::autoxray::business_metric(name = "x", value = ret.len(), dimensions(place = "a", b = __d), resolution = 1)]
#[::autoxray::business_metric(name = "y", value = n, when = always)]
#[::autoxray::traced(sla = "1s")]
fn measured(__d: u8, n: u8) -> &'static ::core::primitive::str {
    let _ = (__d, n);
    "x"
}

#[::autoxray::business_metric(name = "z", value = duration, when = err)]
async fn measured_future(_: Site, Xs { x }: Xs) -> ::core::result::Result<u8, u8> {
    if x == 0 { ::core::result::Result::Err(x) } else { ::core::result::Result::Ok(x) }
}

fn main() {}

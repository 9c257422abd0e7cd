//! Ordinary code that was once changed by being traced.

use std::cell::Cell;
use std::panic::{Location, catch_unwind};

use autoxray::traced;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Config, Region};
use aws_types::SdkConfig;

/// Counts by value, so that a copy would count for itself.
#[derive(Clone, Copy)]
struct Counter(u32);

impl Counter {
    fn send(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

struct Holder {
    counter: Counter,
}

macro_rules! counter_of {
    ($holder:ident) => {
        $holder.counter
    };
}

#[traced]
fn sends_through_a_macro(holder: &mut Holder) -> u32 {
    counter_of!(holder).send();
    counter_of!(holder).send()
}

#[test]
fn a_macro_may_stand_for_a_place() {
    let mut holder = Holder { counter: Counter(0) };
    assert_eq!((sends_through_a_macro(&mut holder), holder.counter.0), (2, 2));
}

/// Looks like a generated client, and holds more.
mod wrapped {
    use super::{Builder, Config, SdkConfig};

    pub(super) struct Client {
        inner: aws_sdk_dynamodb::Client,
        pub(super) table: &'static str,
    }

    impl Client {
        pub(super) fn new(config: &SdkConfig) -> Self {
            Self { table: "orders", ..Self::from_conf(Builder::from(config).build()) }
        }

        pub(super) fn from_conf(config: Config) -> Self {
            Self { inner: aws_sdk_dynamodb::Client::from_conf(config), table: "" }
        }

        pub(super) fn config(&self) -> &Config {
            self.inner.config()
        }
    }
}

/// The same without `from_conf`.
mod bare {
    use super::{Config, SdkConfig};

    pub(super) struct Client(aws_sdk_dynamodb::Client);

    impl Client {
        pub(super) fn new(config: &SdkConfig) -> Self {
            Self(aws_sdk_dynamodb::Client::new(config))
        }

        pub(super) fn config(&self) -> &Config {
            self.0.config()
        }
    }
}

#[traced]
fn wraps(config: &SdkConfig) -> (&'static str, bool) {
    let (wrapped, bare) = (wrapped::Client::new(config), bare::Client::new(config));
    (wrapped.table, wrapped.config().region() == bare.config().region())
}

#[test]
fn wrappers_of_clients_stay_what_they_are() {
    let region = Region::new("eu-west-1");
    let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).region(region).build();
    assert_eq!(wraps(&config), ("orders", true));
}

/// Clients by name only.
struct GenClient<T>(T);

impl<T: Clone> GenClient<T> {
    fn new(from: &T) -> Self {
        Self(from.clone())
    }
}

struct OddClient(u32);

impl OddClient {
    fn new(from: &u32) -> Self {
        Self::from_conf(*from, 1)
    }

    fn from_conf(from: u32, more: u32) -> Self {
        Self(from + more)
    }
}

struct Pool;

impl Pool {
    fn spawn(&self, work: Box<dyn Fn(&u32) -> u32>) -> u32 {
        work(&1)
    }
}

#[traced]
fn infers() -> (u32, u32, u32) {
    let number = "5".parse().unwrap();
    let client = GenClient::new(&number);
    let pool = Pool;
    (client.0, OddClient::new(&client.0).0, pool.spawn(Box::new(|one| *one + 1)))
}

#[test]
fn types_come_from_where_they_came_from() {
    assert_eq!(infers(), (5, 6, 2));
}

struct Placed;

impl Placed {
    #[track_caller]
    fn execute(&self, _: u32) -> u32 {
        Location::caller().line()
    }

    #[track_caller]
    fn send(&self) -> u32 {
        Location::caller().line()
    }
}

#[traced]
fn places(placed: &Placed, number: u32) -> [u32; 4] {
    let before = line!();
    let sent = placed.send();
    let executed = placed.execute(number);
    [before, sent, executed, line!()]
}

#[test]
fn calls_are_where_they_were() {
    let [before, sent, executed, after] = places(&Placed, 1);
    assert_eq!((sent, executed, after), (before + 1, before + 2, before + 3));
}

#[traced]
fn divides(zero: &Zero) -> u32 {
    1 / zero.send()
}

struct Zero;

impl Zero {
    fn send(&self) -> u32 {
        0
    }
}

thread_local! {
    static PANICKED_AT: Cell<u32> = const { Cell::new(0) };
}

#[test]
fn a_panic_is_where_it_was() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICKED_AT.set(info.location().map_or(0, Location::line));
        before(info);
    }));
    catch_unwind(|| divides(&Zero)).unwrap_err();
    assert_eq!(PANICKED_AT.get(), 169);
}

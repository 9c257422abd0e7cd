//! What the program does on an ordinary day, once without a word of tracing and once with.

use std::panic::catch_unwind;

use autoxray::{
    Context, ContextMissing, Recorder, Sampling, StdoutExporter, TraceHeader, annotate, is_enabled, metadata, segment, stats, subsegment,
    trace_header, traced,
};

/// The same functions under two sets of attributes.
macro_rules! orders {
    ($module:ident, $items:ident, { $($segment:tt)* }, { $($function:tt)* }) => {
        pub mod $module {
            #[allow(unused_imports)]
            use super::*;

            #[derive(Debug)]
            pub enum Refused {
                Empty,
                TooLarge(u32),
            }

            impl std::fmt::Display for Refused {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match self {
                        Self::Empty => f.write_str("nothing ordered"),
                        Self::TooLarge(items) => write!(f, "{items} are too many"),
                    }
                }
            }

            impl std::error::Error for Refused {}

            $($function)*
            fn price($items: u32) -> Result<u32, Refused> {
                match $items {
                    0 => Err(Refused::Empty),
                    1..=99 => Ok($items * 7),
                    666 => panic!("the devil's order"),
                    _ => Err(Refused::TooLarge($items)),
                }
            }

            $($function)*
            fn ship($items: u32) -> String {
                (0..$items % 5).map(|n| char::from(b'a' + n as u8)).collect()
            }

            $($segment)*
            fn order($items: u32) -> Result<String, Box<dyn std::error::Error>> {
                let price = price($items)?;
                Ok(format!("{price} {}", ship($items)))
            }

            /// Orders on several threads, among them bad ones and one that panics.
            pub fn day() {
                let shift = |from: u32| {
                    move || {
                        let one = |items: u32| match catch_unwind(|| order(items).map_err(|error| error.to_string())) {
                            Ok(Ok(done)) => format!("{items}: {done}"),
                            Ok(Err(error)) => format!("{items}: refused, {error}"),
                            Err(payload) => format!("{items}: panicked, {:?}", payload.downcast_ref::<&str>()),
                        };
                        (from..from + 20).chain([666, 1000]).map(one).collect::<Vec<_>>()
                    }
                };
                let threads: Vec<_> = (0..3).map(|n| std::thread::spawn(shift(n * 40))).collect();
                for line in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
                    println!("{line}");
                }
            }
        }
    };
}

/// Both in one place, so that panics are told from the same line.
macro_rules! both {
    ($items:ident) => {
        orders!(plain, $items, {}, {});
        orders!(traced, $items, { #[traced(segment = "order", annotate($items))] }, { #[traced(metadata($items))] });
    };
}
both!(items);

/// Much that needs a segment, where there is none.
pub fn without_context(times: u32) {
    #[traced]
    fn lost(n: u32) -> u32 {
        annotate("n", n);
        n
    }
    let sum: u32 = (0..times).map(lost).sum();
    (0..times).for_each(|n| metadata("n", &n));
    println!("{sum}");
}

/// Settings from code: too early, in time, too late.
pub fn install() {
    let settings = || Recorder::builder().service_name("from code").sampling(Sampling::Always).context_missing(ContextMissing::IgnoreError);
    println!("{:?}", settings().install());
    println!("{}", settings().install().unwrap_err());
    segment("").run(|| println!("{}", is_enabled()));
    println!("{}", settings().install().unwrap_err());
}

pub fn to_stdout() {
    Recorder::builder().sampling(Sampling::Always).exporter(StdoutExporter).install().unwrap();
    segment("first").run(|| subsegment("inner").run(|| annotate("text", "a\nb")));
    segment("second").run(|| metadata("list", &["x\ny"]));
}

/// A process that has no file descriptor left, and later has again.
pub fn too_few_files() {
    let limit = libc::rlimit { rlim_cur: 32, rlim_max: 32 };
    // SAFETY: the pointer is to a local that lives across the call.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    let order = |when: &str| {
        segment("order").run(|| annotate("when", when));
        println!("{when}");
    };
    let mut files = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        files.push(file);
    }
    order("with none left");
    drop(files);
    order("with some again");
}

/// What is known of segments that are not recorded.
pub fn unsampled() {
    /// Begins a segment where there is none.
    #[traced(segment)]
    fn worker() -> TraceHeader {
        annotate("k", 1);
        trace_header().unwrap()
    }
    let header = || trace_header().unwrap();
    segment("outer").run(|| {
        let outer = header();
        assert_eq!(outer, header(), "it stays the same");
        assert_eq!(subsegment("call").run(header), outer);
        let inner = segment("inner").run(header);
        assert_ne!(inner.root, outer.root, "another segment is another trace");
        assert_eq!(header(), outer);
        assert_eq!(std::thread::spawn(trace_header).join().unwrap(), None);
        // Who is handed the context is told the same, and nothing is missed there.
        let context = Context::current();
        let elsewhere = move || context.clone().run(|| (subsegment("call").run(header), worker(), context.is_recording()));
        assert_eq!(std::thread::spawn(elsewhere).join().unwrap(), (outer.clone(), outer.clone(), false));
        println!("{}", outer.to_string().ends_with(";Sampled=0"));
    });
    let parsed = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=25:a87bd80c:1");
    let sent = segment("continued").header(parsed.clone()).run(header);
    println!("{} {}", sent.root == parsed.root && sent.parent != parsed.parent, sent.extras());
    println!("{:?} {} {} {:?}", trace_header(), stats().segments, stats().unsampled, stats().losses);
}

/// A panic hook that is traced itself.
pub fn panic_hook() {
    std::panic::set_hook(Box::new(|_| {
        subsegment("in the hook").run(|| annotate("k", 1));
        segment("of the hook").run(|| ());
        println!("hook");
    }));
    let caught = catch_unwind(|| segment("s").run(|| subsegment("inner").run(|| panic!("once"))));
    println!("{}", caught.is_err());
}

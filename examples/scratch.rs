#![allow(missing_docs, unreachable_pub)]
use autoxray::*;
use std::time::Instant;
mod t {
    #[autoxray::traced]
    pub async fn leaf(n: u32) -> u32 {
        std::hint::black_box(n) + 1
    }
    #[autoxray::traced]
    pub async fn mid(n: u32) -> u32 {
        let mut s = 0;
        for i in 0..3 {
            s += leaf(n + i).await;
        }
        s
    }
    #[autoxray::traced(segment = "bench")]
    pub async fn root(n: u32) -> u32 {
        let mut s = 0;
        for i in 0..3 {
            s += mid(n + i).await;
        }
        s
    }
}
fn block<F: Future>(f: F) -> F::Output {
    let mut f = std::pin::pin!(f);
    let w = std::task::Waker::noop();
    let mut c = std::task::Context::from_waker(w);
    loop {
        if let std::task::Poll::Ready(r) = f.as_mut().poll(&mut c) {
            return r;
        }
    }
}
fn main() {
    let sink = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    if std::env::args().nth(1).as_deref() == Some("show") {
        let m = MemoryExporter::new();
        Recorder::builder().sampling(Sampling::Always).exporter(m.clone()).install().unwrap();
        block(t::root(1));
        println!("{}", m.documents()[0]);
        return;
    }
    let s = match std::env::args().nth(1).as_deref() {
        Some("never") => Sampling::Never,
        _ => Sampling::Always,
    };
    Recorder::builder().sampling(s).daemon_address(sink.local_addr().unwrap()).install().unwrap();
    for _ in 0..5 {
        let now = Instant::now();
        let n = std::env::var("N").map_or(100_000, |n| n.parse().unwrap());
        for i in 0..n {
            std::hint::black_box(block(t::root(i)));
        }
        println!("{:.1} ns per subsegment", now.elapsed().as_nanos() as f64 / n as f64 / 13.0);
    }
    println!("{:?}", stats());
    println!("size {}", std::mem::size_of_val(&t::leaf(1)));
}

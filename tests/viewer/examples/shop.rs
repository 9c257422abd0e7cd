//! A viewer with traces of a made-up shop: `cargo run -p autoxray-viewer-tests --example shop -- 1000`, to look at while working on it.

use std::net::UdpSocket;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autoxray_viewer_tests::{Shop, big_trace};
use xray_collector::{Local, ServeSettings, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(300), |count| count.parse())?;
    let address = std::env::args().nth(2).unwrap_or_else(|| "127.0.0.1:2000".to_owned());
    let local = Local::start(address.parse()?, Settings::default(), ServeSettings::default())?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.connect(local.local_addr())?;
    let send = |document: &str| client.send(format!("{{\"format\":\"json\",\"version\":1}}\n{document}").as_bytes());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs_f64());
    let begun = now()?;
    println!("The viewer is at http://{}/", local.local_addr());
    for number in 0..count {
        for document in Shop::trace(number, begun - (count - number) as f64 * 0.9) {
            send(&document)?;
        }
        if number % 50 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    for document in big_trace(2_000, begun - 100.0) {
        send(&document)?;
    }
    for number in count.. {
        std::thread::sleep(Duration::from_millis(700));
        for document in Shop::trace(number, now()? - 0.2) {
            send(&document)?;
        }
    }
    Ok(())
}

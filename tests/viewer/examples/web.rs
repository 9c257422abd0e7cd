//! A viewer with traces of many services: `cargo run -p autoxray-viewer-tests --example web -- 50`, to look at its map.

use std::net::UdpSocket;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autoxray_viewer_tests::web;
use xray_collector::{Local, ServeSettings, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let services: u64 = std::env::args().nth(1).map_or(Ok(50), |count| count.parse())?;
    let address = std::env::args().nth(2).unwrap_or_else(|| "127.0.0.1:2000".to_owned());
    let local = Local::start(address.parse()?, Settings::default(), ServeSettings::default())?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.connect(local.local_addr())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    for number in 0..300 {
        for document in web(services, number, now - 300.0 + number as f64) {
            client.send(format!("{{\"format\":\"json\",\"version\":1}}\n{document}").as_bytes())?;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("The viewer is at http://{}/", local.local_addr());
    loop {
        std::thread::park();
    }
}

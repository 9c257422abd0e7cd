//! Pages of the viewer while many traces are held: until the answer is there, and until a browser has painted it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use xray_collector::{Local, ServeSettings};

use crate::Settings;
use crate::held::{documents, unlimited};
use crate::times::Rows;

const BAR: Duration = Duration::from_millis(300);

/// Pages, and whether the bar is about them.
const PAGES: [(&str, &str, bool); 9] = [
    ("map", "/", true),
    ("map, filtered", "/?filter=service%28%22checkout%22%29", true),
    ("map, one service", "/map?node=checkout&type=AWS%3A%3AEC2%3A%3AInstance", true),
    ("list", "/traces", true),
    ("list, filtered", "/traces?filter=fault", true),
    ("analytics", "/analytics", false),
    ("analytics, one operation", "/analytics?service=checkout&operation=POST+%2Forders", false),
    ("errors", "/errors", false),
    ("metrics", "/metrics", false),
];

pub fn measure(settings: &Settings) -> Rows {
    let local = Local::start("127.0.0.1:0".parse().expect("an address"), unlimited(), ServeSettings::default()).expect("it listens");
    let address = local.local_addr();
    fill(&local, settings.traces);
    let mut rows = Rows::default();
    for (name, path, has_bar) in PAGES {
        let bytes = page(address, path);
        let once = |_| {
            let begun = Instant::now();
            page(address, path);
            begun.elapsed()
        };
        let mut times: Vec<Duration> = (0..settings.rounds).map(once).collect();
        times.sort_unstable();
        let note = format!("wall time of the whole answer, {} KB; {} traces held", bytes >> 10, settings.traces);
        rows.times(&format!("{name} over HTTP"), has_bar.then_some(BAR), times, note);
    }
    paint(address, settings.rounds, &mut rows);
    rows
}

/// By UDP, as programs send them.
fn fill(local: &Local, traces: u64) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(local.local_addr()).expect("an address");
    let mut sent = 0;
    let arrived =
        |sent: u64| assert!(local.collector().wait_for(Duration::from_secs(30), |progress| progress.documents >= sent), "some were lost");
    for document in documents(traces) {
        socket.send(format!("{{\"format\":\"json\",\"version\":1}}\n{document}").as_bytes()).expect("the loopback takes it");
        sent += 1;
        if sent % 256 == 0 {
            arrived(sent);
        }
    }
    arrived(sent);
    assert_eq!(local.collector().progress().traces as u64, traces);
}

/// Asks for a page, and reads all of it: so many bytes.
fn page(address: SocketAddr, path: &str) -> usize {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{path}: {}", String::from_utf8_lossy(&answer[..answer.len().min(300)]));
    answer.len()
}

/// Until a browser paints something of the page for the first time, as it says itself: with what the tests of the viewer use, if it is there.
fn paint(address: SocketAddr, rounds: usize, rows: &mut Rows) {
    const SCRIPT: &str = r#"
        const { chromium } = require("playwright-core");
        (async () => {
          const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
          for (const path of ["/", "/traces"]) for (let round = -1; round < Number(process.env.ROUNDS); round++) {
            const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
            await page.goto(process.env.VIEWER + path, { waitUntil: "load" });
            const painted = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
            const time = await (await page.waitForFunction(painted)).jsonValue();
            if (round >= 0) console.log(path, time);
            await page.context().close();
          }
          await browser.close();
        })();"#;
    let modules = std::env::var_os("VIEWER_MODULES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/viewer/node_modules"), PathBuf::from);
    let chromium =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].into_iter().find(|path| PathBuf::from(path).exists());
    let Some(chromium) = chromium.filter(|_| modules.join("playwright-core").is_dir()) else {
        rows.figure(
            "map, first paint",
            "≤ 300 ms",
            None,
            "not measured".to_owned(),
            "needs chromium and target/viewer/node_modules, as scripts/test makes it".to_owned(),
        );
        return;
    };
    let rounds = rounds.div_ceil(3);
    let mut node = Command::new("node");
    node.args(["-e", SCRIPT])
        .env("NODE_PATH", modules)
        .env("CHROMIUM", chromium)
        .env("ROUNDS", rounds.to_string())
        .env("VIEWER", format!("http://{address}"));
    let output = node.output().expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    for (name, path) in [("map", "/"), ("list", "/traces")] {
        let of = |line: &str| line.strip_prefix(path)?.trim().parse::<f64>().ok();
        let mut times: Vec<Duration> = lines.lines().filter_map(of).map(|millis| Duration::from_secs_f64(millis / 1e3)).collect();
        times.sort_unstable();
        rows.times(&format!("{name}, first paint"), Some(BAR), times, "in chromium, from the click to something to see".to_owned());
    }
}

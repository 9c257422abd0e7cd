mod documents;
use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
fn rss() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    text.lines().find(|l| l.starts_with("Rss")).unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args[0] == "child" {
        let mut settings = xray_collector::Settings::default();
        settings.bytes = 8 << 30;
        settings.segments = 100_000_000;
        let c = xray_collector::Collector::start_with("127.0.0.1:0", settings).unwrap();
        println!("{} {}", c.local_addr(), rss());
        for line in std::io::stdin().lines() {
            let _ = line;
            println!("{} {:.3} {:?}", rss(), cpu(), c.stats());
        }
        return;
    }
    let per_trace: usize = args[0].parse().unwrap();
    let total: u64 = args[1].parse().unwrap();
    let rate: u64 = args[2].parse().unwrap();
    let exe = std::env::current_exe().unwrap(); let mut command = if std::env::var_os("CG").is_some() { let mut c = Command::new("valgrind"); c.args(["--tool=callgrind", "--callgrind-out-file=/tmp/wt/cg.out"]).arg(exe); c } else { Command::new(exe) };
    let mut child = command.arg("child").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut stdin = child.stdin.take().unwrap();
    let first = out.next().unwrap().unwrap();
    let (addr, base) = first.split_once(' ').unwrap();
    let base: u64 = base.parse().unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(addr).unwrap();
    let shop = documents::Shop::new(per_trace);
    let mut buf = Vec::new();
    let begun = Instant::now();
    let mut bytes = 0;
    for n in 0..total {
        shop.write(n, &mut buf);
        bytes += buf.len() as u64 - 30;
        socket.send(&buf).unwrap();
        if rate > 0 {
            while begun.elapsed().as_secs_f64() < n as f64 / rate as f64 {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    }
    let sent = begun.elapsed();
    eprintln!("sent {total} in {sent:?} = {:.0}/s; {} bytes each; sender cpu {:.2}", total as f64 / sent.as_secs_f64(), bytes / total, cpu());
    if total < 6 { println!("{}", String::from_utf8_lossy(&buf)); }
    for _ in 0..60 {
        stdin.write_all(b"\n").unwrap();
        let line = out.next().unwrap().unwrap();
        let mut w = line.splitn(3, ' ');
        let r: u64 = w.next().unwrap().parse().unwrap();
        let c = w.next().unwrap().to_owned();
        let rest = w.next().unwrap();
        eprintln!("{:.1}s rss per doc {:.0}, per KB {:.0} cpu {c} {rest}", begun.elapsed().as_secs_f64(), (r - base) as f64 / total as f64, (r - base) as f64 / bytes as f64 * 1024.0);
        let num = |k: &str| rest.split(k).nth(1).map(|t| t.trim_start_matches("Some(").split(|c: char| !c.is_ascii_digit()).next().unwrap().parse::<u64>().unwrap()).unwrap();
        if num("documents: ") + num("queue: ") + num("kernel: ") >= total { break; }
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(stdin); child.wait().unwrap();
}

//! What is asked of the operating system.

use std::fs;
use std::process::Command;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time all threads of this process have used, user and system.
pub fn cpu_time() -> Duration {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}

/// CPU time of all ended and waited-for children, in steps of 10 ms.
pub fn children_cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux's /proc");
    // The second field is a name in brackets that may hold spaces; 16 and 17 are the children's user and system ticks.
    let after_name = stat.rsplit_once(')').expect("a name in brackets").1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |n: usize| fields[n - 3].parse::<u64>().expect("ticks");
    Duration::from_millis(10 * (ticks(16) + ticks(17)))
}

/// Datagrams the kernel dropped because the socket on this port was full.
pub fn socket_drops(port: u16) -> u64 {
    let table = fs::read_to_string("/proc/net/udp").expect("Linux's /proc");
    let local = format!("0100007F:{port:04X}");
    let line = table.lines().find(|l| l.split_whitespace().nth(1) == Some(&local));
    line.and_then(|l| l.split_whitespace().last()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// One line about machine and compiler, and how it compiled.
pub fn facts(profile: &str) -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpuinfo.lines().find(|l| l.split(':').next().is_some_and(|key| key.trim() == name));
        line.and_then(|l| l.split_once(':')).map_or("?", |(_, value)| value.trim()).to_owned()
    };
    let cpus = cpuinfo.lines().filter(|l| l.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let rustc = Command::new("rustc").arg("-V").output();
    let rustc = rustc.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{} (family {}, model {}), {cpus} CPUs, Linux {}, {rustc}, {profile}",
        field("model name"),
        field("cpu family"),
        field("model"),
        kernel.trim(),
    )
}

//! The program behind `cargo xray`.

fn main() -> std::process::ExitCode {
    cargo_xray::main()
}

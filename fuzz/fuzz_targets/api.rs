#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| autoxray_fuzz::api(data));

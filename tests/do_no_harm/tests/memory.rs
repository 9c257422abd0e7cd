//! Memory stays bounded, whatever is traced.

mod common;

use common::{ended, program};

const KB: usize = 1024;
const MB: usize = 1024 * KB;

/// Bytes taken at most and for good, subsegments recorded, and anything lost, of which documents without a daemon are a part.
fn measured(what: &str, number: u32) -> [usize; 4] {
    let ended = ended(program(&[what, &number.to_string()]).env("XRAY_SAMPLING_RATE", "1"));
    assert_eq!(ended.code, Some(0), "{}", ended.complained);
    let figures: Vec<_> = ended.printed.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    println!("{what} {number}: {figures:?}");
    figures.try_into().unwrap()
}

#[test]
fn a_hundred_thousand_children_take_no_more_than_a_thousand() {
    let [most, left, subsegments, _] = measured("wide", 100_000);
    assert_eq!(subsegments, 100_001);
    assert!(most < MB, "{most} bytes");
    assert!(left < 512 * KB, "{left} bytes");
}

#[test]
fn a_hundred_thousand_open_at_once_take_what_they_need_and_give_it_back() {
    let [most, left, subsegments, _] = measured("open", 100_000);
    assert_eq!(subsegments, 100_001);
    // The futures of the program are a part of it.
    assert!(most < 100_000 * KB, "{most} bytes");
    assert!(left < 512 * KB, "{left} bytes");
}

#[test]
fn ten_thousand_levels_take_what_they_need_and_give_it_back() {
    let [most, left, subsegments, _] = measured("deep", 10_000);
    assert_eq!(subsegments, 10_001);
    assert!(most < 10_000 * KB, "{most} bytes");
    assert!(left < 512 * KB, "{left} bytes");
}

#[test]
fn a_value_of_ten_megabytes_is_not_copied() {
    let [most, left, ..] = measured("value", 10_000_000);
    assert!(most < MB, "{most} bytes");
    assert!(left < 512 * KB, "{left} bytes");
}

#[test]
fn traces_that_follow_each_other_leave_nothing_behind() {
    for what in ["traces", "contexts"] {
        let [_, few, ..] = measured(what, 1_000);
        let [most, many, subsegments, _] = measured(what, 100_000);
        assert_eq!(subsegments, 100_001, "{what}");
        assert!(many <= few + 16 * KB, "{what}: {few} bytes after 1,000 traces, {many} after 100,000");
        assert!(most < MB, "{what}: {most} bytes");
    }
}

#[test]
fn forgotten_guards_use_up_a_limit_and_not_the_memory() {
    let [most, _, _, lost] = measured("forgotten", 200_000);
    assert!(lost >= 200_000 - 65_536, "what is over the limit is counted: {lost}");
    assert!(most < 256 * MB, "{most} bytes");
}

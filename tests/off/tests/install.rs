//! In a process of its own: only the first use of the process's recorder can install one.

use autoxray::Recorder;

#[test]
fn a_recorder_can_still_be_installed() {
    assert!(Recorder::builder().service_name("off").install().is_ok());
    assert!(Recorder::builder().install().is_err());
}

//! What is spawned in a traced function belongs to the trace that spawned it.

use std::time::Duration;

use autoxray::{segment, traced};
use tokio::runtime::{Builder, Runtime};
use xray_testkit::TestRecorder;

#[traced]
async fn work() {}

#[traced]
fn job() -> u32 {
    3
}

#[traced]
async fn spawns() {
    tokio::spawn(work()).await.unwrap();
    tokio::spawn(async { work().await }).await.unwrap();
    let future = work();
    tokio::task::spawn(future).await.unwrap();
    assert_eq!(tokio::task::spawn_blocking(job).await.unwrap(), 3);
    assert_eq!(tokio::task::spawn_blocking(move || job() + 1).await.unwrap(), 4);
    assert_eq!(std::thread::spawn(|| job()).join().unwrap(), 3);
    {
        use std::thread;
        use tokio::task;
        assert_eq!(thread::spawn(job_in_closure()).join().unwrap(), 3);
        assert_eq!(thread::spawn(|| job()).join().unwrap(), 3);
        assert_eq!(task::spawn_blocking(move || job()).await.unwrap(), 3);
    }
}

fn job_in_closure() -> impl FnOnce() -> u32 {
    || 3
}

#[traced]
fn spawns_in_a_pool() {
    let (sender, receiver) = std::sync::mpsc::channel();
    rayon::spawn(move || sender.send(job()).unwrap());
    assert_eq!(receiver.recv(), Ok(3));
}

#[traced]
async fn set() -> Result<(), String> {
    let mut set = tokio::task::JoinSet::new();
    set.spawn(async {
        work().await;
        Ok(())
    });
    let future = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        work().await;
        Err(String::from("e")).or(Ok(()))
    };
    set.spawn(future);
    let inner = &mut set;
    inner.spawn(fine(work()));
    while let Some(done) = set.join_next().await {
        done.unwrap()?;
    }
    Ok(())
}

async fn fine(work: impl Future<Output = ()>) -> Result<(), String> {
    work.await;
    Ok(())
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

#[test]
fn tasks_and_threads_keep_the_context() {
    let recorder = TestRecorder::new();
    runtime().block_on(recorder.wrap(segment("s").trace(spawns())));
    recorder.assert_tree_in_any_order("s\n  spawns\n    work\n    work\n    work\n    job\n    job\n    job\n    job\n    job\n");
}

#[test]
fn a_pool_of_threads_keeps_the_context() {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("s").run(spawns_in_a_pool));
    recorder.assert_tree("s\n  spawns_in_a_pool\n    job\n");
}

#[test]
fn a_set_of_tasks_keeps_the_context() {
    let recorder = TestRecorder::new();
    runtime().block_on(recorder.wrap(segment("s").trace(set()))).unwrap();
    recorder.assert_tree_in_any_order("s\n  set\n    work\n    work\n    work\n");
}

//! Any tree, run in any way on many threads beside others, is recorded as that tree.
#![allow(missing_docs)]

use std::fmt::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use autoxray::{Context, annotate, segment, subsegment};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, yield_now};
use xray_testkit::TestRecorder;

/// A subsegment to be: how it is run, and what is below it.
#[derive(Clone, Debug)]
struct Plan {
    way: Way,
    concurrent: bool,
    yields: u8,
    below: Vec<Plan>,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Await,
    Spawn,
    /// Nobody waits for it: it may outlive its parent, and its segment.
    Detach,
    Blocking,
    Thread,
    Guard,
}

fn plans() -> impl Strategy<Value = Plan> {
    let way = prop_oneof![
        4 => Just(Way::Await), 2 => Just(Way::Spawn), 2 => Just(Way::Detach),
        1 => Just(Way::Blocking), 1 => Just(Way::Thread), 2 => Just(Way::Guard),
    ];
    let node = (way, any::<bool>(), 0..3_u8);
    let leaf = node.clone().prop_map(|(way, concurrent, yields)| Plan { way, concurrent, yields, below: vec![] });
    leaf.prop_recursive(5, 24, 4, move |inner| {
        (node.clone(), prop::collection::vec(inner, 1..4)).prop_map(|((way, concurrent, yields), below)| Plan {
            way,
            concurrent,
            yields,
            below,
        })
    })
}

impl Plan {
    /// Children and their names: the place in the tree, which no other has.
    fn below(&self, name: &str) -> Vec<(Plan, String)> {
        self.below.iter().enumerate().map(|(index, plan)| (plan.clone(), format!("{name}.{index}"))).collect()
    }

    fn expected(&self, name: &str, depth: usize, out: &mut String) {
        let mark = if depth == 0 { String::new() } else { format!(" {{name=\"{name}\"}}") };
        writeln!(out, "{:1$}{name}{mark}", "", 2 * depth).unwrap();
        self.below(name).iter().for_each(|(plan, name)| plan.expected(name, depth + 1, out));
    }
}

/// The tasks that nobody waits for, but the test in the end.
type Detached = Arc<Mutex<Vec<JoinHandle<()>>>>;

fn run(plan: Plan, name: String, detached: Detached) -> BoxFuture<'static, ()> {
    let synchronous = {
        let (plan, name) = (plan.clone(), name.clone());
        move || run_now(&plan, &name)
    };
    match plan.way {
        Way::Guard => async move { synchronous() }.boxed(),
        Way::Blocking => async move { autoxray::spawn_blocking(synchronous).await.unwrap() }.boxed(),
        Way::Thread => async move {
            let context = Context::current();
            let thread = thread::spawn(move || context.run(synchronous));
            yield_now().await;
            thread.join().unwrap();
        }
        .boxed(),
        Way::Await => subsegment(name.clone()).trace(work(plan, name, detached)).boxed(),
        Way::Spawn => async move {
            let traced = subsegment(name.clone()).trace(work(plan, name, detached));
            autoxray::spawn(traced).await.unwrap();
        }
        .boxed(),
        Way::Detach => async move {
            let task = autoxray::spawn(subsegment(name.clone()).trace(work(plan, name, Arc::clone(&detached))));
            detached.lock().unwrap().push(task);
        }
        .boxed(),
    }
}

/// What a subsegment does: says who it is, before and after everything else.
async fn work(plan: Plan, name: String, detached: Detached) {
    let below = plan.below(&name).into_iter().map(|(plan, name)| run(plan, name, Arc::clone(&detached)));
    annotate("name", "to be replaced");
    if plan.concurrent {
        join_all(below).await;
    } else {
        for child in below {
            child.await;
            for _ in 0..plan.yields {
                yield_now().await;
            }
        }
    }
    annotate("name", name);
}

fn run_now(plan: &Plan, name: &str) {
    let guard = subsegment(name.to_owned()).begin();
    for (plan, name) in plan.below(name) {
        if matches!(plan.way, Way::Thread) {
            let context = Context::current();
            thread::scope(|scope| _ = scope.spawn(|| context.run(|| run_now(&plan, &name))));
        } else {
            run_now(&plan, &name);
        }
    }
    guard.annotate("name", name);
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap())
}

/// Runs each plan in a segment of its own, all at once.
fn record(plans: &[Plan]) -> TestRecorder {
    let recorder = TestRecorder::new();
    let detached = Detached::default();
    runtime().block_on(async {
        let one = |(index, plan): (usize, &Plan)| {
            let (plan, detached) = (plan.clone(), Arc::clone(&detached));
            let children = async move {
                let below = plan.below(&index.to_string()).into_iter().map(|(plan, name)| run(plan, name, Arc::clone(&detached)));
                join_all(below).await;
            };
            // Tasks of their own, so that they run on all threads.
            tokio::spawn(recorder.wrap(segment(index.to_string()).trace(children)))
        };
        for task in plans.iter().enumerate().map(one).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        loop {
            let Some(task) = detached.lock().unwrap().pop() else { break };
            task.await.unwrap();
        }
    });
    recorder
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tree_in_is_tree_out(plans in prop::collection::vec(plans(), 1..6)) {
        let recorder = record(&plans);
        let mut expected = String::new();
        plans.iter().enumerate().for_each(|(index, plan)| plan.expected(&index.to_string(), 0, &mut expected));
        recorder.assert_tree_in_any_order(&expected);
        prop_assert_eq!(recorder.traces().len(), plans.len());
        let stats = recorder.stats();
        prop_assert_eq!(&stats.losses, &[]);
        let nodes = u64::try_from(expected.lines().count()).unwrap();
        prop_assert_eq!(stats.segments + stats.subsegments, nodes);
        prop_assert_eq!(stats.documents, u64::try_from(recorder.documents().len()).unwrap());
    }
}

/// How far a tree is open when guards are dropped in an order of their own.
#[derive(Debug, Default)]
struct Model {
    /// Parent of each guard, and whether it is open.
    guards: Vec<(Option<usize>, bool)>,
    current: Option<usize>,
}

impl Model {
    fn open(&mut self) {
        self.guards.push((self.current, true));
        self.current = Some(self.guards.len() - 1);
    }

    fn drop(&mut self, guard: usize) {
        self.guards[guard].1 = false;
        if self.current == Some(guard) {
            while let Some(at) = self.current.filter(|at| !self.guards[*at].1) {
                self.current = self.guards[at].0;
            }
        }
    }

    fn expected(&self, parent: Option<usize>, depth: usize, out: &mut String) {
        for (index, _) in self.guards.iter().enumerate().filter(|(_, (of, _))| *of == parent) {
            writeln!(out, "{:1$}{index}", "", 2 * depth).unwrap();
            self.expected(Some(index), depth + 1, out);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn guards_dropped_in_any_order_leave_the_nearest_open_one_current(steps in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let recorder = TestRecorder::new();
        let mut model = Model::default();
        recorder.run(|| {
            segment("s").run(|| {
                let mut open = Vec::new();
                for step in steps {
                    // Of each three steps about two open a guard.
                    let choice = step.index(3 * (open.len() + 1));
                    if choice < open.len() {
                        let (index, guard) = open.swap_remove(choice);
                        model.drop(index);
                        drop(guard);
                    } else {
                        open.push((model.guards.len(), subsegment(model.guards.len().to_string()).begin()));
                        model.open();
                    }
                }
                drop(open);
            });
        });
        let mut expected = "s\n".to_owned();
        model.expected(None, 1, &mut expected);
        recorder.assert_tree_in_any_order(&expected);
    }
}

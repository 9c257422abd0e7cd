//! Whatever a program does, what is measured of it is the same whether its traces are sampled or not, and so are the places it is in.
#![allow(missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use autoxray::metrics::{MemorySink, Metrics};
use autoxray::{
    Context, ContextMissing, CurrentSubsegment, ErrorKind, Guard, Namespace, OpenSubsegment, Recorder, Sampling, record_error, segment,
    set_namespace, subsegment, trace_header,
};
use proptest::prelude::*;
use xray_testkit::TestRecorder;

/// One thing that a program does. Numbers say with which of those that there are.
#[derive(Clone, Debug)]
enum Step {
    BeginSegment,
    Begin(Namespace),
    DropGuard(usize),
    Fail(ErrorKind),
    Open(Namespace),
    Close(usize),
    Discard(usize),
    GiveUp(usize),
    Status(usize, u16),
    RunIn(usize),
    MakeCurrent(usize),
    DropCurrent(usize),
    Keep,
    RunInKept(usize, Namespace),
    OnThread(usize, Namespace),
    Rename(Namespace),
    Panic(Namespace),
}

fn step() -> impl Strategy<Value = Step> {
    let namespace = || prop_oneof![Just(Namespace::Local), Just(Namespace::Remote), Just(Namespace::Aws)];
    let kind = prop_oneof![Just(ErrorKind::Error), Just(ErrorKind::Fault), Just(ErrorKind::Throttle)];
    let status = prop_oneof![Just(200_u16), Just(404), Just(429), Just(503)];
    let which = || 0..100_usize;
    prop_oneof![
        2 => Just(Step::BeginSegment),
        6 => namespace().prop_map(Step::Begin),
        5 => which().prop_map(Step::DropGuard),
        4 => kind.prop_map(Step::Fail),
        3 => namespace().prop_map(Step::Open),
        2 => which().prop_map(Step::Close),
        2 => which().prop_map(Step::Discard),
        1 => which().prop_map(Step::GiveUp),
        2 => (which(), status).prop_map(|(which, status)| Step::Status(which, status)),
        2 => which().prop_map(Step::RunIn),
        2 => which().prop_map(Step::MakeCurrent),
        2 => which().prop_map(Step::DropCurrent),
        2 => Just(Step::Keep),
        2 => (which(), namespace()).prop_map(|(which, namespace)| Step::RunInKept(which, namespace)),
        1 => (which(), namespace()).prop_map(|(which, namespace)| Step::OnThread(which, namespace)),
        1 => namespace().prop_map(Step::Rename),
        2 => namespace().prop_map(Step::Panic),
    ]
}

/// What the program has, besides what is current.
#[derive(Default)]
struct Program {
    guards: Vec<Guard>,
    opened: Vec<OpenSubsegment>,
    current: Vec<CurrentSubsegment>,
    kept: Vec<Context>,
}

fn at<T>(all: &[T], which: usize) -> Option<usize> {
    which.checked_rem(all.len())
}

impl Program {
    fn step(&mut self, step: &Step, name: String) {
        let named = |namespace: &Namespace| subsegment(name.clone()).namespace(*namespace);
        match step {
            Step::BeginSegment => self.guards.push(segment(name).begin()),
            Step::Begin(namespace) => self.guards.push(named(namespace).begin()),
            Step::DropGuard(which) => drop(at(&self.guards, *which).map(|at| self.guards.remove(at))),
            Step::Fail(kind) => record_error(*kind),
            Step::Open(namespace) => self.opened.push(named(namespace).open()),
            Step::Close(which) => at(&self.opened, *which).into_iter().for_each(|at| self.opened.remove(at).close()),
            Step::Discard(which) => at(&self.opened, *which).into_iter().for_each(|at| self.opened.remove(at).discard()),
            Step::GiveUp(which) => drop(at(&self.opened, *which).map(|at| self.opened.remove(at))),
            Step::Status(which, status) => at(&self.opened, *which).into_iter().for_each(|at| self.opened[at].record_status(*status)),
            Step::RunIn(which) => {
                at(&self.opened, *which).into_iter().for_each(|at| self.opened[at].run(|| named(&Namespace::Aws).run(|| ())));
            }
            Step::MakeCurrent(which) => {
                let made = at(&self.opened, *which).map(|at| self.opened.remove(at).make_current());
                self.current.extend(made);
            }
            Step::DropCurrent(which) => drop(at(&self.current, *which).map(|at| self.current.remove(at))),
            Step::Keep => self.kept.push(Context::current()),
            Step::RunInKept(which, namespace) => at(&self.kept, *which).into_iter().for_each(|at| {
                self.kept[at].run(|| {
                    named(namespace).run(|| record_error(ErrorKind::Fault));
                    record_error(ErrorKind::Error);
                });
            }),
            Step::OnThread(which, namespace) => {
                let context = at(&self.kept, *which).map_or_else(Context::current, |at| self.kept[at].clone());
                std::thread::scope(|scope| {
                    scope.spawn(|| context.run(|| named(namespace).run(|| record_error(ErrorKind::Throttle))));
                });
            }
            Step::Rename(namespace) => set_namespace(*namespace),
            Step::Panic(namespace) => {
                let panics = || {
                    let _guard = named(namespace).begin();
                    let _opened = named(&Namespace::Remote).open();
                    resume_unwind(Box::new("as it was told"));
                };
                catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
            }
        }
    }
}

/// What was measured, latencies only by how many there are, and where the program was after each step.
fn run(steps: &[Step], sampling: Sampling) -> (Vec<String>, Vec<String>) {
    // Where guards are dropped out of order, the program may come out of the test's recorder; this one then does the same in both runs.
    let metrics = Metrics::builder("elsewhere").sink(MemorySink::new()).build().unwrap();
    let _ = Recorder::builder().sampling(Sampling::Never).context_missing(ContextMissing::IgnoreError).metrics(metrics).install();
    let recorder = TestRecorder::measuring(|settings| settings.sampling(sampling));
    let mut ids: Vec<String> = Vec::new();
    let mut places = Vec::new();
    recorder.run(|| {
        let mut program = Program::default();
        for (index, step) in steps.iter().enumerate() {
            program.step(step, format!("n{}", index % 5));
            // Ids differ from run to run; which are the same does not.
            let mut number = |id: String| {
                ids.iter().position(|other| *other == id).unwrap_or_else(|| {
                    ids.push(id);
                    ids.len() - 1
                })
            };
            let place = trace_header()
                .map(|header| (number(header.root.unwrap().to_string()), header.parent.map(|parent| number(parent.to_string()))));
            places.push(format!("{place:?} after {step:?}"));
        }
        let Program { mut guards, mut opened, mut current, .. } = program;
        while guards.pop().is_some() {}
        while current.pop().is_some() {}
        while opened.pop().is_some() {}
    });
    let told = recorder.measured().into_iter().map(|mut series| {
        if series.name == "Latency" {
            series.values = vec![series.values.len() as f64];
        }
        series.to_string()
    });
    (told.collect(), places)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn sums_and_places_are_the_same(steps in prop::collection::vec(step(), 1..40)) {
        let (sampled, unsampled) = (run(&steps, Sampling::Always), run(&steps, Sampling::Never));
        prop_assert_eq!(sampled.0, unsampled.0);
        prop_assert_eq!(sampled.1, unsampled.1);
    }
}

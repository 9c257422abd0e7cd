use autoxray::traced;

#[traced(annotate(n = of.len()))]
#[track_caller]
fn first(of: &[u8]) -> u8 {
    #![allow(clippy::indexing_slicing)]
    let first = of[0];
    first
}

#[traced]
fn never(message: String) -> ! {
    panic!("{message}")
}

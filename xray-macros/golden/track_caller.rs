use autoxray::traced;

#[traced(annotate(n = of.len()))]
#[track_caller]
fn first(of: &[u8]) -> u8 {
    #![allow(clippy::indexing_slicing)]
    let first = of[0];
    first
}

#[traced]
fn returned_closure<'a>(of: &'a str) -> impl Fn(&str) -> bool + 'a {
    move |text| text.starts_with(of)
}

#[traced]
fn never(message: String) -> ! {
    panic!("{message}")
}

use autoxray::traced;

#[traced(nmae = "x")]
fn near() {}

#[traced(level = "info")]
fn far() {}

#[traced(anotate(a), metdata(b), skp)]
fn several(a: u8, b: u8) {}

#[traced("x")]
fn text() {}

#[traced(name("x"))]
fn called() {}

#[traced(segment("x"))]
fn segment_called() {}

#[traced(skip = true)]
fn skip_with_value() {}

#[traced(name = "a" segment)]
fn comma_missing() {}

#[traced(name = "a",, segment)]
fn two_commas() {}

fn main() {}

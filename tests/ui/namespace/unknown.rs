use autoxray::traced;

#[traced(namespace = "remot")]
fn near() {}

#[traced(namespace = "local")]
fn local() {}

#[traced(namespace = "AWS")]
fn capitals() {}

fn main() {}

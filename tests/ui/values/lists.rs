use autoxray::traced;

#[traced(annotate)]
fn no_list() {}

#[traced(annotate = "a", metadata = a)]
fn assigned(a: u8) {}

#[traced(annotate(), metadata())]
fn empty() {}

#[traced(annotate(a =), metadata(a = , b))]
fn no_expression(a: u8, b: u8) {}

#[traced(annotate(a b))]
fn no_comma(a: u8, b: u8) {}

#[traced(annotate(a = 1 +))]
fn half_typed(a: u8) {}

#[traced(annotate(allow_secret(), allow_secret(a, b)))]
fn allowed(a: u8, b: u8) {}

fn main() {}

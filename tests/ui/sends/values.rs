use autoxray::traced;

#[traced(sends)]
fn alone() {}

#[traced(sends = "no")]
fn text() {}

#[traced(sends =)]
fn nothing() {}

#[traced(sends(false))]
fn brackets() {}

#[traced(sends = false, sends = true)]
fn twice() {}

#[traced(send = false)]
fn misspelt() {}

#[traced(skip, sends = false)]
fn skipped() {}

#[traced(sends = false)]
fn fine() {}

fn main() {}

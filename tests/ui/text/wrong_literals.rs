use autoxray::traced;

#[traced(name)]
fn missing() {}

#[traced(name =)]
fn nothing() {}

#[traced(name = 12)]
fn number() {}

#[traced(name = b"x")]
fn bytes() {}

#[traced(name = NAME)]
fn constant() {}

#[traced(segment = 'x', namespace = true)]
fn character_and_boolean() {}

#[traced(namespace)]
fn namespace() {}

fn main() {}

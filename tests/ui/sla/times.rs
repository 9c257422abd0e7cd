use autoxray::traced;

#[traced(sla)]
fn nothing() {}

#[traced(sla = 5)]
fn number() {}

#[traced(sla = "5")]
fn no_unit() {}

#[traced(sla = "5 days")]
fn days() {}

#[traced(sla = "-5s")]
fn negative() {}

#[traced(sla = "0s", sla = "5s")]
fn none() {}

#[traced(sla = "5s")]
mod container {}

#[traced(sla = "1e5s")]
fn exponent() {}

#[traced(sla = "1.5 s")]
fn fine() {}

fn main() {}

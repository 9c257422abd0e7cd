#![allow(unused)]
use autoxray::traced;

#[traced(name = "a", name = "b")]
fn name() {}

#[traced(segment, segment = "b", namespace = "aws", namespace = "aws")]
fn segment_and_namespace() {}

#[traced(annotate(a), metadata(a), annotate(b), metadata(b))]
fn lists(a: u8, b: u8) {}

#[traced(annotate(a, a = b, "a" = 1), metadata(b, b = a))]
fn keys(a: u8, b: u8) {}

#[traced]
#[traced(name = "x")]
fn attributes() {}

fn main() {}

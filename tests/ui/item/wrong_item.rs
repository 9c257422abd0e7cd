#![allow(unused)]
use autoxray::traced;

#[traced]
struct Struct;

#[traced]
pub enum Enum {}

#[traced]
union Union {
    a: u8,
}

#[traced]
const CONST: u8 = 1;

#[traced]
pub(crate) static STATIC: u8 = 1;

#[traced]
type Type = u8;

#[traced]
use std::fmt as import;

#[traced]
unsafe extern "C" {
    fn foreign();
}

#[traced]
macro_rules! rules {
    () => {};
}

#[traced]
made!();

#[traced]
const fn constant() -> u8 {
    1
}

struct Method;

impl Method {
    #[traced(nmae = "x")]
    pub const unsafe fn constant() {}
}

trait Trait {
    #[traced]
    fn declared(&self);
}

#[traced(name = "")]
struct Both;

fn main() {
    // The items are still there.
    let _: (Struct, Option<Enum>, Type) = (Struct, None, STATIC);
    assert_eq!(constant() + CONST, 2);
}

macro_rules! made {
    () => {};
}
use made;

//! Without the feature `lambda`, nothing is known of services.

use syn::{Expr, Local};

use super::find::Finder;
use crate::args::Args;

/// Nothing is looked for.
pub(super) const WORDS: [&str; 0] = [];

pub(super) enum Services {}

pub(super) enum Service {}

impl Services {
    pub(super) fn of(_: &Args) -> Option<Self> {
        None
    }

    pub(super) fn bind(&mut self, _: &Local) {}

    pub(super) fn bound(&self) -> usize {
        0
    }

    pub(super) fn leave(&mut self, _: usize) {}
}

impl Finder {
    pub(super) fn service(&mut self, _: &Expr) -> Option<Service> {
        None
    }

    pub(super) fn serve(&mut self, _: &mut Expr, _: &Service) {}
}

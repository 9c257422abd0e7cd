//! Without the feature `rewrite`, nobody asks where a variable was declared.

use syn::Pat;

#[derive(Default)]
pub(super) struct Scopes;

pub(super) struct Mark;

impl Scopes {
    pub(super) fn enter(&self) -> Mark {
        Mark
    }

    pub(super) fn leave(&mut self, _: Mark) {}

    pub(super) fn boundary(&mut self) {}

    pub(super) fn bind(&mut self, _: &Pat) {}
}

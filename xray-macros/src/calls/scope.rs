//! Which variables a closure or an `async` block takes from outside.
//!
//! To name a variable by value, even in an arm that is never taken, makes a closure take it by value, and makes the closure one that can be
//! called once. So the finder has to know where a variable was declared.

use syn::visit::{self, Visit};
use syn::{Ident, Pat, PatIdent};

/// Variables declared so far, from the outermost scope to the innermost.
#[derive(Default)]
pub(super) struct Scopes {
    names: Vec<Entry>,
}

enum Entry {
    Name(Ident),
    /// What is before it is outside of a closure, or of an `async` block that takes what it needs and no more.
    Boundary,
}

/// Where scopes stood when one began.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Scopes {
    pub(super) fn enter(&self) -> Mark {
        Mark(self.names.len())
    }

    pub(super) fn leave(&mut self, mark: Mark) {
        self.names.truncate(mark.0);
    }

    pub(super) fn boundary(&mut self) {
        self.names.push(Entry::Boundary);
    }

    /// Declares what a pattern binds.
    pub(super) fn bind(&mut self, pattern: &Pat) {
        self.visit_pat(pattern);
    }

    /// Does the variable come from outside of a closure around?
    pub(super) fn is_captured(&self, root: &Ident) -> bool {
        for entry in self.names.iter().rev() {
            match entry {
                Entry::Boundary => return true,
                Entry::Name(name) if name == root => return false,
                Entry::Name(_) => {}
            }
        }
        false
    }
}

impl<'ast> Visit<'ast> for Scopes {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.names.push(Entry::Name(pattern.ident.clone()));
        visit::visit_pat_ident(self, pattern);
    }
}

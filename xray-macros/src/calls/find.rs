//! Walks through a body, and shows each call to those who rewrite some.

use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AngleBracketedGenericArguments, Arm, Block, Expr, ExprAsync, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprRepeat, ExprWhile, Item,
    Local, Macro, Pat, Type,
};

use super::note::Notes;
use super::scope::Scopes;
use super::services::Services;
use super::{clients, macros, mentions, services};

/// Walks through a body and rewrites.
#[derive(Default)]
pub(super) struct Finder {
    /// Are calls of clients rewritten?
    clients: bool,
    /// Those that are started in `fn main`.
    pub(super) services: Option<Services>,
    pub(super) scopes: Scopes,
    pub(super) notes: Notes,
}

impl Finder {
    pub(super) fn new(clients: bool, services: Option<Services>) -> Self {
        Self { clients, services, ..Self::default() }
    }

    /// May there be something to rewrite?
    pub(super) fn concerns(&self, tokens: &TokenStream) -> bool {
        self.clients && mentions(tokens, &clients::WORDS) || self.services.is_some() && mentions(tokens, &services::WORDS)
    }

    /// Is there something to rewrite, almost certainly?
    pub(super) fn misses(&self, tokens: &TokenStream) -> bool {
        // `new`, `get` and `run` may be anybody's.
        self.clients && mentions(tokens, &clients::CERTAIN)
    }

    pub(super) fn block(&mut self, block: &mut Block) {
        self.visit_block_mut(block);
    }

    /// What is done with what a `select!` found.
    pub(super) fn handler(&mut self, pattern: Option<&Pat>, handler: &mut Expr) {
        self.scoped(|this| {
            pattern.into_iter().for_each(|pattern| this.scopes.bind(pattern));
            this.visit_expr_mut(handler);
        });
    }

    /// Calls `inside` in a scope of its own.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let (mark, bound) = (self.scopes.enter(), self.services.as_ref().map(Services::bound));
        inside(self);
        self.scopes.leave(mark);
        self.services.iter_mut().zip(bound).for_each(|(services, bound)| services.leave(bound));
    }
}

impl VisitMut for Finder {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(call) = clients::other(expr) {
            call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            return;
        }
        // Its name is read from what was written.
        let service = self.service(expr);
        visit_mut::visit_expr_mut(self, expr);
        if let Some(service) = service {
            self.serve(expr, &service);
            return;
        }
        let new = match expr {
            Expr::MethodCall(call) if self.clients => self.method(call),
            Expr::Call(call) if self.clients => self.function(call),
            Expr::Binary(binary) if self.clients => {
                clients::operands(binary);
                None
            }
            _ => None,
        };
        if let Some(new) = new {
            *expr = new;
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|this| visit_mut::visit_block_mut(this, block));
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        // As it was written.
        self.services.iter_mut().for_each(|services| services.bind(local));
        visit_mut::visit_local_mut(self, local);
        self.scopes.bind(&local.pat);
    }

    fn visit_expr_let_mut(&mut self, expr: &mut ExprLet) {
        visit_mut::visit_expr_let_mut(self, expr);
        self.scopes.bind(&expr.pat);
    }

    fn visit_expr_if_mut(&mut self, expr: &mut ExprIf) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut expr.cond);
            this.visit_block_mut(&mut expr.then_branch);
        });
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        self.scoped(|this| visit_mut::visit_expr_while_mut(this, expr));
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        self.visit_expr_mut(&mut expr.expr);
        self.scoped(|this| {
            this.scopes.bind(&expr.pat);
            this.visit_block_mut(&mut expr.body);
        });
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.scoped(|this| {
            this.scopes.bind(&arm.pat);
            visit_mut::visit_arm_mut(this, arm);
        });
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut ExprClosure) {
        self.scoped(|this| {
            this.scopes.boundary();
            expr.inputs.iter().for_each(|input| this.scopes.bind(input));
            this.visit_expr_mut(&mut expr.body);
        });
    }

    fn visit_expr_async_mut(&mut self, expr: &mut ExprAsync) {
        self.scoped(|this| {
            if expr.capture.is_none() {
                this.scopes.boundary();
            }
            this.visit_block_mut(&mut expr.block);
        });
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        macros::rewrite(self, call);
    }

    // What is computed by the compiler, and what is no expression.
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}

    fn visit_expr_repeat_mut(&mut self, expr: &mut ExprRepeat) {
        self.visit_expr_mut(&mut expr.expr);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_type_mut(&mut self, _: &mut Type) {}

    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_angle_bracketed_generic_arguments_mut(&mut self, _: &mut AngleBracketedGenericArguments) {}
}

//! Finds the calls in a body.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AngleBracketedGenericArguments, Arm, Block, Expr, ExprAsync, ExprCall, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprMethodCall,
    ExprRepeat, ExprWhile, Item, Local, Macro, Pat, Type,
};

use super::note::Notes;
use super::scope::Scopes;
use super::shape::{Receiver, has_closure, is_assignment, is_built, is_closure, is_config, is_customized, last, receiver, unreferenced};
use super::{macros, template};

const CAPTURED: &str =
    "the variable comes from outside of this closure or async block: make a new one inside, or write the call in a chain";

/// Walks through a body and rewrites.
#[derive(Default)]
pub(super) struct Finder {
    scopes: Scopes,
    pub(super) notes: Notes,
}

impl Finder {
    pub(super) fn block(&mut self, block: &mut Block) {
        self.visit_block_mut(block);
    }

    fn method(&mut self, call: &mut ExprMethodCall) -> Option<Expr> {
        if call.turbofish.is_some() || !call.attrs.is_empty() {
            return None;
        }
        match (call.method.to_string().as_str(), call.args.len()) {
            ("send", 0) => self.send(call),
            ("execute", 1) => self.execute(call),
            ("spawn", 1) => self.spawn_in_set(call),
            _ => None,
        }
    }

    fn send(&mut self, call: &mut ExprMethodCall) -> Option<Expr> {
        let at = call.method.span();
        match receiver(&call.receiver) {
            Receiver::Value => {
                self.notes.rewritten(at, "send");
                let of = if is_customized(&call.receiver) { template::customized } else { template::opened };
                *call.receiver = of(&call.receiver, at);
                None
            }
            Receiver::Place(root) if !self.scopes.is_captured(&root) => {
                self.notes.rewritten(at, "send");
                Some(template::send(call, at))
            }
            Receiver::Place(_) => self.left(at, CAPTURED),
            Receiver::Other => self.left(at, "`send()` of something that is neither a variable nor the end of a chain"),
        }
    }

    fn execute(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let at = call.method.span();
        let argument = call.args.first()?;
        let Receiver::Place(_) = receiver(&call.receiver) else {
            return self.left(at, "`execute` of something that is not a variable");
        };
        let by_value = match receiver(argument) {
            Receiver::Place(root) if self.scopes.is_captured(&root) => return self.left(at, CAPTURED),
            Receiver::Place(_) => false,
            Receiver::Value if is_built(argument) => true,
            _ => return self.left(at, "the request is neither a variable nor a chain that ends in `build()`"),
        };
        self.notes.rewritten(at, "execute");
        Some(template::execute(call, argument, by_value, at))
    }

    fn spawn_in_set(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let at = call.method.span();
        let argument = call.args.first()?;
        let Receiver::Place(_) = receiver(&call.receiver) else { return None };
        let simple = match argument {
            Expr::Async(_) => true,
            // A closure in it may get its types from what `spawn` takes.
            Expr::MethodCall(_) => !has_closure(argument),
            Expr::Call(call) => matches!(&*call.func, Expr::Path(_)) && !has_closure(argument),
            _ => false,
        };
        let expr = match receiver(argument) {
            Receiver::Place(root) if self.scopes.is_captured(&root) => return self.left(at, CAPTURED),
            Receiver::Place(_) => template::spawn_place(call, argument, at),
            _ if simple => template::spawn_value(call, argument, at),
            _ => return self.left(at, "what is spawned is neither a variable, nor an async block, nor a call without closures"),
        };
        self.notes.rewritten(at, "spawn");
        Some(expr)
    }

    fn function(&mut self, call: &mut ExprCall) -> Option<Expr> {
        let Expr::Path(path) = &*call.func else { return None };
        if !call.attrs.is_empty() || path.qself.is_some() || !path.attrs.is_empty() || call.args.len() != 1 {
            return None;
        }
        if path.path.segments.iter().any(|segment| !segment.arguments.is_none()) {
            return None;
        }
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match names[..] {
            ["reqwest", "get"] | ["reqwest", "blocking", "get"] => self.get(call, names.len() == 3),
            // Only by this name: whether a type has a `from_conf` cannot be asked, and it must have one for this to compile.
            [.., "Client", "new"] => self.client(call),
            [.., "Client", "from_conf"] => self.client_of_conf(call),
            ["tokio", "spawn"] | ["tokio", "task", "spawn"] => self.spawned(call, "task"),
            ["tokio", "task", "spawn_blocking"] | ["std", "thread", "spawn"] => self.spawned(call, "job"),
            // Another module may have that name; what it takes is a closure then as well.
            ["task", "spawn_blocking"] | ["thread" | "rayon", "spawn"] if is_closure(&call.args[0]) => self.spawned(call, "job"),
            ["task", "spawn_blocking"] | ["thread" | "rayon", "spawn"] => {
                self.left(call.func.span(), "what is spawned is not a closure written here")
            }
            _ => None,
        }
    }

    fn get(&mut self, call: &ExprCall, blocking: bool) -> Option<Expr> {
        let at = last(call)?.span();
        let captured = match receiver(&call.args[0]) {
            Receiver::Place(root) => self.scopes.is_captured(&root),
            _ => false,
        };
        if captured {
            return self.left(at, CAPTURED);
        }
        let is_place = matches!(receiver(&call.args[0]), Receiver::Place(_));
        self.notes.rewritten(at, "get");
        Some(template::get(call, &call.args[0], is_place, blocking, at))
    }

    fn client(&mut self, call: &ExprCall) -> Option<Expr> {
        let at = last(call)?.span();
        let (argument, is_place) = (&call.args[0], matches!(receiver(unreferenced(&call.args[0])), Receiver::Place(_)));
        let is_reference = matches!(argument, Expr::Reference(reference) if reference.mutability.is_none() && !matches!(*reference.expr, Expr::Closure(_)));
        if !is_place && !is_reference {
            // AWS clients take a reference.
            return None;
        }
        self.notes.rewritten(at, "client");
        Some(template::client(call, argument, is_place, at))
    }

    fn client_of_conf(&mut self, call: &ExprCall) -> Option<Expr> {
        let at = last(call)?.span();
        let argument = &call.args[0];
        let expr = match receiver(argument) {
            Receiver::Place(root) if self.scopes.is_captured(&root) => return self.left(at, CAPTURED),
            Receiver::Place(_) => template::from_conf_place(call, argument, at),
            _ if is_config(argument) => template::from_conf_value(call, argument, at),
            _ => return self.left(at, "the configuration is neither a variable nor a chain that ends in `build()` or `clone()`"),
        };
        self.notes.rewritten(at, "client");
        Some(expr)
    }

    fn spawned(&mut self, call: &mut ExprCall, wrapper: &str) -> Option<Expr> {
        let at = last(call)?.span();
        self.notes.rewritten(at, "spawn");
        let argument = call.args.first_mut()?;
        *argument = template::wrapped(wrapper, argument);
        None
    }

    fn left(&mut self, at: Span, reason: &str) -> Option<Expr> {
        self.notes.left(at, reason);
        None
    }

    /// A client that is awaited, or may fail, is not one of AWS: only what it is made of is looked at.
    fn is_other_client(expr: &mut Expr) -> Option<&mut ExprCall> {
        let of = match expr {
            Expr::Await(of) => &mut of.base,
            Expr::Try(of) => &mut of.expr,
            Expr::MethodCall(of) if of.method == "unwrap" || of.method == "expect" => &mut of.receiver,
            _ => return None,
        };
        match &mut **of {
            Expr::Call(call) if last(call).is_some_and(|last| last == "new" || last == "from_conf") => Some(call),
            _ => None,
        }
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
        let mark = self.scopes.enter();
        inside(self);
        self.scopes.leave(mark);
    }
}

impl VisitMut for Finder {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(call) = Self::is_other_client(expr) {
            call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
        let new = match expr {
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => self.function(call),
            Expr::Binary(binary) if !is_assignment(&binary.op) => {
                let operator = binary.op.span();
                [&mut binary.left, &mut binary.right].into_iter().for_each(|operand| template::operand(operand, operator));
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

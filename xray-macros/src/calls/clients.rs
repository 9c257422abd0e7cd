//! Calls of clients, and what starts tasks and threads.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprBinary, ExprCall, ExprMethodCall};

use super::find::Finder;
use super::shape::{Receiver, has_closure, is_assignment, is_built, is_closure, is_config, is_customized, last, receiver, unreferenced};
use super::template;
pub(crate) use super::template::start;

/// Methods and functions that may be a client's.
pub(super) const WORDS: [&str; 7] = ["send", "execute", "get", "new", "from_conf", "spawn", "spawn_blocking"];
/// Those that are hardly anybody else's.
pub(super) const CERTAIN: [&str; 6] = ["send", "execute", "spawn", "spawn_blocking", "reqwest", "from_conf"];

const CAPTURED: &str =
    "the variable comes from outside of this closure or async block: make a new one inside, or write the call in a chain";

impl Finder {
    pub(super) fn method(&mut self, call: &mut ExprMethodCall) -> Option<Expr> {
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

    pub(super) fn function(&mut self, call: &mut ExprCall) -> Option<Expr> {
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
}

/// A client that is awaited, or may fail, is not one of AWS: only what it is made of is looked at.
pub(super) fn other(expr: &mut Expr) -> Option<&mut ExprCall> {
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

/// What calls have become on either side of an operator.
pub(super) fn operands(binary: &mut ExprBinary) {
    if !is_assignment(&binary.op) {
        let operator = binary.op.span();
        [&mut binary.left, &mut binary.right].into_iter().for_each(|operand| template::operand(operand, operator));
    }
}

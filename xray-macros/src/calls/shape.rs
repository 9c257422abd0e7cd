//! What expressions look like.

use syn::visit::Visit;
use syn::{BinOp, Expr, ExprCall, ExprClosure, Ident, Member, Path};

/// What a receiver is.
pub(super) enum Receiver {
    /// A variable, or fields of one.
    Place(Ident),
    /// Something that was just made.
    Value,
    /// Neither, or not simple enough.
    Other,
}

pub(super) fn receiver(expr: &Expr) -> Receiver {
    match expr {
        Expr::Paren(inner) if inner.attrs.is_empty() => receiver(&inner.expr),
        Expr::Group(inner) if inner.attrs.is_empty() => receiver(&inner.expr),
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => match path.path.get_ident() {
            Some(root) if !is_constant(root) => Receiver::Place(root.clone()),
            _ => Receiver::Other,
        },
        Expr::Field(field) if field.attrs.is_empty() => match (receiver(&field.base), &field.member) {
            (Receiver::Place(root), Member::Named(_) | Member::Unnamed(_)) => Receiver::Place(root),
            _ => Receiver::Other,
        },
        Expr::MethodCall(_) | Expr::Call(_) | Expr::Await(_) | Expr::Try(_) => Receiver::Value,
        // What a call has become. A macro may stand for a variable, which must not be moved.
        Expr::Verbatim(_) => Receiver::Value,
        Expr::Reference(_) | Expr::Struct(_) | Expr::Block(_) | Expr::If(_) | Expr::Match(_) | Expr::Unsafe(_) => Receiver::Value,
        _ => Receiver::Other,
    }
}

/// `LIKE_THIS`, or `LikeThis`.
fn is_constant(name: &Ident) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

pub(super) fn unreferenced(expr: &Expr) -> &Expr {
    match expr {
        Expr::Reference(reference) if reference.mutability.is_none() && reference.attrs.is_empty() => &reference.expr,
        other => other,
    }
}

/// `+=` and the like.
pub(super) fn is_assignment(operator: &BinOp) -> bool {
    use BinOp::{AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign, ShrAssign, SubAssign};
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// Is there a closure in it?
pub(super) fn has_closure(expr: &Expr) -> bool {
    struct Closures(bool);
    impl<'ast> Visit<'ast> for Closures {
        fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {
            self.0 = true;
        }
    }
    let mut found = Closures(false);
    found.visit_expr(expr);
    found.0
}

/// `….customize()….`
pub(super) fn is_customized(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => call.method == "customize" && call.args.is_empty() || is_customized(&call.receiver),
        _ => false,
    }
}

/// `….build()?`, `….build().unwrap()`, `….build().expect("…")`
pub(super) fn is_built(expr: &Expr) -> bool {
    let inner = match expr {
        Expr::Try(inner) => &inner.expr,
        Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => &call.receiver,
        _ => return false,
    };
    matches!(&**inner, Expr::MethodCall(call) if call.method == "build" && call.args.is_empty() && call.turbofish.is_none())
}

/// `….build()`, `….clone()`: its type does not depend on what is expected.
pub(super) fn is_config(expr: &Expr) -> bool {
    matches!(expr, Expr::MethodCall(call) if (call.method == "build" || call.method == "clone") && call.args.is_empty() && call.turbofish.is_none())
}

pub(super) fn is_closure(expr: &Expr) -> bool {
    matches!(expr, Expr::Closure(closure) if closure.inputs.is_empty())
}

pub(super) fn last(call: &ExprCall) -> Option<&Ident> {
    let Expr::Path(path) = &*call.func else { return None };
    let path: &Path = &path.path;
    path.segments.last().map(|segment| &segment.ident)
}

//! What has a value of its own for almost every call, and is refused as a dimension unless wrapped in `allow_cardinality(…)`.
//!
//! Looked at are the last word of the key, and of what the value is called where it is taken from: `order_id`, `order.customer_id`.

use syn::{Expr, Member};

use crate::args::Value;
use crate::diag::Diag;
use crate::secret;

/// What almost every call has one of its own of, if a name ends so.
const MANY: [&str; 9] = ["arn", "email", "guid", "id", "ids", "ip", "timestamp", "ulid", "uuid"];

/// Refuses it.
pub(crate) fn check(value: &Value, diag: &mut Diag) {
    let is_many = |name: &str| secret::words(name).last().is_some_and(|last| MANY.contains(&last.as_str()));
    let in_expr = || syn::parse2::<Expr>(value.expr.clone()).ok().as_ref().and_then(named).filter(|name| is_many(name));
    let Some(word) = Some(value.key.clone()).filter(|key| is_many(key)).or_else(in_expr) else { return };
    let is_name_alone = value.place.to_string() == value.expr.to_string();
    let written = if is_name_alone { value.key.clone() } else { format!("{} = …", value.place) };
    let message = format!(
        "`{word}` looks as if almost every call had its own, and each value of a dimension is one more metric that CloudWatch charges for: \
         make it an annotation, `#[traced(annotate({written}))]`, or write `allow_cardinality({written})` if there are few"
    );
    diag.at(&value.place, message);
}

/// What a value is called where it is taken from.
fn named(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Expr::Field(field) => match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        },
        Expr::MethodCall(call) => named(&call.receiver).into_iter().chain([call.method.to_string()]).next(),
        Expr::Reference(reference) => named(&reference.expr),
        Expr::Unary(unary) => named(&unary.expr),
        Expr::Paren(paren) => named(&paren.expr),
        Expr::Group(group) => named(&group.expr),
        _ => None,
    }
}

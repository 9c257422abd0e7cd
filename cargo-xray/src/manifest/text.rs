//! What can be read of an expression without running it.

use std::collections::HashMap;

use syn::ext::IdentExt as _;
use syn::{Expr, Item, Lit};

/// Constants of a file that are texts, by name.
pub(super) type Constants = HashMap<String, String>;

/// The constants of these items and of the modules and implementations among them.
pub(super) fn constants(items: &[Item], into: &mut Constants) {
    for item in items {
        match item {
            Item::Const(item) => keep(&item.ident, &item.expr, into),
            Item::Static(item) => keep(&item.ident, &item.expr, into),
            Item::Mod(module) => module.content.iter().for_each(|(_, items)| constants(items, into)),
            Item::Impl(block) => block.items.iter().for_each(|item| {
                if let syn::ImplItem::Const(item) = item {
                    keep(&item.ident, &item.expr, into);
                }
            }),
            _ => {}
        }
    }
}

fn keep(name: &syn::Ident, value: &Expr, into: &mut Constants) {
    if let Some(text) = text(value, &Constants::new()) {
        into.insert(name.unraw().to_string(), text);
    }
}

/// The text that an expression stands for: a literal, a constant of the file, and what only changes the type of these.
pub(super) fn text(expr: &Expr, constants: &Constants) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        Expr::Path(path) => constants.get(&path.path.segments.last()?.ident.unraw().to_string()).cloned(),
        Expr::Reference(inner) => text(&inner.expr, constants),
        Expr::Paren(inner) => text(&inner.expr, constants),
        Expr::Group(inner) => text(&inner.expr, constants),
        Expr::MethodCall(call) if call.args.is_empty() => {
            let converts = ["into", "to_owned", "to_string", "as_str", "clone"].iter().any(|name| call.method == name);
            if converts { text(&call.receiver, constants) } else { None }
        }
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(path) = &*call.func else { return None };
            if path.path.segments.last()?.ident == "from" { text(call.args.first()?, constants) } else { None }
        }
        _ => None,
    }
}

/// The elements of `["a", "b"]`, `&["a"]`, `[]`. `None` if one of them is not known.
pub(super) fn list(expr: &Expr) -> Option<Vec<&Expr>> {
    match expr {
        Expr::Array(array) => Some(array.elems.iter().collect()),
        Expr::Reference(inner) => list(&inner.expr),
        Expr::Paren(inner) => list(&inner.expr),
        Expr::Group(inner) => list(&inner.expr),
        _ => None,
    }
}

/// The texts of `["a", "b"]`.
pub(super) fn texts(expr: &Expr, constants: &Constants) -> Option<Vec<String>> {
    list(expr)?.into_iter().map(|element| text(element, constants)).collect()
}

/// CloudWatch's spelling of `Unit::BytesPerSecond`, or of a text that is spelled so already.
pub(super) fn unit(written: &str) -> String {
    written.strip_suffix("PerSecond").map_or_else(|| written.to_owned(), |unit| format!("{unit}/Second"))
}

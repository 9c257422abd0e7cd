//! What the handler in a service is called, as far as it can be seen.

use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, Path, Stmt};

use super::{Services, last};

/// Of the first `service_fn( )` in an expression, or of the variable that it is.
pub(super) fn of_service(expr: &Expr, services: &Services) -> Option<String> {
    struct Find<'a>(Option<&'a Expr>);
    impl<'a> Visit<'a> for Find<'a> {
        fn visit_expr_call(&mut self, call: &'a ExprCall) {
            if self.0.is_none() && call.args.len() == 1 && last(call).is_some_and(|last| last == "service_fn") {
                self.0 = call.args.first();
            }
            visit::visit_expr_call(self, call);
        }
    }
    let variable = |expr: &Expr| match expr {
        Expr::Path(path) => path.path.get_ident().and_then(|ident| services.variable(ident)?.handler.clone()),
        _ => None,
    };
    let mut found = Find(None);
    found.visit_expr(expr);
    match found.0 {
        None => variable(expr),
        Some(Expr::Path(path)) => variable(&Expr::Path(path.clone())).or_else(|| of_path(&path.path)),
        Some(function) => of_closure(function),
    }
}

/// Does an expression make a service, as far as can be seen, or is it a variable that holds one?
pub(super) fn is_service(expr: &Expr, services: &Services) -> bool {
    struct Find<'a>(&'a Services, bool);
    impl<'a> Visit<'a> for Find<'_> {
        fn visit_path(&mut self, path: &'a Path) {
            const MAKERS: [&str; 6] = ["service_fn", "ServiceBuilder", "Router", "BoxService", "BoxCloneService", "Adapter"];
            let is_maker = path.segments.iter().any(|segment| MAKERS.iter().any(|maker| segment.ident == maker));
            let is_variable = || path.get_ident().and_then(|ident| self.0.variable(ident)).is_some_and(|variable| variable.is_service);
            self.1 |= is_maker || is_variable();
            visit::visit_path(self, path);
        }
    }
    let mut found = Find(services, false);
    found.visit_expr(expr);
    found.1
}

/// Of the call that a closure ends in.
pub(super) fn of_closure(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Closure(closure) => of_end(&closure.body),
        Expr::Paren(inner) => of_closure(&inner.expr),
        Expr::Group(inner) => of_closure(&inner.expr),
        // `{ let client = &client; move |event| handler(event, client) }`
        Expr::Block(block) => of_closure(end(&block.block.stmts)?),
        _ => None,
    }
}

fn of_end(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Await(of) => of_end(&of.base),
        Expr::Try(of) => of_end(&of.expr),
        Expr::Paren(inner) => of_end(&inner.expr),
        Expr::Group(inner) => of_end(&inner.expr),
        Expr::Return(of) => of_end(of.expr.as_ref()?),
        Expr::Block(block) => of_end(end(&block.block.stmts)?),
        Expr::Async(block) => of_end(end(&block.block.stmts)?),
        Expr::Call(call) => {
            // `Ok(handler(event).await)`, `Box::pin(handler(event))`
            let is_around = last(call).is_some_and(|last| ["Ok", "Err", "Some", "pin"].iter().any(|name| last == name));
            let Expr::Path(path) = &*call.func else { return None };
            if is_around { of_end(call.args.first()?) } else { of_path(&path.path) }
        }
        // `handler(event).await.map_err(…)`, or `app.handler(event)`
        Expr::MethodCall(call) => of_end(&call.receiver).or_else(|| Some(call.method.unraw().to_string())),
        _ => None,
    }
}

fn end(stmts: &[Stmt]) -> Option<&Expr> {
    match stmts.last()? {
        Stmt::Expr(expr, _) => Some(expr),
        _ => None,
    }
}

fn of_path(path: &Path) -> Option<String> {
    path.segments.last().map(|last| last.ident.unraw().to_string())
}

#[cfg(test)]
mod tests {
    use syn::{Block, parse_quote};

    use super::*;
    use crate::args::{Args, TRACED_LAMBDA};

    #[test]
    fn the_name_is_that_of_the_handler() {
        for (body, name) in [
            ("run(service_fn(handler))", Some("handler")),
            ("run(service_fn(orders::place))", Some("place")),
            ("run(lambda_runtime::service_fn(r#async))", Some("async")),
            ("run(service_fn(|event| handle(event, &client)))", Some("handle")),
            ("run(service_fn(move |event| async move { handle(event, client).await }))", Some("handle")),
            ("run(service_fn(|event| async { let x = 1; Ok::<_, Error>(a::handle(event).await?) }))", Some("handle")),
            ("run(service_fn(|event| { let client = client.clone(); async move { handle(event, &client).await } }))", Some("handle")),
            ("run(service_fn(|event| Box::pin(handle(event))))", Some("handle")),
            ("run(service_fn(|event| app.handle(event)))", Some("handle")),
            ("run(service_fn(|event| async { handle(event).await.map_err(Error::from) }))", Some("handle")),
            ("run(service_fn(|event| async { return handle(event).await; }))", Some("handle")),
            ("run(ServiceBuilder::new().layer(TraceLayer).service(service_fn(handler)))", Some("handler")),
            ("let service = service_fn(handler); run(service)", Some("handler")),
            ("let closure = |event| handle(event, &client); run(service_fn(closure))", Some("handle")),
            ("let service = service_fn(one); let service = service_fn(two); run(service)", Some("two")),
            ("run(service_fn(|event| async { Ok(()) }))", None),
            ("run(router)", None),
        ] {
            let block: Block = syn::parse_str(&format!("{{ {body} }}")).unwrap();
            let mut services = Services::of(&Args::parse(parse_quote!(), &TRACED_LAMBDA).unwrap()).unwrap();
            let mut found = None;
            for stmt in &block.stmts {
                match stmt {
                    Stmt::Local(local) => services.bind(local),
                    Stmt::Expr(Expr::Call(call), _) => found = of_service(&call.args[0], &services),
                    _ => unreachable!("{body}"),
                }
            }
            assert_eq!(found.as_deref(), name, "{body}");
        }
    }

    #[test]
    fn what_depends_on_what_is_expected_is_left_alone() {
        let services = Services::of(&Args::parse(parse_quote!(), &TRACED_LAMBDA).unwrap()).unwrap();
        for (argument, certain) in [
            ("service_fn(handler)", true),
            ("service_fn(|event| handler(event))", true),
            ("make(config).await?", true),
            ("Router::new()", true),
            ("Router::new().route(\"/\", get(root)).with_state(state)", true),
            ("Service { client }", true),
            ("Service", true),
            ("Wrapper(service_fn(handler))", true),
            ("5", false),
            ("&config", false),
            ("|x| x + 1", false),
            ("Box::new(|x| x + 1)", false),
            ("None", false),
            ("Default::default()", false),
            ("text.parse()?", false),
            ("text.parse().unwrap()", false),
            ("text.parse::<u8>()?", true),
            ("variable", false),
            ("state.get_mut()", false),
            ("async {}", false),
            ("vec![]", false),
        ] {
            assert_eq!(services.is_certain(&syn::parse_str(argument).unwrap()), certain, "{argument}");
        }
    }
}

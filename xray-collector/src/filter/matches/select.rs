//! Which services of a trace, or which calls of them, an expression names: for statistics, which are about those and not about traces.

use std::cell::{OnceCell, RefCell};

use super::{Asked, Context};
use crate::facts::Facts;
use crate::filter::Filter;
use crate::filter::ast::Expr;
use crate::filter::subject::Subject;

impl Filter {
    /// Whether an expression of services or edges names the service at a place, or the call to it. What it says about the trace has to hold
    /// as well; an empty expression names all.
    pub(crate) fn selects(&self, facts: &Facts, place: usize, context: &dyn Context) -> bool {
        let Some(expr) = &self.expr else { return true };
        let asked = Asked { facts, context, needs_trace: self.needs_trace, causes: OnceCell::new(), groups: RefCell::default() };
        asked.selects(expr, place)
    }

    /// Whether it names services. Otherwise calls are what it is about.
    pub(crate) fn is_about_services(&self) -> bool {
        let mut open: Vec<&Expr> = self.expr.iter().collect();
        while let Some(expr) = open.pop() {
            match expr {
                Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
                Expr::Not(part) => open.push(part),
                Expr::Service(..) => return true,
                _ => {}
            }
        }
        false
    }
}

impl Asked<'_> {
    /// No deeper than the expression, which is bounded.
    fn selects(&self, expr: &Expr, place: usize) -> bool {
        match expr {
            Expr::And(parts) => parts.iter().all(|part| self.selects(part, place)),
            Expr::Or(parts) => parts.iter().any(|part| self.selects(part, place)),
            Expr::Not(part) => !self.selects(part, place),
            Expr::Service(who, block) => self.is_service(place, who, block),
            Expr::Edge(source, destination, block) => self.is_edge(place, source, destination, block),
            other => self.is(other, &Subject::Trace(self.facts)),
        }
    }
}

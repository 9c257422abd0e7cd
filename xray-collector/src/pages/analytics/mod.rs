//! How long requests take and how often they fail: `/analytics`, with one operation looked at `/analytics?service=…&operation=…`, and two
//! filters side by side `/analytics?with=…`.

mod causes;
mod compare;
mod detail;
mod figures;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::layout::{Asked, Page, Section};
use super::scope::{Query, Scope};
use super::sort::Sorting;
use super::{assets, parts, text};
use crate::facts::Facts;
use crate::serve::App;
use crate::stats::{self, Operation};
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/analytics", get(analytics))
}

/// What the parts of the page are about.
struct Seen<'a> {
    app: &'a App,
    asked: &'a Asked,
    facts: &'a [Arc<Facts>],
    /// The filter that is compared with.
    with: Option<Scope>,
    /// The traces of that.
    others: Vec<Arc<Facts>>,
    sorting: Sorting,
}

async fn analytics(State(app): State<App>, mut asked: Asked) -> Response {
    let facts = asked.scope.facts(&app);
    let mut with = asked.query.get("with").map(|filter| asked.scope.reading(filter.trim()));
    let others = with.as_mut().map(|with| with.facts(&app)).unwrap_or_default();
    let columns = if with.is_some() { compare::COLUMNS } else { table::COLUMNS };
    let sorting = Sorting::of(&asked.query, columns, "time");
    let seen = Seen { app: &app, asked: &asked, facts: &facts, with, others, sorting };
    let page = Page::new(Section::Analytics, "Analytics", seen.body()).with(&assets::STATS_STYLE);
    let kept = ["with", "service", "type", "operation"].into_iter().filter_map(|name| Some((name, asked.query.get(name)?)));
    let kept = kept.chain(sorting.pairs().into_iter().filter(|(_, value)| !value.is_empty()));
    let page = kept.fold(page, |page, (name, value)| page.keep(name, value));
    asked.page(&app, page)
}

impl Seen<'_> {
    fn body(&self) -> Markup {
        html! {
            div.head {
                h1 { "Analytics" }
                span.muted id="count" data-live { (number::counted(self.facts.len(), "trace")) }
            }
            (self.comparing())
            @match &self.with {
                Some(with) => (compare::compare(self, with)),
                None if self.facts.is_empty() => div.card id="analytics" data-live { (parts::nothing(self.app, self.scope(), "/analytics")) },
                None => (self.all()),
            }
        }
    }

    /// Everything about the traces of one filter.
    fn all(&self) -> Markup {
        let operations = stats::operations(self.facts);
        let chosen = chosen(&operations, &self.asked.query);
        html! {
            (figures::figures(self))
            (figures::charts(self))
            div.split id="operations" data-live data-chosen[chosen.is_some()] {
                (table::table(self, &operations, chosen))
                @if let Some(operation) = chosen { (detail::panel(self, operation)) }
            }
            (causes::causes(self))
        }
    }

    /// The field for a second filter.
    fn comparing(&self) -> Markup {
        let kept = self.scope().link("");
        let kept = Query::parse(kept.strip_prefix('?').unwrap_or_default());
        let with = self.with.as_ref().map(|with| with.filter.as_str());
        html! {
            form.comparing method="get" action="/analytics" {
                @for name in ["filter", "range", "from", "to"] {
                    @if let Some(value) = kept.get(name) { input type="hidden" name=(name) value=(value); }
                }
                label for="with" { "Compare with" }
                input.field id="with" name="with" type="text" value=[with] list="filters" autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder="another filter, such as annotation[version] = \"2\"" aria-describedby=[self.with_problem().map(|_| "with-problem")];
                button.tool type="submit" { "Compare" }
                @if with.is_some() { a href=(self.scope().link("/analytics")) { "Stop comparing" } }
            }
            @if let Some(problem) = self.with_problem() { p.problems id="with-problem" role="alert" { (problem) } }
        }
    }

    fn with_problem(&self) -> Option<&str> {
        Some(&self.with.as_ref()?.problems.first()?.message)
    }

    fn scope(&self) -> &Scope {
        &self.asked.scope
    }

    /// The page with one thing changed.
    fn link(&self, changed: &[(&str, &str)]) -> String {
        let with = self.with.as_ref().map_or("", |with| with.filter.as_str());
        let query = &self.asked.query;
        let mut pairs = vec![("with", with)];
        pairs.extend(["service", "type", "operation"].into_iter().filter_map(|name| Some((name, query.get(name)?))));
        pairs.extend(self.sorting.pairs());
        pairs.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        pairs.extend_from_slice(changed);
        self.scope().link_with("/analytics", &pairs)
    }

    /// The page with an operation looked at.
    fn link_to(&self, operation: &Operation) -> String {
        let name = operation.name.as_deref().unwrap_or_default();
        self.link(&[("service", text::key(&operation.service)), ("type", text::key(&operation.kind)), ("operation", text::key(name))])
    }
}

fn chosen<'a>(operations: &'a [Operation], query: &Query) -> Option<&'a Operation> {
    let service = query.get("service")?;
    let (kind, name) = (query.get("type"), query.get("operation"));
    // An address that was typed has no type.
    let is = |own: &str, wanted: &str| text::key(own) == text::key(wanted);
    let fits = |operation: &&Operation| {
        let own = operation.name.as_deref().unwrap_or_default();
        is(&operation.service, service) && is(own, name.unwrap_or_default()) && kind.is_none_or(|kind| is(&operation.kind, kind))
    };
    let exactly = operations.iter().filter(fits).find(|operation| is(&operation.kind, kind.unwrap_or_default()));
    exactly.or_else(|| operations.iter().find(fits))
}

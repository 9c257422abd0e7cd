//! Tables that can be sorted by the headlines of their columns, which are links.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::scope::Query;

/// A column: what it is called in addresses, its headline, its class, and which way it is sorted first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) class: &'static str,
    pub(super) is_most_first: bool,
}

impl Column {
    /// Of text: from A.
    pub(super) const fn text(name: &'static str, label: &'static str) -> Self {
        Self { name, label, class: "", is_most_first: false }
    }

    /// Of numbers: the greatest first.
    pub(super) const fn number(name: &'static str, label: &'static str) -> Self {
        Self { name, label, class: "right", is_most_first: true }
    }

    /// Of numbers that narrow windows have no room for.
    pub(super) const fn more(name: &'static str, label: &'static str) -> Self {
        Self { class: "right wide-only", ..Self::number(name, label) }
    }
}

/// How a table is sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorting {
    columns: &'static [Column],
    by: usize,
    is_descending: bool,
    usual: usize,
}

impl Sorting {
    /// As the address says; otherwise by the column `usual`.
    pub(super) fn of(query: &Query, columns: &'static [Column], usual: &str) -> Self {
        let place = |name: &str| columns.iter().position(|column| column.name == name);
        let usual = place(usual).unwrap_or_default();
        let by = query.get("sort").and_then(place).unwrap_or(usual);
        let is_descending = query.get("order").map_or(columns[by].is_most_first, |order| order == "desc");
        Self { columns, by, is_descending, usual }
    }

    /// The column's name.
    pub(super) fn by(&self) -> &'static str {
        self.columns[self.by].name
    }

    pub(super) fn turned(&self, order: Ordering) -> Ordering {
        if self.is_descending { order.reverse() } else { order }
    }

    /// What stands for it in addresses; nothing if it is the usual one.
    pub(super) fn pairs(&self) -> [(&'static str, &'static str); 2] {
        self.pairs_of(self.by, self.is_descending)
    }

    fn pairs_of(&self, by: usize, is_descending: bool) -> [(&'static str, &'static str); 2] {
        let is_first = is_descending == self.columns[by].is_most_first;
        let sort = if by == self.usual && is_first { "" } else { self.columns[by].name };
        [("sort", sort), ("order", if is_first { "" } else { order(is_descending) })]
    }

    /// A row of headlines; `link` makes addresses of the page with these parameters.
    pub(super) fn headlines(&self, link: impl Fn(&[(&str, &str)]) -> String) -> Markup {
        html! {
            @for (index, column) in self.columns.iter().enumerate() {
                @let is_sorted = index == self.by;
                @let next = if is_sorted { !self.is_descending } else { column.is_most_first };
                th scope="col" class=[(!column.class.is_empty()).then_some(column.class)] aria-sort=[is_sorted.then_some(if self.is_descending { "descending" } else { "ascending" })] {
                    a href=(link(&self.pairs_of(index, next))) {
                        (column.label)
                        @if is_sorted { span.arrow aria-hidden="true" { (if self.is_descending { " ↓" } else { " ↑" }) } }
                    }
                }
            }
        }
    }
}

fn order(is_descending: bool) -> &'static str {
    if is_descending { "desc" } else { "asc" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::text("name", "Name"), Column::number("count", "Count")];

    #[test]
    fn headlines_turn_the_order_around() {
        let of = |query: &str| Sorting::of(&Query::parse(query), COLUMNS, "count");
        let link = |pairs: &[(&str, &str)]| format!("{pairs:?}");
        let table = [
            ("", "count", true, [("sort", ""), ("order", "")]),
            ("order=asc", "count", false, [("sort", "count"), ("order", "asc")]),
            ("sort=name", "name", false, [("sort", "name"), ("order", "")]),
            ("sort=name&order=desc", "name", true, [("sort", "name"), ("order", "desc")]),
            ("sort=nothing&order=x", "count", false, [("sort", "count"), ("order", "asc")]),
        ];
        for (query, by, is_descending, pairs) in table {
            let sorting = of(query);
            assert_eq!((sorting.by(), sorting.is_descending, sorting.pairs()), (by, is_descending, pairs), "{query}");
            let headlines = sorting.headlines(link).into_string();
            assert_eq!(headlines.matches("aria-sort").count(), 1);
        }
        assert!(
            of("").headlines(link).into_string().contains("[(&quot;sort&quot;, &quot;count&quot;), (&quot;order&quot;, &quot;asc&quot;)]")
        );
    }
}

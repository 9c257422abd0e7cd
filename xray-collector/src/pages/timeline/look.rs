//! How one looks at a trace: what is selected, folded and zoomed. All of it stands in the address.

use std::collections::BTreeSet;

use xray_model::{SegmentId, TraceId};

use crate::pages::scope::{Query, Scope};
use crate::settings::FOLDS_MAX;

/// How one looks at a trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    pub(super) segment: Option<SegmentId>,
    /// Milliseconds since the trace began.
    pub(super) zoom: Option<(f64, f64)>,
    /// Levels that are shown; all of them if `None`.
    pub(super) depth: Option<usize>,
    /// What is folded although it would be open.
    pub(super) folded: BTreeSet<SegmentId>,
    /// What is open although it would be folded: deeper than `depth`, or with many children of one name.
    pub(super) opened: BTreeSet<SegmentId>,
    pub(super) page: usize,
}

impl Look {
    pub(super) fn of(query: &Query) -> Self {
        let ids = |name: &str| {
            let all = query.get(name).unwrap_or_default().split(',');
            all.filter_map(|id| id.parse().ok()).take(FOLDS_MAX).collect()
        };
        let millis = |name: &str| query.number::<f64>(name).filter(|millis| millis.is_finite() && *millis >= 0.0);
        let zoom = match (millis("zoom_from"), millis("zoom_to")) {
            (None, None) => None,
            (from, to) => Some((from.unwrap_or_default(), to.unwrap_or(f64::MAX))).filter(|(from, to)| from < to),
        };
        Self {
            segment: query.get("segment").and_then(|id| id.parse().ok()),
            zoom,
            depth: query.number("depth").filter(|depth| *depth > 0),
            folded: ids("fold"),
            opened: ids("open"),
            page: query.number("page").unwrap_or(1).max(1),
        }
    }

    /// Its address.
    pub(super) fn link(&self, trace: TraceId, scope: &Scope) -> String {
        let join = |ids: &BTreeSet<SegmentId>| ids.iter().map(SegmentId::to_string).collect::<Vec<_>>().join(",");
        let number = |number: f64| {
            if number == f64::MAX { String::new() } else { format!("{number:.6}").trim_end_matches('0').trim_end_matches('.').to_owned() }
        };
        let (from, to) = self.zoom.map(|(from, to)| (number(from), number(to))).unwrap_or_default();
        let pairs = [
            ("segment", self.segment.map(|id| id.to_string()).unwrap_or_default()),
            ("zoom_from", from),
            ("zoom_to", to),
            ("depth", self.depth.map(|depth| depth.to_string()).unwrap_or_default()),
            ("fold", join(&self.folded)),
            ("open", join(&self.opened)),
            ("page", if self.page > 1 { self.page.to_string() } else { String::new() }),
        ];
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        scope.link_with(&format!("/traces/{trace}"), &pairs)
    }

    pub(super) fn selecting(&self, segment: Option<SegmentId>) -> Self {
        Self { segment, ..self.clone() }
    }

    pub(super) fn zoomed(&self, zoom: Option<(f64, f64)>) -> Self {
        Self { zoom, ..self.clone() }
    }

    pub(super) fn to_depth(&self, depth: Option<usize>) -> Self {
        Self { depth, folded: BTreeSet::new(), opened: BTreeSet::new(), page: 1, ..self.clone() }
    }

    pub(super) fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same with one folded that was open, or the other way round.
    pub(super) fn toggled(&self, id: SegmentId, is_open: bool) -> Self {
        let mut look = self.clone();
        let (gains, loses) = if is_open { (&mut look.folded, &mut look.opened) } else { (&mut look.opened, &mut look.folded) };
        if !loses.remove(&id) {
            gains.insert(id);
        }
        look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_what_its_link_says() {
        let trace: TraceId = "1-5759e988-bd862e3fe1be46a994272793".parse().unwrap();
        let query =
            "segment=53995c3f42cd8ad8&zoom_from=1.5&zoom_to=20&depth=3&fold=0000000000000001,0000000000000002&open=0000000000000003&page=2";
        let look = Look::of(&Query::parse(query));
        let link = look.link(trace, &Scope::default());
        assert_eq!(link, format!("/traces/{trace}?{}", query.replace(',', "%2C")));
        let id = "0000000000000001".parse().unwrap();
        assert_eq!(look.toggled(id, false).folded.len(), 1);
        assert_eq!(look.toggled(id, false).toggled(id, true).folded, look.folded);
    }

    #[test]
    fn nonsense_is_overlooked() {
        let look = Look::of(&Query::parse("segment=x&zoom_from=9&zoom_to=1&depth=-1&fold=1,2,,&page=0&open=%00"));
        assert_eq!((look.segment, look.zoom, look.depth, look.folded.len(), look.page), (None, None, None, 0, 1));
    }
}

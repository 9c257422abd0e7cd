//! What a program tells X-Ray and CloudWatch, as its source says it.

mod attributes;
mod calls;
mod check;
mod collector;
mod print;
mod records;
mod source;
mod text;
mod workspace;

use serde::{Deserialize, Serialize};

pub use check::check;
pub use print::{json, table};
pub use source::collect;
pub use workspace::{Options, Read, read};

/// The version of the JSON format.
const VERSION: u32 = 1;

/// Everything with a name that a workspace records. Each list is sorted, and holds each entry once, with all the places that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format; 1.
    pub version: u32,
    /// Segments and subsegments.
    pub traced: Vec<Traced>,
    /// Annotations.
    pub annotations: Vec<Key>,
    /// Metadata.
    pub metadata: Vec<Key>,
    /// Metrics.
    pub metrics: Vec<Metric>,
    /// Dimensions of those metrics.
    pub dimensions: Vec<Key>,
}

impl Default for Manifest {
    fn default() -> Self {
        let (traced, annotations, metadata, metrics, dimensions) = Default::default();
        Self { version: VERSION, traced, annotations, metadata, metrics, dimensions }
    }
}

/// What makes a segment or a subsegment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `#[traced]`, on the function or around it.
    Traced,
    /// `#[traced_lambda]`.
    TracedLambda,
    /// `segment("…")` or `subsegment("…")`.
    ByHand,
}

/// What is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opens {
    /// A segment.
    Segment,
    /// A subsegment.
    Subsegment,
}

/// A segment or a subsegment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traced {
    /// Its name.
    pub name: String,
    /// What is opened.
    pub opens: Opens,
    /// What opens it.
    pub kind: Kind,
    /// The segment that a subsegment begins where there is none: a name, or `(service)` for the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// `remote` or `aws`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How long it may take, as written: `5s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<String>,
    /// Files, or files and lines.
    pub at: Vec<String>,
}

/// The key of an annotation, of metadata or of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The key.
    pub key: String,
    /// Files, or files and lines.
    pub at: Vec<String>,
}

/// What defines a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// `#[business_metric]`: recorded in the namespace of the process, with the dimension `Service` in front of its own.
    BusinessMetric,
    /// `Metric::new` or `Metric::counter`: recorded where the program decides.
    ByHand,
}

/// A metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Its unit, as CloudWatch spells it.
    pub unit: String,
    /// What defines it.
    pub source: Source,
    /// Whether values are added up; otherwise each is kept.
    pub sum: bool,
    /// Seconds that CloudWatch tells apart: 1 or 60.
    pub resolution: u32,
    /// After which ends of the function it is recorded: `ok`, `err` or `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Sets of dimensions, without those that all metrics of the process have.
    pub sets: Vec<Vec<String>>,
    /// Files, or files and lines.
    pub at: Vec<String>,
}

/// An entry of a list of a [`Manifest`]: what is the same in two places becomes one entry.
trait Entry: Ord {
    fn at(&mut self) -> &mut Vec<String>;
}

macro_rules! entries {
    ($($entry:ident)*) => {
        $(impl Entry for $entry {
            fn at(&mut self) -> &mut Vec<String> {
                &mut self.at
            }
        })*
    };
}

entries!(Traced Key Metric);

impl Manifest {
    /// Sorts the lists, and makes one entry of what is the same. Without locations, places are files only.
    #[must_use]
    pub fn sorted(mut self, locations: bool) -> Self {
        merge(&mut self.traced, locations);
        merge(&mut self.annotations, locations);
        merge(&mut self.metadata, locations);
        merge(&mut self.metrics, locations);
        let of_metrics = self
            .metrics
            .iter()
            .flat_map(|metric| metric.sets.iter().flatten().map(|key| Key { key: key.clone(), at: metric.at.clone() }).collect::<Vec<_>>());
        self.dimensions = of_metrics.collect();
        merge(&mut self.dimensions, true);
        self
    }

    /// Metrics that are defined twice, and not alike: CloudWatch would keep them apart, or mix what does not belong together.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let pairs = self.metrics.iter().zip(self.metrics.iter().skip(1)).filter(|(one, other)| one.name == other.name);
        let units = pairs.filter(|(one, other)| one.unit != other.unit);
        let told = units.map(|(one, other)| {
            let (first, second) = (one.at.join(", "), other.at.join(", "));
            format!(
                "the metric `{}` has the unit {} in {first}, and {} in {second}: give both the same unit, or one another name",
                one.name, one.unit, other.unit
            )
        });
        told.collect()
    }

    /// Names of other services that the program calls, AWS's among them, as far as the source says them.
    #[must_use]
    pub fn remote_names(&self) -> Vec<&str> {
        let remote = self.traced.iter().filter(|traced| matches!(traced.namespace.as_deref(), Some("remote" | "aws")));
        let mut names: Vec<&str> = remote.map(|traced| traced.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn merge<T: Entry>(entries: &mut Vec<T>, locations: bool) {
    // The places come out of the entries, so that those that differ in nothing else are neighbours.
    let mut taken: Vec<(T, Vec<String>)> = Vec::with_capacity(entries.len());
    for mut entry in entries.drain(..) {
        let mut places = std::mem::take(entry.at());
        if !locations {
            places.iter_mut().for_each(without_line);
        }
        taken.push((entry, places));
    }
    taken.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (mut entry, mut places) in taken.into_iter().rev() {
        if let Some(last) = entries.last_mut()
            && places_apart(last, |last| *last == entry)
        {
            last.at().append(&mut places);
        } else {
            *entry.at() = places;
            entries.push(entry);
        }
    }
    entries.reverse();
    for entry in entries {
        // By file, then by line as a number.
        entry.at().sort_by(|one, other| split(one).cmp(&split(other)));
        entry.at().dedup();
    }
}

/// Looks at an entry as if it had no places.
fn places_apart<T: Entry, R>(entry: &mut T, look: impl FnOnce(&T) -> R) -> R {
    let places = std::mem::take(entry.at());
    let seen = look(entry);
    *entry.at() = places;
    seen
}

/// File and line of a place.
fn split(place: &str) -> (&str, usize) {
    let parts = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    parts.unwrap_or((place, 0))
}

fn without_line(place: &mut String) {
    let length = split(place).0.len();
    place.truncate(length);
}

#[cfg(test)]
mod tests;

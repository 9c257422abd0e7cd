//! What was found of an event.

use super::super::text::{CHARS_MAX, cut};
use super::wanted::{Keep, Wanted};

/// The part of a value that was wanted and is there.
#[derive(Debug, Default)]
pub(super) enum Picked {
    /// Null, or a value that was not read to its end.
    #[default]
    Nothing,
    Text(String),
    /// Something of which no more is known than that it is there.
    Other,
    Members(Vec<(&'static str, Self)>),
    List {
        /// How many elements there are, if they were counted to the end.
        count: Option<usize>,
        kept: Vec<Self>,
    },
}

/// What to do with a member that comes next.
pub(super) enum Next<'p> {
    Read(Keep, &'p mut Picked),
    Skip,
    /// Neither it nor what comes after it can add anything.
    Stop,
}

impl Picked {
    /// A text, if one is wanted.
    pub(super) fn of_text(keep: Keep, text: &str) -> Self {
        match keep {
            Keep::Text => Self::Text(cut(text, CHARS_MAX)),
            _ => Self::Other,
        }
    }

    /// An object of which nothing has been read, if one is wanted.
    pub(super) fn of_members(keep: Keep) -> Self {
        match keep {
            Keep::Members(_) => Self::Members(Vec::new()),
            _ => Self::Other,
        }
    }

    /// A list of which nothing has been read, if one is wanted.
    pub(super) fn of_list(keep: Keep) -> Self {
        match keep {
            Keep::List(..) => Self::List { count: None, kept: Vec::new() },
            _ => Self::Other,
        }
    }

    /// A place for the member that comes next; of members of one name the first counts.
    pub(super) fn next_member(&mut self, (name, keep): &'static Wanted) -> Next<'_> {
        let is_payload = matches!(keep, Keep::Payload);
        let is_last = is_payload && self.is_enough();
        let Self::Members(members) = self else { return Next::Skip };
        if members.iter().any(|(known, _)| known == name) {
            return Next::Skip;
        }
        members.push((name, if is_payload { Self::Other } else { Self::Nothing }));
        match members.last_mut() {
            _ if is_last => Next::Stop,
            Some((_, picked)) if !is_payload => Next::Read(*keep, picked),
            _ => Next::Skip,
        }
    }

    /// A place for the element that comes next, if it is to be kept.
    pub(super) fn next_element(&mut self, keep: Keep) -> Option<(Keep, &mut Self)> {
        match (self, keep) {
            (Self::List { kept, .. }, Keep::List(of, max)) if kept.len() < max => {
                kept.push(Self::Nothing);
                kept.last_mut().map(|picked| (*of, picked))
            }
            _ => None,
        }
    }

    /// Says that a list has no more elements than these.
    pub(super) fn set_count(&mut self, elements: usize) {
        if let Self::List { count, .. } = self {
            *count = Some(elements);
        }
    }

    /// Whether an event is known well enough not to read what it carries. AWS writes the payload last, or nearly so.
    fn is_enough(&self) -> bool {
        let has_all = |paths: &[&str]| paths.iter().all(|path| self.has(path));
        has_all(&["requestContext"]) || has_all(&["detail-type", "source", "resources"])
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Members(members) => members.is_empty(),
            _ => true,
        }
    }

    /// What is there at the end of a path of names with `/` between them. A list stands for its first element.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |picked, name| picked.member(name))
    }

    fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Members(members) => members.iter().find(|(known, _)| *known == name).map(|(_, picked)| picked),
            Self::List { kept, .. } => kept.first()?.member(name),
            _ => None,
        }
    }

    /// The text that is there.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_text()
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            Self::List { kept, .. } => kept.first()?.as_text(),
            _ => None,
        }
    }

    /// Whether it is this text that is there.
    pub(super) fn is(&self, path: &str, text: &str) -> bool {
        self.text(path) == Some(text)
    }

    /// Whether anything but null is there.
    pub(super) fn has(&self, path: &str) -> bool {
        self.at(path).is_some_and(|picked| !matches!(picked, Self::Nothing))
    }

    /// How many elements the list has that is there.
    pub(super) fn count(&self, path: &str) -> Option<usize> {
        match self.at(path)? {
            Self::List { count, .. } => *count,
            _ => None,
        }
    }

    /// The elements that were kept of the list that is there.
    pub(super) fn elements(&self, path: &str) -> &[Self] {
        match self.at(path) {
            Some(Self::List { kept, .. }) => kept,
            _ => &[],
        }
    }
}

impl Keep {
    /// Whether and how this member of an object is wanted.
    pub(super) fn member(self, name: &str) -> Option<&'static Wanted> {
        match self {
            Self::Members(wanted) => wanted.iter().find(|(known, _)| *known == name),
            _ => None,
        }
    }
}

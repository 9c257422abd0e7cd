//! Groups: filter expressions with names.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::Held;
use super::call::Answer;
use super::error::Error;
use super::filters;
use super::tags;
use super::token::Question;
use crate::members::Members;
use crate::sampling::replace;
use crate::settings::{ARN_PREFIX, GROUPS_MAX, GROUPS_PAGE};

/// Name of the group that has all traces.
const DEFAULT: &str = "Default";
const NAME_CHARS_MAX: usize = 32;
const ARN_CHARS_MAX: usize = 400;
/// Name of the file in a folder for traces: as GetGroups answers.
const FILE: &str = "groups.json";

/// A filter expression with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// Empty for all traces.
    pub(crate) filter: String,
    insights: Insights,
}

/// What the service would make of what is unusual; kept, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Insights {
    enabled: bool,
    notifications: bool,
}

impl Group {
    pub(crate) fn arn(&self) -> String {
        format!("{ARN_PREFIX}group/{}", self.name)
    }

    fn shape(&self) -> Value {
        let mut group = json!({
            "GroupName": self.name,
            "GroupARN": self.arn(),
            "InsightsConfiguration": {"InsightsEnabled": self.insights.enabled, "NotificationsEnabled": self.insights.notifications},
        });
        if !self.filter.is_empty() {
            group["FilterExpression"] = json!(self.filter);
        }
        group
    }
}

/// All groups.
#[derive(Debug)]
pub(crate) struct Groups {
    by_name: Mutex<ByName>,
    /// Where they are kept.
    file: Option<PathBuf>,
}

type ByName = BTreeMap<String, Group>;

impl Groups {
    /// Those that are kept in a folder; none but `Default` without one.
    ///
    /// # Errors
    ///
    /// If their file cannot be used.
    pub(super) fn open(folder: Option<&Path>) -> io::Result<Self> {
        let all = Group { name: DEFAULT.to_owned(), ..Group::default() };
        let mut by_name = ByName::from([(all.name.clone(), all)]);
        let file = folder.map(|folder| folder.join(FILE));
        if let Some(file) = &file {
            let groups = read(file).map_err(|why| {
                let message = format!("The groups in {} cannot be used: {why}. Correct the file, or move it away", file.display());
                io::Error::new(io::ErrorKind::InvalidInput, message)
            })?;
            by_name.extend(groups.into_iter().map(|group| (group.name.clone(), group)));
        }
        Ok(Self { by_name: Mutex::new(by_name), file })
    }

    fn lock(&self) -> MutexGuard<'_, ByName> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes groups, once that is in their file.
    fn change<T>(&self, change: impl FnOnce(&mut ByName) -> Result<T, Error>) -> Result<T, Error> {
        let mut by_name = self.lock();
        let mut changed = by_name.clone();
        let result = change(&mut changed)?;
        if let Some(file) = &self.file {
            let text = format!("{:#}\n", json!({"Groups": changed.values().map(Group::shape).collect::<Vec<_>>()}));
            replace(file, &text)
                .map_err(|error| Error::internal(format!("{} cannot be written: {error}: nothing was changed", file.display())))?;
        }
        *by_name = changed;
        Ok(result)
    }

    /// All groups by name.
    pub(crate) fn all(&self) -> Vec<Group> {
        self.lock().values().cloned().collect()
    }

    pub(crate) fn named(&self, name: &str) -> Option<Group> {
        self.lock().get(name).cloned()
    }

    pub(crate) fn with_arn(&self, arn: &str) -> Option<Group> {
        self.lock().values().find(|group| group.arn() == arn).cloned()
    }

    /// The group that a request means; `None` if it names none.
    pub(super) fn meant(&self, request: &Members<'_>) -> Result<Option<Group>, Error> {
        let (name, arn) = (request.text("GroupName", 1..=NAME_CHARS_MAX)?, request.text("GroupARN", 1..=ARN_CHARS_MAX)?);
        let (member, found) = match (name, arn) {
            (None, None) => return Ok(None),
            (Some(name), None) => ("GroupName", self.named(name)),
            (None, Some(arn)) => ("GroupARN", self.with_arn(arn)),
            (Some(name), Some(arn)) => ("GroupName", self.named(name).filter(|group| group.arn() == arn)),
        };
        found.map(Some).ok_or_else(|| request.wrong(member, "there is no such group: GetGroups has those that there are").into())
    }

    fn need(&self, request: &Members<'_>) -> Result<Group, Error> {
        self.meant(request)?.ok_or_else(|| Error::invalid("GroupName and GroupARN are missing: give one of them"))
    }
}

pub(super) fn create(app: &Held, request: &Members<'_>) -> Answer {
    let name = request.need("GroupName", request.text("GroupName", 1..=NAME_CHARS_MAX)?)?;
    let mut group = Group { name: name.to_owned(), ..Group::default() };
    change(&mut group, request)?;
    let tags = tags::first(request)?;
    app.api.groups.change(|groups| {
        if groups.contains_key(name) {
            return Err(request.wrong("GroupName", "there is a group of this name: update that one, or choose another name").into());
        }
        if groups.len() > GROUPS_MAX {
            return Err(Error::invalid(format!("There are {GROUPS_MAX} groups, which is the limit: delete one first")));
        }
        groups.insert(group.name.clone(), group.clone());
        Ok(())
    })?;
    app.api.tags.set(&group.arn(), tags)?;
    Ok(json!({"Group": group.shape()}))
}

pub(super) fn get(app: &Held, request: &Members<'_>) -> Answer {
    Ok(json!({"Group": app.api.groups.need(request)?.shape()}))
}

pub(super) fn update(app: &Held, request: &Members<'_>) -> Answer {
    let mut group = app.api.groups.need(request)?;
    if group.name == DEFAULT && request.has("FilterExpression") {
        return Err(request.wrong("FilterExpression", "the group Default has all traces: make another group").into());
    }
    change(&mut group, request)?;
    app.api.groups.change(|groups| {
        groups.insert(group.name.clone(), group.clone());
        Ok(())
    })?;
    Ok(json!({"Group": group.shape()}))
}

pub(super) fn delete(app: &Held, request: &Members<'_>) -> Answer {
    let group = app.api.groups.need(request)?;
    if group.name == DEFAULT {
        return Err(Error::invalid("GroupName: the group Default cannot be deleted: it has all traces"));
    }
    app.api.groups.change(|groups| {
        groups.remove(&group.name);
        Ok(())
    })?;
    app.api.tags.forget(&group.arn());
    Ok(json!({}))
}

pub(super) fn get_all(app: &Held, request: &Members<'_>) -> Answer {
    let question = Question::new("GetGroups", &[]);
    let place = question.place(request)?.map_or(0, |(index, _)| usize::try_from(index).unwrap_or(usize::MAX));
    let groups = app.api.groups.all();
    let page: Vec<Value> = groups.iter().skip(place).take(GROUPS_PAGE).map(Group::shape).collect();
    let next = place.saturating_add(GROUPS_PAGE);
    let mut answer = json!({"Groups": page});
    if next < groups.len() {
        answer["NextToken"] = json!(question.token((next as u64, 0)));
    }
    Ok(answer)
}

/// Reads a file of groups. There is none yet at first.
fn read(file: &Path) -> Result<Vec<Group>, String> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| error.to_string())?,
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let whole = Members::whole(&value).map_err(|wrong| wrong.to_string())?;
    let groups = whole.objects("Groups", GROUPS_MAX + 1).map_err(|wrong| wrong.to_string())?;
    let one = |group: &Members<'_>| {
        let name = group.need("GroupName", group.text("GroupName", 1..=NAME_CHARS_MAX)?)?;
        let mut read = Group { name: name.to_owned(), ..Group::default() };
        change(&mut read, group)?;
        if name == DEFAULT {
            read.filter.clear();
        }
        Ok(read)
    };
    groups.iter().map(one).collect::<Result<_, Error>>().map_err(Error::into_message)
}

fn change(group: &mut Group, request: &Members<'_>) -> Result<(), Error> {
    if let Some(filter) = request.text("FilterExpression", 0..=usize::MAX)? {
        filters::parse(&request.place("FilterExpression"), filter)?;
        filter.clone_into(&mut group.filter);
    }
    if let Some(insights) = request.object("InsightsConfiguration")? {
        group.insights.enabled = insights.boolean("InsightsEnabled")?.unwrap_or(group.insights.enabled);
        group.insights.notifications = insights.boolean("NotificationsEnabled")?.unwrap_or(group.insights.notifications);
    }
    if group.insights.notifications && !group.insights.enabled {
        return Err(Error::invalid("InsightsConfiguration.NotificationsEnabled: true needs InsightsEnabled: set that, too"));
    }
    Ok(())
}

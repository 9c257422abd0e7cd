//! A manifest and the one that was committed.

use std::collections::BTreeSet;

use super::{Manifest, print};
use crate::Error;

/// Compares the manifest with the text of a file that was written from an earlier one. `update` is the command that writes the file anew.
///
/// # Errors
///
/// If they differ: with what was added and what was removed, and how to update the file. If the text is no manifest: with the reason.
pub fn check(manifest: &Manifest, name: &str, committed: &str, update: &str) -> Result<(), Error> {
    let committed: Manifest = serde_json::from_str(committed)
        .map_err(|error| Error::new(format!("{name} is no manifest: {error}; write it anew by `{update}`")))?;
    if committed == *manifest {
        return Ok(());
    }
    if committed.version != manifest.version {
        let (there, here) = (committed.version, manifest.version);
        return Err(Error::new(format!(
            "{name} has the format of version {there}, and this is version {here}: write it anew by `{update}`"
        )));
    }
    let (mut lines, mut added, mut removed) = (Vec::new(), 0, 0);
    for ((title, before), (_, now)) in print::sections(&committed).iter().zip(print::sections(manifest)) {
        let before: BTreeSet<String> = before.iter().map(|row| line(row)).collect();
        let now: BTreeSet<String> = now.iter().map(|row| line(row)).collect();
        let mut changes: Vec<(&String, char)> = before.difference(&now).map(|line| (line, '-')).collect();
        removed += changes.len();
        changes.extend(now.difference(&before).map(|line| (line, '+')));
        changes.sort_by_key(|(line, sign)| (*line, *sign == '+'));
        if !changes.is_empty() {
            lines.push(format!("  {title}"));
            added += changes.iter().filter(|(_, sign)| *sign == '+').count();
            lines.extend(changes.iter().map(|(line, sign)| format!("  {sign} {line}")));
        }
    }
    let summary = format!("{name} is not what the source says: {added} added, {removed} removed");
    let remedy = format!("If that is as it should be, write the file anew by `{update}` and commit it");
    Err(Error::new(format!("{summary}\n{}\n{remedy}", lines.join("\n"))))
}

/// The cells of an entry on one line.
fn line(row: &[String]) -> String {
    let filled: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    match filled.split_last() {
        Some((places, cells)) => format!("{} ({places})", cells.join(" · ")),
        None => String::new(),
    }
}

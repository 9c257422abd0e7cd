//! Which measures to make, from the command line; for both programs.

/// A measure by its name on the command line.
pub struct Measure<S, F> {
    pub name: &'static str,
    pub what: &'static str,
    pub run: fn(&S) -> F,
    /// Left out unless named, because it takes minutes.
    pub long: bool,
}

/// What is asked for.
pub struct Wanted<'m, S, F> {
    pub quick: bool,
    pub measures: Vec<&'m Measure<S, F>>,
}

impl<'m, S, F> Wanted<'m, S, F> {
    /// `None` if the arguments cannot be understood.
    pub fn read(args: &[String], all: &'m [Measure<S, F>]) -> Option<Self> {
        let (flags, names): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| arg.starts_with("--"));
        let known = |name: &str| all.iter().any(|m| m.name == name);
        if flags.iter().any(|f| !["--quick", "--all"].contains(&f.as_str())) || names.iter().any(|n| !known(n)) {
            return None;
        }
        let has = |flag: &str| flags.iter().any(|f| *f == flag);
        let wanted = |measure: &&Measure<S, F>| {
            let named = names.iter().any(|name| *name == measure.name);
            named || (names.is_empty() && (has("--all") || !measure.long))
        };
        Some(Self { quick: has("--quick"), measures: all.iter().filter(wanted).collect() })
    }
}

/// Prints what there is.
pub fn list<S, F>(measures: &[Measure<S, F>]) {
    for measure in measures {
        println!("  {:<16}{}{}", measure.name, measure.what, if measure.long { " (only when named, or with --all)" } else { "" });
    }
}

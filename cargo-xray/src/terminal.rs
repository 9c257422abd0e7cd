//! What is known of the terminal, if there is one.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use xray_collector::View;

use crate::environment::Environment;

/// When to write colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// In any case
    Always,
    /// Never
    Never,
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
}

/// What standard output is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Output {
    is_terminal: bool,
    /// Its columns, if it has some.
    columns: Option<usize>,
}

impl Output {
    /// That of this process.
    pub(crate) fn read() -> Self {
        Self {
            is_terminal: io::stdout().is_terminal(),
            columns: terminal_size::terminal_size_of(io::stdout()).map(|(terminal_size::Width(columns), _)| usize::from(columns)),
        }
    }

    /// How to write to it. `COLUMNS` is for what is no terminal; of one it is known, and the shell's variable may be older.
    pub(crate) fn view(self, colour: Colour, environment: &Environment) -> View {
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.is_terminal && !environment.is_set("NO_COLOR") && environment.text("TERM") != Some("dumb"),
        };
        let columns = self.columns.or_else(|| environment.text("COLUMNS")?.parse().ok());
        let default = View::default();
        View { colour, width: columns.unwrap_or(default.width), ..default }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let terminal = Output { is_terminal: true, columns: Some(132) };
        for (output, colour, variables, expected) in [
            (terminal, Colour::Auto, vec![], (true, 132)),
            (terminal, Colour::Auto, vec![("NO_COLOR", "1"), ("COLUMNS", "70")], (false, 132)),
            (terminal, Colour::Auto, vec![("NO_COLOR", "")], (true, 132)),
            (terminal, Colour::Auto, vec![("TERM", "dumb")], (false, 132)),
            (terminal, Colour::Never, vec![], (false, 132)),
            (Output::default(), Colour::Auto, vec![("TERM", "xterm")], (false, 80)),
            (Output::default(), Colour::Always, vec![("NO_COLOR", "1"), ("COLUMNS", "100")], (true, 100)),
            (Output::default(), Colour::Auto, vec![("COLUMNS", "wide")], (false, 80)),
        ] {
            let view = output.view(colour, &variables.iter().copied().collect());
            assert_eq!((view.colour, view.width), expected, "{output:?} {colour:?} {variables:?}");
        }
    }
}

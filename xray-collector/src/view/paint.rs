//! Lines of styled pieces.

use super::text;

/// What a piece of text is, and so how it looks where colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    /// Guides, scales, annotations: what the eye should skip at first.
    Faint,
    Ok,
    Error,
    Throttle,
    Fault,
    /// Bar of a service.
    Service,
    /// Bar of a call of another service.
    Call,
    /// Bar of work inside a service.
    Work,
}

impl Style {
    /// Only the sixteen colours that every terminal has, and that users set so that they can read them.
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Ok => "32",
            Self::Error => "33",
            Self::Throttle => "35",
            Self::Fault => "31",
            Self::Service => "34",
            Self::Call => "32",
            Self::Work => "36",
        }
    }
}

/// Lines of text that grow piece by piece.
pub(super) struct Canvas {
    out: String,
    colour: bool,
    /// Columns of the line that grows.
    column: usize,
    /// Blanks that are written as soon as something follows them.
    blanks: usize,
}

impl Canvas {
    pub(super) fn new(colour: bool) -> Self {
        Self { out: String::new(), colour, column: 0, blanks: 0 }
    }

    /// Adds text, and cleans it: nothing from a document gets past this.
    pub(super) fn put(&mut self, style: Style, piece: &str) {
        let piece = text::clean(piece);
        let inner = piece.trim_start_matches(' ');
        self.skip(piece.len() - inner.len());
        let shown = inner.trim_end_matches(' ');
        if !shown.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.blanks));
            self.blanks = 0;
            let code = if self.colour { style.code() } else { "" };
            if code.is_empty() {
                self.out.push_str(shown);
            } else {
                self.out.extend(["\x1b[", code, "m", shown, "\x1b[0m"]);
            }
            self.column += text::width(shown);
        }
        self.skip(inner.len() - shown.len());
    }

    /// Adds blanks.
    pub(super) fn skip(&mut self, columns: usize) {
        self.column += columns;
        self.blanks += columns;
    }

    /// Adds blanks up to a column, at least none.
    pub(super) fn skip_to(&mut self, column: usize) {
        self.skip(column.saturating_sub(self.column));
    }

    /// Adds text that ends at a column.
    pub(super) fn put_right(&mut self, style: Style, piece: &str, column: usize) {
        self.skip_to(column.saturating_sub(text::width(&text::clean(piece))));
        self.put(style, piece);
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// Ends the line; blanks at its end are left out.
    pub(super) fn end_line(&mut self) {
        self.out.push('\n');
        (self.column, self.blanks) = (0, 0);
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

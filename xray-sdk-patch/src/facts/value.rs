//! What fields hold, and where headers come from.

/// The value of a field in a document's `aws` block.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Int(i64),
    /// A finite number.
    Float(f64),
    Bool(bool),
    Texts(Vec<String>),
    /// Compact, valid JSON.
    Json(Vec<u8>),
}

/// Fields of a document's `aws` block, by the names they have there.
pub(crate) type Fields = Vec<(&'static str, Value)>;

/// The value of a header by its name in lower case, if there is one and it is text.
pub(crate) type Headers<'a> = &'a dyn Fn(&str) -> Option<&'a str>;

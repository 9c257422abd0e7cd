//! Caches, events, databases, AI models.

use std::time::Duration;

use super::fields::{Id, record};

/// What a cache is asked for.
///
/// ```
/// # use xray_runtime as autoxray;
/// assert_eq!(autoxray::map::CacheOperation::Get.name(), "get");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheOperation {
    /// `get`: to look it up.
    Get,
    /// `set`: to keep it.
    Set,
    /// `delete`: to forget it.
    Delete,
    /// `increment`: to count it.
    Increment,
    /// `expire`: to say how long it is good for.
    Expire,
}

impl CacheOperation {
    /// The value of `cache.operation`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Set => "set",
            Self::Delete => "delete",
            Self::Increment => "increment",
            Self::Expire => "expire",
        }
    }
}

/// An operation of a cache.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::{Cache, CacheOperation};
///
/// autoxray::segment("orders").run(|| Cache::new(CacheOperation::Get, "price:tea").hit(false).record());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Cache<'a> {
    operation: CacheOperation,
    key: &'a [u8],
    hit: Option<bool>,
}

impl<'a> Cache<'a> {
    /// An operation on this key: `cache.operation`, `cache.key_hash`.
    ///
    /// The key itself is not recorded, since keys are often made of names and tokens. Its hash, 16 hex digits of 64-bit FNV-1a, is the same
    /// in each process and version, so that uses of one key can be found together. Whoever can guess the key can check the guess.
    pub fn new(operation: CacheOperation, key: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { operation, key: key.as_ref(), hit: None }
    }

    /// Whether the cache had it: `cache.hit`.
    pub fn hit(mut self, hit: bool) -> Self {
        self.hit = Some(hit);
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("cache", &|fields| {
            fields.text("cache.operation", Some(self.operation.name()));
            fields.text("cache.key_hash", Some(&format!("{:016x}", fnv1a(self.key))));
            fields.truth("cache.hit", self.hit);
        });
    }
}

/// FNV-1a with 64 bits, written out because it must be the same in every process and for good: the standard library's hasher has another
/// key in each process, and may change.
///
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// An event that is published, to a bus, a topic or a stream.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Event;
///
/// autoxray::segment("orders").run(|| Event::new("OrderPlaced").id(4711).partition_key("eu-1").record());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Event<'a> {
    event_type: &'a str,
    id: Option<Id<'a>>,
    partition_key: Option<Id<'a>>,
}

impl<'a> Event<'a> {
    /// One of this type: `event.type`.
    pub fn new(event_type: &'a str) -> Self {
        Self { event_type, id: None, partition_key: None }
    }

    /// Which one: `event.id`.
    pub fn id(mut self, id: impl Into<Id<'a>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What its place in a stream follows from: `event.partition_key`, recorded as it is.
    pub fn partition_key(mut self, key: impl Into<Id<'a>>) -> Self {
        self.partition_key = Some(key.into());
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("event", &|fields| {
            fields.text("event.type", Some(self.event_type));
            fields.id("event.id", self.id);
            fields.id("event.partition_key", self.partition_key);
        });
    }
}

/// An operation of a database. What the statement says is not recorded.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Database;
/// use std::time::Duration;
///
/// autoxray::segment("orders").run(|| {
///     Database::new("postgresql", "SELECT").table("orders").rows(3).duration(Duration::from_millis(4)).record();
/// });
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Database<'a> {
    system: &'a str,
    operation: &'a str,
    table: Option<&'a str>,
    rows: Option<u64>,
    duration: Option<Duration>,
}

impl<'a> Database<'a> {
    /// An operation of this database: `database.system`, `database.operation`.
    ///
    /// Of the operation the first word is recorded, so that a statement given in its place is not; nothing, if it begins with a comment.
    pub fn new(system: &'a str, operation: &'a str) -> Self {
        Self { system, operation, table: None, rows: None, duration: None }
    }

    /// The table, collection or index: `database.table`.
    pub fn table(mut self, table: &'a str) -> Self {
        self.table = Some(table);
        self
    }

    /// Rows found or changed: `database.rows`.
    pub fn rows(mut self, rows: u64) -> Self {
        self.rows = Some(rows);
        self
    }

    /// How long it took: `database.duration_ms`.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("database", &|fields| {
            fields.text("database.system", Some(self.system));
            fields.text("database.operation", first_word(self.operation));
            fields.text("database.table", self.table);
            fields.count("database.rows", self.rows);
            fields.millis("database.duration_ms", self.duration);
        });
    }
}

/// The word that a statement begins with. What begins with anything else, such as a comment, has none: comments may hold anything.
fn first_word(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
    let word = text.split(|letter| !is_part(letter)).next()?;
    word.starts_with(char::is_alphanumeric).then_some(word)
}

/// A call of an AI model. Neither what it is asked nor what it answers is recorded.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::AiCall;
///
/// autoxray::segment("orders").run(|| AiCall::new("amazon.nova-lite-v1:0", "chat").input_tokens(950).output_tokens(120).record());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct AiCall<'a> {
    model: &'a str,
    operation: &'a str,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl<'a> AiCall<'a> {
    /// This model is asked for this: `ai.model`, `ai.operation`.
    pub fn new(model: &'a str, operation: &'a str) -> Self {
        Self { model, operation, input_tokens: None, output_tokens: None }
    }

    /// Tokens that it read: `ai.input_tokens`.
    pub fn input_tokens(mut self, tokens: u64) -> Self {
        self.input_tokens = Some(tokens);
        self
    }

    /// Tokens that it wrote: `ai.output_tokens`.
    pub fn output_tokens(mut self, tokens: u64) -> Self {
        self.output_tokens = Some(tokens);
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("ai", &|fields| {
            fields.text("ai.model", Some(self.model));
            fields.text("ai.operation", Some(self.operation));
            fields.count("ai.input_tokens", self.input_tokens);
            fields.count("ai.output_tokens", self.output_tokens);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_paper() {
        // Test vectors of the authors'.
        for (text, hash) in [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)] {
            assert_eq!(fnv1a(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn of_a_statement_the_first_word_is_left() {
        for (operation, expected) in [
            ("SELECT", Some("SELECT")),
            ("select * from users where name = 'secret'", Some("select")),
            ("findAndModify", Some("findAndModify")),
            ("(SELECT'secret')", Some("SELECT")),
            ("\n batch-get", Some("batch-get")),
            ("/*secret*/ SELECT", None),
            ("--secret\nSELECT", None),
            (" (", None),
        ] {
            assert_eq!(first_word(operation), expected);
        }
    }
}

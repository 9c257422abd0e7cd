//! Picks from JSON text.

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

use super::picked::{Next, Picked};
use super::wanted::{Keep, Wanted};
use super::{ELEMENTS_MAX, LOOK_BYTES_MAX, MEMBERS_MAX};

/// What is wanted of a text. What was found counts even if the rest is no JSON.
pub(super) fn pick(text: &str, keep: Keep) -> Picked {
    let mut picked = Picked::Nothing;
    let end = (0..=text.len().min(LOOK_BYTES_MAX)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    // An error is nothing special: it is how reading stops early.
    let _ = Reader { keep, picked: &mut picked }.deserialize(&mut Deserializer::from_str(&text[..end]));
    picked
}

/// Reads a value into its place, where as much stays of it as was read before an error.
struct Reader<'p> {
    keep: Keep,
    picked: &'p mut Picked,
}

impl Reader<'_> {
    fn found<E>(self, picked: Picked) -> Result<(), E> {
        *self.picked = picked;
        Ok(())
    }
}

impl<'a> DeserializeSeed<'a> for Reader<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'a>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.found(Picked::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.found(Picked::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.found(Picked::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.found(Picked::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let picked = Picked::of_text(self.keep, text);
        self.found(picked)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        *self.picked = Picked::of_members(self.keep);
        let mut seen = 0;
        while let Some(wanted) = members.next_key_seed(Name(self.keep))? {
            seen += 1;
            match wanted.map_or(Next::Skip, |wanted| self.picked.next_member(wanted)) {
                _ if seen > MEMBERS_MAX => return Err(A::Error::custom("too many members")),
                Next::Read(keep, picked) => members.next_value_seed(Reader { keep, picked })?,
                Next::Skip => _ = members.next_value::<IgnoredAny>()?,
                Next::Stop => return Err(A::Error::custom("enough is known")),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        *self.picked = Picked::of_list(self.keep);
        let mut seen = 0;
        loop {
            let more = match self.picked.next_element(self.keep) {
                Some((keep, picked)) => list.next_element_seed(Reader { keep, picked })?.is_some(),
                None => list.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
            seen += 1;
            if seen > ELEMENTS_MAX {
                return Err(A::Error::custom("too many elements"));
            }
        }
        self.picked.set_count(seen);
        Ok(())
    }
}

/// Reads the name of a member as what is wanted of it.
struct Name(Keep);

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Option<&'static Wanted>;

    fn deserialize<D: serde::Deserializer<'a>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static Wanted>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(name))
    }
}

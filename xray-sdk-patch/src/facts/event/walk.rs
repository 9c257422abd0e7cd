//! Picks from values that can be serialised, without serialising them: what is not wanted is not asked what it is.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use super::super::bounded::Bounded;
use super::picked::{Next, Picked};
use super::wanted::{Keep, Wanted};
use super::{ELEMENTS_MAX, MEMBERS_MAX, text};

/// The name that serde_json gives a struct and its one field to say that the field is JSON text: a `RawValue`.
const RAW_JSON: &str = "$serde_json::private::RawValue";

/// What is wanted of a value. What was found counts even if the value fails to serialise.
pub(super) fn pick<T: Serialize + ?Sized>(value: &T, keep: Keep) -> Picked {
    let mut picked = Picked::Nothing;
    // An error is nothing special: it is how walking stops early.
    let _ = value.serialize(Walk { keep, picked: &mut picked, place: Place::Whole });
    picked
}

/// The end of a walk, before the end of the value.
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no more is read")
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Looks at a value.
struct Walk<'p> {
    keep: Keep,
    picked: &'p mut Picked,
    place: Place,
}

/// Where a value is found.
enum Place {
    /// It is the value that was given.
    Whole,
    /// It is a part of that.
    Part,
    /// It is either one, written as JSON.
    Json,
}

impl<'p> Walk<'p> {
    fn found(self, picked: Picked) -> Result<(), Stop> {
        *self.picked = picked;
        Ok(())
    }

    fn members(self) -> Inside<'p> {
        *self.picked = Picked::of_members(self.keep);
        Inside { keep: self.keep, picked: self.picked, wanted: None, seen: 0 }
    }

    /// A value of whose members and elements none is wanted, because of a name around them that JSON has and serde keeps apart.
    fn others(self) -> Inside<'p> {
        Walk { keep: Keep::Payload, ..self }.members()
    }

    /// What is a list as a whole is neither an event nor a response that says something.
    fn list(self) -> Result<Inside<'p>, Stop> {
        if let Place::Whole = self.place {
            return Err(Stop);
        }
        *self.picked = Picked::of_list(self.keep);
        Ok(Inside { keep: self.keep, picked: self.picked, wanted: None, seen: 0 })
    }
}

/// Scalars of which is kept that they are there.
macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, _: $type) -> Result<(), Stop> {
            self.found(Picked::Other)
        }
    )*};
}

impl<'p> Serializer for Walk<'p> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Inside<'p>;
    type SerializeTuple = Inside<'p>;
    type SerializeTupleStruct = Inside<'p>;
    type SerializeTupleVariant = Inside<'p>;
    type SerializeMap = Inside<'p>;
    type SerializeStruct = Inside<'p>;
    type SerializeStructVariant = Inside<'p>;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128, serialize_f32: f32,
        serialize_f64: f64, serialize_bytes: &[u8]
    }

    fn serialize_char(self, letter: char) -> Result<(), Stop> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Stop> {
        let picked = match self.place {
            Place::Json => text::pick(text, self.keep),
            _ => Picked::of_text(self.keep, text),
        };
        self.found(picked)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, text: &T) -> Result<(), Stop> {
        let mut bounded = Bounded::default();
        if let Keep::Text = self.keep {
            // An error says that more would come than is kept.
            let _ = write!(bounded, "{text}");
        }
        self.serialize_str(&bounded.0)
    }

    fn serialize_none(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Stop> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        self.members().member(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'p>, Stop> {
        self.list()
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'p>, Stop> {
        self.list()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Inside<'p>, Stop> {
        self.list()
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Inside<'p>, Stop> {
        Ok(self.others())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'p>, Stop> {
        Ok(self.members())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Inside<'p>, Stop> {
        Ok(self.others())
    }
}

/// Looks at the members of an object or the elements of a list.
struct Inside<'p> {
    keep: Keep,
    picked: &'p mut Picked,
    /// The member of a map whose value comes next, if it is wanted.
    wanted: Option<&'static Wanted>,
    seen: usize,
}

impl Inside<'_> {
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Stop> {
        if name == RAW_JSON {
            return value.serialize(Walk { keep: self.keep, picked: self.picked, place: Place::Json });
        }
        self.wanted = self.keep.member(name);
        self.value(value)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.seen += 1;
        match self.wanted.take().map_or(Next::Skip, |wanted| self.picked.next_member(wanted)) {
            _ if self.seen > MEMBERS_MAX => Err(Stop),
            Next::Read(keep, picked) => value.serialize(Walk { keep, picked, place: Place::Part }),
            Next::Skip => Ok(()),
            Next::Stop => Err(Stop),
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.seen += 1;
        match self.picked.next_element(self.keep) {
            _ if self.seen > ELEMENTS_MAX => Err(Stop),
            Some((keep, picked)) => value.serialize(Walk { keep, picked, place: Place::Part }),
            None => Ok(()),
        }
    }
}

/// Lists, whatever serde calls them.
macro_rules! lists {
    ($($kind:ident $method:ident),*) => {$(
        impl $kind for Inside<'_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.element(value)
            }

            fn end(self) -> Result<(), Stop> {
                self.picked.set_count(self.seen);
                Ok(())
            }
        }
    )*};
}
lists! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
}

/// Objects whose members have fixed names.
macro_rules! objects {
    ($($kind:ident),*) => {$(
        impl $kind for Inside<'_> {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
                self.member(name, value)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        }
    )*};
}
objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Stop> {
        let mut text = Picked::Nothing;
        name.serialize(Walk { keep: Keep::Text, picked: &mut text, place: Place::Part })?;
        self.wanted = if let Picked::Text(name) = text { self.keep.member(&name) } else { None };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.value(value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

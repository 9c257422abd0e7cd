//! Annotations: indexed values of one of three types.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use xray_model::limits;

use super::bounded;

/// The value of an annotation: what X-Ray indexes for filter expressions.
///
/// Source: "X-Ray segment documents", annotations: string, number or boolean; strings up to 1000 characters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Annotation {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number. NaN and infinity, which JSON cannot write, are recorded as text.
    Float(f64),
    /// Text. What is longer than 1000 characters is cut.
    Text(String),
}

/// A type whose values can be annotations as they are. Anything else can be one through its `Display`, in `#[traced(annotate(…))]`
/// without further ado and by hand as `value.to_string()`.
///
/// `None` of an `Option` is not recorded: X-Ray has no annotation without a value.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{Annotation, ToAnnotation};
///
/// assert_eq!(7_u16.to_annotation(), Some(Annotation::Int(7)));
/// assert_eq!("gold".to_annotation(), Some(Annotation::Text("gold".into())));
/// assert_eq!(None::<bool>.to_annotation(), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an annotation",
    note = "annotations are strings, numbers and booleans; pass `value.to_string()`, or use `metadata` for structured values"
)]
pub trait ToAnnotation {
    /// The value, if there is one.
    fn to_annotation(&self) -> Option<Annotation>;
}

impl ToAnnotation for Annotation {
    fn to_annotation(&self) -> Option<Annotation> {
        Some(match self {
            Self::Text(text) => return text.to_annotation(),
            other => other.clone(),
        })
    }
}

impl ToAnnotation for bool {
    fn to_annotation(&self) -> Option<Annotation> {
        Some(Annotation::Bool(*self))
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl ToAnnotation for $type {
            fn to_annotation(&self) -> Option<Annotation> {
                // Only an u128 can be too large; it is cut to the largest number there is.
                Some(Annotation::Int(i128::try_from(*self).unwrap_or(i128::MAX)))
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl ToAnnotation for f64 {
    fn to_annotation(&self) -> Option<Annotation> {
        Some(Annotation::Float(*self))
    }
}

impl ToAnnotation for f32 {
    fn to_annotation(&self) -> Option<Annotation> {
        // Through text, so that 0.1 stays 0.1 and does not become 0.10000000149.
        Some(Annotation::Float(self.to_string().parse().unwrap_or(f64::from(*self))))
    }
}

impl ToAnnotation for str {
    fn to_annotation(&self) -> Option<Annotation> {
        Some(Annotation::Text(bounded(limits::ANNOTATION_VALUE_CHARS_MAX, |out| out.write_str(self)).text))
    }
}

impl ToAnnotation for char {
    fn to_annotation(&self) -> Option<Annotation> {
        Some(Annotation::Text(self.to_string()))
    }
}

impl ToAnnotation for String {
    fn to_annotation(&self) -> Option<Annotation> {
        self.as_str().to_annotation()
    }
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: ToAnnotation + ?Sized> ToAnnotation for $pointer {
            fn to_annotation(&self) -> Option<Annotation> {
                (**self).to_annotation()
            }
        }
    )*};
}
pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: ToAnnotation + ToOwned + ?Sized> ToAnnotation for Cow<'_, T> {
    fn to_annotation(&self) -> Option<Annotation> {
        (**self).to_annotation()
    }
}

impl<T: ToAnnotation> ToAnnotation for Option<T> {
    fn to_annotation(&self) -> Option<Annotation> {
        self.as_ref()?.to_annotation()
    }
}

/// An annotation key that X-Ray keeps: letters, digits, `_` and `.`, anything else becomes `_`. `None` if nothing of it is usable.
pub(crate) fn key(key: Cow<'static, str>) -> Option<Cow<'static, str>> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    if !key.is_empty() && key.len() <= limits::ANNOTATION_KEY_CHARS_MAX && key.chars().all(allowed) {
        return Some(key);
    }
    if !key.chars().any(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let cleaned = key.chars().take(limits::ANNOTATION_KEY_CHARS_MAX).map(|letter| if allowed(letter) { letter } else { '_' });
    Some(Cow::Owned(cleaned.collect()))
}

/// A name that X-Ray keeps: at most 200 letters, digits, white space and `_.:/%&#=+\-@`.
pub(crate) fn name(name: Cow<'static, str>) -> Cow<'static, str> {
    let allowed = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '.' | ':' | '/' | '%' | '&' | '#' | '=' | '+' | '\\' | '-' | '@')
    };
    if !name.trim().is_empty() && name.len() <= limits::NAME_CHARS_MAX && name.chars().all(allowed) {
        return name;
    }
    let cleaned: String = name.chars().filter(|letter| allowed(*letter)).take(limits::NAME_CHARS_MAX).collect();
    if cleaned.trim().is_empty() { Cow::Borrowed("unnamed") } else { Cow::Owned(cleaned) }
}

/// A user id cut to what X-Ray takes.
pub(crate) fn user(user: &str) -> String {
    user.chars().take(limits::STRING_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_names_are_made_usable() {
        for (given, expected) in
            [("order_id", Some("order_id")), ("order.id", Some("order.id")), ("order-id ä", Some("order_id__")), ("", None), ("-/-", None)]
        {
            assert_eq!(key(given.into()).as_deref(), expected, "{given:?}");
        }
        for (given, expected) in [
            ("orders", "orders"),
            ("## handler", "## handler"),
            ("Größe", "Größe"),
            ("a<b>?\u{7}c", "abc"),
            ("<>", "unnamed"),
            ("", "unnamed"),
            (" ", "unnamed"),
        ] {
            assert_eq!(name(given.into()), expected);
        }
        assert_eq!(name("ä".repeat(300).into()).chars().count(), 200);
        assert_eq!(key("k".repeat(600).into()).unwrap().len(), 500);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let Some(Annotation::Text(text)) = "ü".repeat(2000).to_annotation() else { panic!() };
        assert_eq!(text, "ü".repeat(1000));
        assert_eq!(0.1_f32.to_annotation(), Some(Annotation::Float(0.1)));
        assert_eq!(u128::MAX.to_annotation(), Some(Annotation::Int(i128::MAX)));
    }
}

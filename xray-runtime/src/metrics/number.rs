//! What can be the value of a metric.

use std::time::Duration;

use super::Unit;

/// A value for a metric: a number; a [`Duration`], in the metric's unit of time; `true` as 1 and `false` as 0; or nothing, which is not
/// recorded.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::metrics::{MetricValue, Unit};
/// use std::time::Duration;
///
/// assert_eq!(12_u8.in_unit(Unit::Bytes), Some(12.0));
/// assert_eq!(Duration::from_millis(1500).in_unit(Unit::Seconds), Some(1.5));
/// assert_eq!(None::<f64>.in_unit(Unit::None), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a metric",
    label = "not a number, a `Duration`, a `bool`, or an `Option` of one",
    note = "write what is to be measured of it, such as `value = items.len()`, or `value = price.to_f64()`"
)]
pub trait MetricValue {
    /// The value in this unit. What cannot be told in it, such as a duration in bytes, is not a number, and lost and counted when it is
    /// recorded.
    fn in_unit(&self, unit: Unit) -> Option<f64>;
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl MetricValue for $type {
            #[inline]
            fn in_unit(&self, _unit: Unit) -> Option<f64> {
                // CloudWatch has no other numbers; whole ones are exact to 2^53.
                Some(*self as f64)
            }
        }
    )*};
}
numbers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64);

impl MetricValue for bool {
    fn in_unit(&self, _unit: Unit) -> Option<f64> {
        Some(f64::from(u8::from(*self)))
    }
}

impl MetricValue for Duration {
    fn in_unit(&self, unit: Unit) -> Option<f64> {
        let nanos = match unit {
            Unit::Seconds => 1e9,
            Unit::Milliseconds => 1e6,
            Unit::Microseconds => 1e3,
            _ => f64::NAN,
        };
        // One division, so that the number is the nearest to the decimal fraction that is meant, and as short.
        Some(self.as_nanos() as f64 / nanos)
    }
}

impl<T: MetricValue> MetricValue for Option<T> {
    fn in_unit(&self, unit: Unit) -> Option<f64> {
        self.as_ref()?.in_unit(unit)
    }
}

impl<T: MetricValue + ?Sized> MetricValue for &T {
    #[inline]
    fn in_unit(&self, unit: Unit) -> Option<f64> {
        (**self).in_unit(unit)
    }
}

//! Units of CloudWatch.

use std::fmt;

macro_rules! units {
    ($($variant:ident = $text:literal,)*) => {
        /// The unit of a metric's values. CloudWatch does not convert between units: the same metric in two units is two metrics to it.
        ///
        /// Source: "MetricDatum" in the API reference of CloudWatch.
        ///
        /// ```
        /// # use xray_runtime as autoxray;
        /// use autoxray::metrics::Unit;
        ///
        /// assert_eq!(Unit::KilobytesPerSecond.as_str(), "Kilobytes/Second");
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Unit {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// No unit.
            #[default]
            None,
        }

        impl Unit {
            /// All units.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)* Self::None];

            /// As CloudWatch spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* Self::None => "None" }
            }
        }
    };
}

units! {
    Seconds = "Seconds", Microseconds = "Microseconds", Milliseconds = "Milliseconds",
    Bytes = "Bytes", Kilobytes = "Kilobytes", Megabytes = "Megabytes", Gigabytes = "Gigabytes", Terabytes = "Terabytes",
    Bits = "Bits", Kilobits = "Kilobits", Megabits = "Megabits", Gigabits = "Gigabits", Terabits = "Terabits",
    Percent = "Percent", Count = "Count",
    BytesPerSecond = "Bytes/Second", KilobytesPerSecond = "Kilobytes/Second", MegabytesPerSecond = "Megabytes/Second",
    GigabytesPerSecond = "Gigabytes/Second", TerabytesPerSecond = "Terabytes/Second",
    BitsPerSecond = "Bits/Second", KilobitsPerSecond = "Kilobits/Second", MegabitsPerSecond = "Megabits/Second",
    GigabitsPerSecond = "Gigabits/Second", TerabitsPerSecond = "Terabits/Second",
    CountPerSecond = "Count/Second",
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! How hooks are declared to the SDK: as they are. It then asks at each hook of a call, also those that do nothing, whether it is switched on.

macro_rules! hooks {
    ($($declared:tt)*) => {
        $($declared)*
    };
}
pub(super) use hooks;

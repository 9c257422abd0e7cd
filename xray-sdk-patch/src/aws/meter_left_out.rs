//! Takes the place of `meter` without the feature `safety-net`.

/// There is nobody to tell.
pub(super) fn seen(_: bool) {}

/// There is no net.
pub(super) fn safety_net() {}

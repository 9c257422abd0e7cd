//! Without the AWS SDK nothing is of it.

/// Stands for an interceptor.
pub fn interceptor() {}

/// Stands for a change of a request.
pub fn unchanged(&mut (): &mut ()) {}

/// There is nothing to start.
pub(super) fn start() {}

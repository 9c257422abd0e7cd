//! Small runtime of autoxray: context, recording, sampling, export.

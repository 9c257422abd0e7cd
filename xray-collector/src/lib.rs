//! Local X-Ray: daemon protocol in, traces out, no AWS account.

#![doc = include_str!("../docs/environment.md")]

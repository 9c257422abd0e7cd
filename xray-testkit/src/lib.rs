//! Test kit of autoxray: isolated recorders, subsegment-tree assertions, a fake daemon.

//! Users, and requests about them.

pub mod http;
pub mod store;
pub mod summary;

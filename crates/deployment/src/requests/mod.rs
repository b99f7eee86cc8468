//! What the body of each operation carries: the one table from which conformance builds its bodies and load its frames.
//!
//! An operation that is not in it is called with the contract's example. What a member carries is said here; how it is
//! written is not: conformance keeps bodies in a shape that a command line can be made from, and load writes them before
//! the run into buffers that all calls share.

mod table;

pub use table::{Content, Member, RequestBody, request_body};

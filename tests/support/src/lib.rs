//! What integration tests share: deployments to test against, each with free ports of its own and gone when dropped, and
//! the published schemas.
//!
//! A crate of its own rather than a module in every test, so that it is built once and nothing in it is unused.

mod gate;
mod mock;
#[cfg(unix)]
mod mortal;
#[cfg(unix)]
mod nginx;
mod schemas;

pub use gate::Gate;
pub use mock::Mock;
#[cfg(unix)]
pub use mortal::Mortal;
#[cfg(unix)]
pub use nginx::Nginx;
pub use schemas::{assert_holds, schema, schema_folder};

//! Quantities that cannot hold nonsense, as people write them.

mod fps;
mod need;
mod percent;
mod rate;
mod shard;
mod shard_auto;
pub mod span;

pub use fps::{Fps, FpsError};
pub use need::{Need, NeedError};
pub use percent::{Percent, PercentError};
pub use rate::{Level, Rate, RateError};
pub use shard::{Shard, ShardError};
pub use shard_auto::{FoundShard, ShardAutoError, shard_of};
pub use span::{Span, SpanError};

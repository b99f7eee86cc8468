//! A workload: journeys made of steps, their mix, the images, the arrival process, stages and SLOs.

mod arrivals_table;
mod cameras;
mod data;
mod digest;
mod error;
mod file;
mod find;
mod guard_rate;
mod images;
mod limit;
mod model;
mod overrides;
mod shipped;

pub use cameras::Pictures;
pub(crate) use data::Data;
pub use data::DataError;
pub(crate) use digest::digest;
pub use error::WorkloadError;
pub use guard_rate::{GuardRate, GuardRateError};
pub(crate) use images::{Image, Images, load as load_images};
pub use images::{ImageError, ImageSource};
pub use model::{ArrivalPlan, Journey, Step, Workload};
pub use overrides::Override;
pub use shipped::{SHIPPED, Shipped};

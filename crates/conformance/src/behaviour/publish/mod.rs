//! Publishing: what is accepted, what is refused, and what comes back.

mod accepted;
mod doubles;
pub(super) mod faces;
mod refused;
mod response;

use super::family::Family;
use super::operations::{PUBLISH, RESPOND};
use futures_util::future::FutureExt as _;
use proofload_probing::probe::Sequence;

pub(super) fn all() -> Vec<Box<dyn Sequence>> {
    let silent = [accepted::cases(PUBLISH), refused::cases(PUBLISH)].concat();
    let responding = [
        accepted::cases(RESPOND),
        refused::cases(RESPOND),
        response::CASES.to_vec(),
        doubles::CASES.to_vec(),
    ]
    .concat();
    vec![
        Family::new("publish", &[PUBLISH], &silent, |play| {
            async move {
                accepted::run(play, PUBLISH).await?;
                refused::run(play, PUBLISH).await
            }
            .boxed()
        })
        .boxed(),
        Family::new("publish-with-response", &[RESPOND], &responding, |play| {
            async move {
                accepted::run(play, RESPOND).await?;
                refused::run(play, RESPOND).await?;
                response::run(play).await?;
                doubles::run(play).await
            }
            .boxed()
        })
        .boxed(),
    ]
}

//! What a fleet is to be: checked before anything is sent.

use crate::files::Files;
use crate::names::{CPU, MEMORY, check_image, check_name, check_namespace, check_quantity, check_secret};
use serde_json::Value;
use std::str::FromStr;
use std::time::Duration;

/// No fleet has more shards: the share of a load is one of at most so many.
pub const MOST_SHARDS: u32 = 1000;

/// What a fleet is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of the Job and of what belongs to it.
    pub name: String,
    /// Where it is created.
    pub namespace: String,
    /// What the shards run.
    pub image: String,
    /// How many shards there are.
    pub shards: u32,
    /// Processors that each asks for, as Kubernetes writes them.
    pub cpu: String,
    /// Memory that each asks for and may have at most, as Kubernetes writes it.
    pub memory: String,
    /// Whether they are kept apart.
    pub spread: Spread,
    /// The Secret of somebody else that holds the passwords; none to make one.
    pub secret: Option<String>,
    /// What is merged over the template of the pods.
    pub pod_patch: Option<Value>,
    /// How long all shards may take to be ready.
    pub ready_within: Duration,
    /// How long the load is planned to take.
    pub planned: Duration,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// Whether the others go on without a shard that was lost.
    pub on_lost: OnLost,
    /// Options of `load` that say what is done, without those that this crate gives: target, share, start, record.
    pub load: Vec<String>,
    /// What the shards read.
    pub files: Files,
}

/// Whether shards are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// On different nodes, where there are enough.
    Node,
    /// In different zones, where there are enough.
    Zone,
    /// Wherever the scheduler puts them.
    None,
}

/// Why a text says none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is one of {0}")]
pub struct WordError(&'static str);

impl FromStr for Spread {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        match text {
            "node" => Ok(Self::Node),
            "zone" => Ok(Self::Zone),
            "none" => Ok(Self::None),
            _ => Err(WordError("node, zone and none")),
        }
    }
}

impl FromStr for OnLost {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        match text {
            "stop" => Ok(Self::Stop),
            "continue" => Ok(Self::Continue),
            _ => Err(WordError("stop and continue")),
        }
    }
}

/// What becomes of a load when one of its shards is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnLost {
    /// It ends: its result would be invalid anyway.
    Stop,
    /// The others go on. The result is invalid all the same.
    Continue,
}

/// Why a fleet cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Kubernetes would refuse it.
    #[error(
        "{name:?} cannot be the {what}: Kubernetes takes small letters, digits and hyphens, at most {most} of them, with a letter or digit first and last"
    )]
    Name {
        /// Of what.
        what: &'static str,
        /// The name.
        name: String,
        /// How many characters it may have.
        most: usize,
    },
    /// It does not say which image it is.
    #[error("the image {image:?} cannot be taken: {why}; write it as REPOSITORY:TAG or REPOSITORY@sha256:DIGEST")]
    Image {
        /// The image.
        image: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is no quantity.
    #[error("{text:?} is not a quantity of {what}: write it as Kubernetes does, such as {such}")]
    Quantity {
        /// Of what.
        what: &'static str,
        /// What was written.
        text: String,
        /// What could be.
        such: &'static str,
    },
    /// None, or too many.
    #[error("a fleet has from 1 to {MOST_SHARDS} shards, and not {0}")]
    Shards(u32),
    /// A shard would have nothing to do.
    #[error(
        "{shards} shards are more than the {arrivals:.0} arrivals of the whole load: some would have nothing to do; take fewer"
    )]
    MoreShardsThanArrivals {
        /// How many shards there would be.
        shards: u32,
        /// How many arrivals are expected.
        arrivals: f64,
    },
    /// A shard would have nobody to do it.
    #[error(
        "{users} virtual users are too few for {shards} shards: each shard needs one for each of the scenario's {journeys} journeys; take fewer shards, or more users"
    )]
    MoreShardsThanUsers {
        /// How many shards there would be.
        shards: u32,
        /// How many users there are, the most at a time.
        users: u32,
        /// How many journeys the scenario has.
        journeys: usize,
    },
    /// What is merged over the pods cannot be.
    #[error("the patch of the pods cannot be taken: {0}")]
    Patch(String),
    /// What the shards read is more than fits.
    #[error(
        "the scenario and its pictures have {bytes} bytes, and a ConfigMap holds at most {most}: put them into an image of your own, or onto a volume that a patch of the pods mounts, and name the folder as the pods see it"
    )]
    TooLarge {
        /// How many bytes they have.
        bytes: usize,
        /// How many a `ConfigMap` holds.
        most: usize,
    },
}

impl Plan {
    /// Refuses what cannot be.
    ///
    /// # Errors
    /// The first thing that is wrong, in a sentence.
    pub fn check(&self) -> Result<(), PlanError> {
        check_name(&self.name)?;
        check_namespace(&self.namespace)?;
        check_image(&self.image)?;
        check_quantity(CPU, &self.cpu)?;
        check_quantity(MEMORY, &self.memory)?;
        self.secret.as_deref().map_or(Ok(()), check_secret)?;
        if !(1..=MOST_SHARDS).contains(&self.shards) {
            return Err(PlanError::Shards(self.shards));
        }
        self.files.check()
    }

    /// The Secret that holds the passwords.
    pub(crate) fn secret_name(&self) -> &str {
        self.secret.as_deref().unwrap_or(&self.name)
    }

    /// How long the Job may be active in all: what ends a load whose command is gone.
    pub(crate) fn deadline(&self) -> Duration {
        self.ready_within + self.planned + self.timeout + Duration::from_secs(120)
    }
}

//! Which shard this machine is, as the engine that started it says.

use super::Shard;
use std::fmt;

/// Where an engine says which of its tasks this is.
struct Source {
    /// Who says so.
    engine: &'static str,
    /// Which task, as a number.
    index: &'static str,
    /// How many tasks there are.
    count: &'static str,
    /// The number of the first task; 0 where it is not there.
    first: Option<&'static str>,
    /// How far the numbers are apart; 1 where it is not there.
    step: Option<&'static str>,
}

const SOURCES: [Source; 5] = [
    Source {
        engine: "Kubernetes",
        index: "JOB_COMPLETION_INDEX",
        count: "PROOFLOAD_SHARDS",
        first: None,
        step: None,
    },
    Source {
        engine: "Slurm's tasks",
        index: "SLURM_PROCID",
        count: "SLURM_NTASKS",
        first: None,
        step: None,
    },
    Source {
        engine: "Slurm's array",
        index: "SLURM_ARRAY_TASK_ID",
        count: "SLURM_ARRAY_TASK_COUNT",
        first: Some("SLURM_ARRAY_TASK_MIN"),
        step: Some("SLURM_ARRAY_TASK_STEP"),
    },
    Source {
        engine: "Cloud Run",
        index: "CLOUD_RUN_TASK_INDEX",
        count: "CLOUD_RUN_TASK_COUNT",
        first: None,
        step: None,
    },
    Source {
        engine: "AWS Batch",
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        count: "AWS_BATCH_JOB_ARRAY_SIZE",
        first: None,
        step: None,
    },
];

/// A shard, and which variables said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundShard {
    /// Which.
    pub shard: Shard,
    /// From where, such as `SLURM_PROCID and SLURM_NTASKS`.
    pub from: String,
}

/// Why no shard was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardAutoError {
    /// Nobody says.
    #[error(
        "no engine says which shard this is: none of {} is set; give it as --shard 2/8",
        indices()
    )]
    Nobody,
    /// Only half of it is said.
    #[error(
        "{there} is set and {missing} is not: {engine} must say both which shard this is and how many there are{}",
        set(missing)
    )]
    Half {
        /// Who.
        engine: &'static str,
        /// The variable that is there.
        there: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A variable holds no number.
    #[error("{variable} is {text:?}, which is not {what}")]
    NoNumber {
        /// Which.
        variable: &'static str,
        /// What it holds.
        text: String,
        /// What it should hold.
        what: &'static str,
    },
    /// More or fewer shards than there can be.
    #[error("{variable} says that there are {count} shards; there can be 1 to {}", Shard::MOST)]
    Count {
        /// Which.
        variable: &'static str,
        /// What it says.
        count: u64,
    },
    /// The task is not one of those that there are.
    #[error("{index} is {found}, and {count} says that there are {of}: the last of them is {last}")]
    Beyond {
        /// The variable with the task's number.
        index: &'static str,
        /// What it says.
        found: u64,
        /// The variable with how many there are.
        count: &'static str,
        /// What that says.
        of: u64,
        /// The number of the last one.
        last: u64,
    },
    /// Two say different things.
    #[error("{} says shard {}, and {} says shard {}; say which it is, as in --shard 2/8", .0.from, .0.shard, .1.from, .1.shard)]
    Contradict(Box<FoundShard>, Box<FoundShard>),
}

fn indices() -> String {
    SOURCES.map(|source| source.index).join(", ")
}

/// What can be done where it is ours to set.
fn set(variable: &str) -> &'static str {
    if variable == "PROOFLOAD_SHARDS" {
        "; set it to the Job's number of completions"
    } else {
        ""
    }
}

/// What the engine says that started this process; `variable` reads the environment.
///
/// # Errors
/// None says anything, one says something that cannot be, or two contradict each other. One that says that this is all of it
/// says nothing beside one that tells several: a task of an array is the only one of its own job.
pub fn shard_of(variable: impl Fn(&str) -> Option<String>) -> Result<FoundShard, ShardAutoError> {
    let mut found: Vec<FoundShard> = Vec::new();
    for source in &SOURCES {
        found.extend(source.read(&variable)?);
    }
    if found.iter().any(|found| found.shard != Shard::ALL) {
        found.retain(|found| found.shard != Shard::ALL);
    }
    let first = found.first().cloned().ok_or(ShardAutoError::Nobody)?;
    match found.into_iter().find(|other| other.shard != first.shard) {
        Some(other) => Err(ShardAutoError::Contradict(Box::new(first), Box::new(other))),
        None => Ok(first),
    }
}

impl Source {
    fn read(&self, variable: &impl Fn(&str) -> Option<String>) -> Result<Option<FoundShard>, ShardAutoError> {
        let half = |there, missing| ShardAutoError::Half {
            engine: self.engine,
            there,
            missing,
        };
        let (index, count) = match (variable(self.index), variable(self.count)) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(half(self.index, self.count)),
            (None, Some(_)) => return Err(half(self.count, self.index)),
            (Some(index), Some(count)) => (index, count),
        };
        let of = number(self.count, &count, "a number of shards")?;
        if !(1..=Shard::MOST).contains(&of) {
            return Err(ShardAutoError::Count {
                variable: self.count,
                count: of,
            });
        }
        let optional = |name: Option<&'static str>, usual: u64| {
            let told = name.and_then(|name| Some((name, variable(name)?)));
            told.map_or(Ok(usual), |(name, text)| number(name, &text, "the number of a task"))
        };
        let (first, step) = (optional(self.first, 0)?, optional(self.step, 1)?.max(1));
        let found = number(self.index, &index, "the number of a task")?;
        let which = found.checked_sub(first).filter(|from_first| from_first % step == 0);
        let which = which.map(|from_first| from_first / step).filter(|which| *which < of);
        let index = which.ok_or(ShardAutoError::Beyond {
            index: self.index,
            found,
            count: self.count,
            of,
            last: first.saturating_add((of - 1).saturating_mul(step)),
        })?;
        Ok(Some(FoundShard {
            shard: Shard { index, of },
            from: self.to_string(),
        }))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.index, self.count)
    }
}

fn number(variable: &'static str, text: &str, what: &'static str) -> Result<u64, ShardAutoError> {
    text.trim().parse().map_err(|_| ShardAutoError::NoNumber {
        variable,
        text: text.chars().take(40).collect(),
        what,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<(String, String), String> {
        let read = |name: &str| {
            let known = variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        };
        let found = shard_of(read).map_err(|error| error.to_string())?;
        Ok((found.shard.to_string(), found.from))
    }

    #[test]
    fn five_engines_are_understood() {
        let slurm = |id| {
            [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_COUNT", "3"),
                ("SLURM_ARRAY_TASK_MIN", "10"),
                ("SLURM_ARRAY_TASK_STEP", "5"),
                ("SLURM_PROCID", "0"),
                ("SLURM_NTASKS", "1"),
            ]
        };
        for (variables, shard, from) in [
            (
                &[("JOB_COMPLETION_INDEX", "0"), ("PROOFLOAD_SHARDS", "8")][..],
                "1/8",
                "JOB_COMPLETION_INDEX",
            ),
            (
                &[("SLURM_PROCID", "3"), ("SLURM_NTASKS", "4")],
                "4/4",
                "SLURM_PROCID and SLURM_NTASKS",
            ),
            (&[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "1")], "1/1", "SLURM_PROCID"),
            (&slurm("10"), "1/3", "SLURM_ARRAY_TASK_ID"),
            (&slurm("20"), "3/3", "SLURM_ARRAY_TASK_ID"),
            (
                &[("CLOUD_RUN_TASK_INDEX", "1"), ("CLOUD_RUN_TASK_COUNT", "2")],
                "2/2",
                "CLOUD_RUN_TASK_INDEX",
            ),
            (
                &[("AWS_BATCH_JOB_ARRAY_INDEX", "5"), ("AWS_BATCH_JOB_ARRAY_SIZE", "6")],
                "6/6",
                "AWS_BATCH_JOB_ARRAY_INDEX",
            ),
        ] {
            let (found, told) = of(variables).unwrap();
            assert_eq!(found, shard, "{variables:?}");
            assert!(told.starts_with(from), "{told}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_in_a_sentence() {
        for (variables, words) in [
            (&[][..], "none of JOB_COMPLETION_INDEX, SLURM_PROCID"),
            (
                &[("JOB_COMPLETION_INDEX", "2")],
                "PROOFLOAD_SHARDS is not: Kubernetes must say both",
            ),
            (
                &[("SLURM_PROCID", "4"), ("SLURM_NTASKS", "4")],
                "SLURM_PROCID is 4, and SLURM_NTASKS says that there are 4: the last of them is 3",
            ),
            (
                &[("SLURM_PROCID", ""), ("SLURM_NTASKS", "4")],
                "SLURM_PROCID is \"\", which is not the number of a task",
            ),
            (&[("SLURM_PROCID", "-1"), ("SLURM_NTASKS", "4")], "\"-1\""),
            (
                &[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "x2")],
                "SLURM_NTASKS is \"x2\", which is not a number of shards",
            ),
            (
                &[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "0")],
                "says that there are 0 shards",
            ),
            (&[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "1001")], "1 to 1000"),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "3"),
                    ("SLURM_ARRAY_TASK_COUNT", "2"),
                    ("SLURM_ARRAY_TASK_MIN", "4"),
                ],
                "the last of them is 5",
            ),
            (
                &[
                    ("SLURM_PROCID", "1"),
                    ("SLURM_NTASKS", "4"),
                    ("JOB_COMPLETION_INDEX", "2"),
                    ("PROOFLOAD_SHARDS", "8"),
                ],
                "PROOFLOAD_SHARDS says shard 3/8, and SLURM_PROCID and SLURM_NTASKS says shard 2/4",
            ),
        ] {
            let said = of(variables).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }
}

//! The last answers to anybody: whether a limit is one route's, or everybody's.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, VecDeque};
use std::hash::{Hash as _, Hasher as _};

/// So many are looked at.
const LAST: usize = 32;
/// So many of them are push backs at least, where everybody is limited.
const PUSHED_BACK: usize = 6;
/// Of so many paths at least.
const PATHS: usize = 3;

/// The last answers: none for one in earnest, the path of one that was pushed back.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Option<u64>>);

impl Recent {
    pub(super) fn answered(&mut self) {
        self.push(None);
    }

    /// A call was pushed back; whatever its method, a front limits paths.
    pub(super) fn pushed_back(&mut self, path: &str) {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        self.push(Some(hasher.finish()));
    }

    /// Whether calls of several paths are pushed back, and a quarter of all that are made: a few of a hundred here and there,
    /// and all of one path, are no limit on everybody.
    pub(super) fn is_everybody(&self) -> bool {
        let pushed_back = self.0.iter().flatten().count();
        let paths: BTreeSet<u64> = self.0.iter().flatten().copied().collect();
        pushed_back >= PUSHED_BACK && pushed_back * 4 >= self.0.len() && paths.len() >= PATHS
    }

    fn push(&mut self, one: Option<u64>) {
        if self.0.len() == LAST {
            self.0.pop_front();
        }
        self.0.push_back(one);
    }
}

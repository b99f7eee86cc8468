//! How often a call may be sent once more because its connection, idle until then, was closed just when it was on its way.

/// So many calls may, however few there were...
const AT_LEAST: u64 = 10;
/// ...and one of so many.
const ONE_IN: u64 = 10;

/// The calls of a thread that were lost so, beside all that it made. A server that closes what is idle meets a call on its way now
/// and then; one that loses a call in ten closes connections because of calls, and that is its failure.
#[derive(Debug, Default)]
pub(super) struct SecondChances {
    calls: u64,
    given: u64,
}

impl SecondChances {
    /// A call was made.
    pub(super) fn called(&mut self) {
        self.calls += 1;
    }

    /// Whether a call that was lost may be sent once more; counts it then.
    pub(super) fn give(&mut self) -> bool {
        let is_rare = self.given < AT_LEAST + self.calls / ONE_IN;
        self.given += u64::from(is_rare);
        is_rare
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_in_ten_has_a_second_chance_and_the_first_ten() {
        let mut chances = SecondChances::default();
        let given = (0..1000).filter(|_| {
            chances.called();
            chances.give()
        });
        assert_eq!(given.count(), 110);
        let mut few = SecondChances::default();
        assert!((0..10).all(|_| few.give()) && !few.give());
    }
}

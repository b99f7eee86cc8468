//! Which defects a server has.

use super::Defect;

/// A set of defects. Asking it costs a bit test, so that the hot path may ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defects {
    bits: [u64; 8],
}

impl Defects {
    pub(crate) fn new(defects: &[Defect]) -> Self {
        let mut set = Self::default();
        for defect in defects {
            let at = *defect as usize;
            set.bits[at / 64] |= 1 << (at % 64);
        }
        set
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        let at = defect as usize;
        self.bits[at / 64] & (1 << (at % 64)) != 0
    }

    /// Whether there is none: the server is as it should be.
    pub(crate) fn is_empty(&self) -> bool {
        self.bits == [0; 8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_has_its_own_bit() {
        for defect in Defect::ALL {
            let set = Defects::new(&[*defect]);
            let held: Vec<_> = Defect::ALL.iter().filter(|other| set.has(**other)).collect();
            assert_eq!(held, [defect]);
        }
        assert!(Defects::new(&[]).is_empty());
    }
}

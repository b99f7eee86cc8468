//! How many virtual users are at work, where they set the pace: a pure function of time.

use super::stage::{Stage, Users};
use std::time::Duration;

/// How the number of users goes over the run: linear pieces, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    from_s: f64,
    lasts_s: f64,
    begin: f64,
    end: f64,
}

impl Crowd {
    /// So many users to begin with, and stages that change it.
    pub fn staged(begin: Users, stages: &[Stage<Users>]) -> Self {
        let (mut pieces, mut from_s, mut users) = (Vec::new(), 0.0, f64::from(begin.0));
        for stage in stages {
            let lasts_s = stage.lasts().as_secs_f64();
            let (first, last, after) = match stage {
                Stage::Ramp { to, .. } => (users, f64::from(to.0), f64::from(to.0)),
                Stage::Hold { .. } => (users, users, users),
                Stage::Spike { to, .. } => (f64::from(to.0), f64::from(to.0), users),
            };
            if lasts_s > 0.0 {
                pieces.push(Piece {
                    from_s,
                    lasts_s,
                    begin: first,
                    end: last,
                });
            }
            (from_s, users) = (from_s + lasts_s, after);
        }
        Self { pieces }
    }

    /// The most users that there are at any time.
    pub fn most(&self) -> u32 {
        let figures = self.pieces.iter().flat_map(|piece| [piece.begin, piece.end]);
        whole(figures.fold(0.0, f64::max))
    }

    /// The same with `most` users at most, and in proportion at every time.
    #[must_use]
    pub fn scaled_to(&self, most: u32) -> Self {
        let factor = f64::from(most) / f64::from(self.most().max(1));
        let scale = |piece: &Piece| Piece {
            begin: piece.begin * factor,
            end: piece.end * factor,
            ..*piece
        };
        Self {
            pieces: self.pieces.iter().map(scale).collect(),
        }
    }

    /// How many there are so long after the start; after the last stage as many as at its end.
    pub fn at(&self, since_start: Duration) -> u32 {
        let at_s = since_start.as_secs_f64();
        let piece = self.pieces.iter().find(|piece| at_s < piece.from_s + piece.lasts_s);
        let Some(piece) = piece.or(self.pieces.last()) else {
            return 0;
        };
        let share = ((at_s - piece.from_s) / piece.lasts_s).clamp(0.0, 1.0);
        whole(piece.begin + (piece.end - piece.begin) * share)
    }
}

/// The nearest whole number of users.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "users are not negative; casts saturate"
)]
fn whole(users: f64) -> u32 {
    users.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn users_come_and_go_in_straight_lines() {
        let crowd = Crowd::staged(
            Users(0),
            &[
                Stage::Ramp {
                    lasts: s(10.0),
                    to: Users(40),
                },
                Stage::Hold { lasts: s(5.0) },
                Stage::Spike {
                    lasts: s(1.0),
                    to: Users(100),
                },
                Stage::Ramp {
                    lasts: s(0.0),
                    to: Users(20),
                },
                Stage::Ramp {
                    lasts: s(2.0),
                    to: Users(0),
                },
            ],
        );
        for (at_s, users) in [
            (0.0, 0),
            (2.5, 10),
            (10.0, 40),
            (14.9, 40),
            (15.5, 100),
            (16.0, 20),
            (17.0, 10),
            (18.0, 0),
            (99.0, 0),
        ] {
            assert_eq!(crowd.at(s(at_s)), users, "{at_s}");
        }
        assert_eq!(crowd.most(), 100);
        let half = crowd.scaled_to(50);
        assert_eq!((half.at(s(10.0)), half.most()), (20, 50));
        assert_eq!(
            Crowd::staged(Users(3), &[]).at(s(1.0)),
            0,
            "without stages there is none"
        );
    }
}

//! What an image looks like, small enough to compare with thousands of others.

use super::BoundingBox;
use super::decode::Picture;

/// Cells along each side of the grid that is compared.
const SIDE: usize = 16;

/// Two images show the same when at most this many of the 256 bits differ. Encoding an image anew changes up to
/// ten; another crop of the same portrait changes sixty and more.
const NEAR: u32 = 20;

/// A difference hash: for each of 16 by 16 cells, whether the next cell to the right is brighter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Likeness([u64; 4]);

impl Likeness {
    /// Of a part of a picture, or the whole.
    pub(super) fn of(picture: &Picture, part: Option<BoundingBox>) -> Self {
        let (x, y, width, height) = match part {
            None => (0, 0, picture.width, picture.height),
            Some(part) => (
                part.x as usize,
                part.y as usize,
                part.width as usize,
                part.height as usize,
            ),
        };
        let brightness = |column: usize, row: usize| {
            let (x0, y0) = (x + column * width / (SIDE + 1), y + row * height / SIDE);
            let x1 = (x + (column + 1) * width / (SIDE + 1)).clamp(x0 + 1, picture.width.max(x0 + 1));
            let y1 = (y + (row + 1) * height / SIDE).clamp(y0 + 1, picture.height.max(y0 + 1));
            picture.mean(x0, y0, x1, y1).iter().sum::<f64>()
        };
        let mut bits = [0_u64; 4];
        for row in 0..SIDE {
            for column in 0..SIDE {
                if brightness(column + 1, row) > brightness(column, row) {
                    let bit = row * SIDE + column;
                    bits[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
        Self(bits)
    }

    /// How many of the 256 bits differ.
    pub(crate) fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// From 0 for unlike to 1 for the same.
    pub(crate) fn similarity(&self, other: &Self) -> f64 {
        // Two images that have nothing to do with each other agree in half of the bits by chance.
        (1.0 - f64::from(self.distance(other)) / 128.0).max(0.0)
    }

    /// Whether both show the same.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        self.distance(other) <= NEAR
    }
}

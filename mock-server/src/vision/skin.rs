//! Patches of skin tones: what counts as a face.

use super::BoundingBox;
use super::decode::Picture;

/// The picture is looked at in cells, this many along its longer side.
const CELLS: usize = 48;

/// A face covers at least this share of the picture.
const LEAST_SHARE: f64 = 0.03;

/// A patch of skin tones compact enough to be a face.
pub(super) struct Patch {
    pub(super) bounding_box: BoundingBox,
    pub(super) confidence: f64,
    pub(super) quality: f64,
}

/// The patches, largest first.
pub(super) fn patches(picture: &Picture) -> Vec<Patch> {
    let grid = Grid::of(picture);
    let mut seen = vec![false; grid.skin.len()];
    let mut found: Vec<(usize, Patch)> = Vec::new();
    for start in 0..grid.skin.len() {
        if grid.skin[start] && !seen[start] {
            let cells = grid.connected(start, &mut seen);
            if let Some(patch) = grid.patch(&cells, picture) {
                found.push((cells.len(), patch));
            }
        }
    }
    found.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    found.into_iter().map(|(_, patch)| patch).collect()
}

struct Grid {
    columns: usize,
    rows: usize,
    skin: Vec<bool>,
}

impl Grid {
    fn of(picture: &Picture) -> Self {
        let longer = picture.width.max(picture.height);
        let columns = (picture.width * CELLS / longer).clamp(1, picture.width);
        let rows = (picture.height * CELLS / longer).clamp(1, picture.height);
        let mut skin = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (column * picture.width / columns, row * picture.height / rows);
                let (x1, y1) = (
                    (column + 1) * picture.width / columns,
                    (row + 1) * picture.height / rows,
                );
                skin.push(is_skin(picture.mean(x, y, x1, y1)));
            }
        }
        Self { columns, rows, skin }
    }

    /// The skin cells that hang together with `start`.
    fn connected(&self, start: usize, seen: &mut [bool]) -> Vec<usize> {
        let mut cells = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(&cell) = cells.get(next) {
            next += 1;
            let (column, row) = (cell % self.columns, cell / self.columns);
            let neighbours = [
                (column > 0).then(|| cell - 1),
                (column + 1 < self.columns).then(|| cell + 1),
                (row > 0).then(|| cell - self.columns),
                (row + 1 < self.rows).then(|| cell + self.columns),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if self.skin[neighbour] && !seen[neighbour] {
                    seen[neighbour] = true;
                    cells.push(neighbour);
                }
            }
        }
        cells
    }

    /// The patch that cells make, if it is large and compact enough for a face.
    #[expect(clippy::cast_precision_loss, reason = "at most 48 by 48 cells")]
    fn patch(&self, cells: &[usize], picture: &Picture) -> Option<Patch> {
        let columns = || cells.iter().map(|cell| cell % self.columns);
        let rows = || cells.iter().map(|cell| cell / self.columns);
        let (left, right) = (columns().min()?, columns().max()? + 1);
        let (top, bottom) = (rows().min()?, rows().max()? + 1);
        let share = cells.len() as f64 / self.skin.len() as f64;
        let aspect = (right - left) as f64 / (bottom - top) as f64;
        let filled = cells.len() as f64 / ((right - left) * (bottom - top)) as f64;
        if share < LEAST_SHARE || !(0.4..=2.0).contains(&aspect) || filled < 0.35 {
            return None;
        }
        let (x, y) = (left * picture.width / self.columns, top * picture.height / self.rows);
        let (x1, y1) = (
            right * picture.width / self.columns,
            bottom * picture.height / self.rows,
        );
        let pixels = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Some(Patch {
            bounding_box: BoundingBox {
                x: pixels(x),
                y: pixels(y),
                width: pixels(x1 - x),
                height: pixels(y1 - y),
            },
            confidence: rounded(0.6 + 0.4 * filled),
            quality: rounded(((x1 - x).min(y1 - y) as f64 / 160.0).min(1.0)),
        })
    }
}

/// Three decimals are all that such a figure can stand for.
fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// Skin tones in `YCbCr`, after Chai and Ngan, "Face segmentation using skin-color map in videophone applications" (1999).
fn is_skin([red, green, blue]: [f64; 3]) -> bool {
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    let cb = 128.0 + 0.564 * (blue - luma);
    let cr = 128.0 + 0.713 * (red - luma);
    luma > 60.0 && (77.0..=127.0).contains(&cb) && (133.0..=173.0).contains(&cr)
}

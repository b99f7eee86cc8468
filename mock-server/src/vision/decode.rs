//! From JPEG bytes to pixels, within bounds.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Images wider or higher than this are refused unread: a few bytes can claim gigabytes of pixels.
const MAX_SIDE: usize = 8192;

/// Images with more pixels than this are refused.
const MAX_PIXELS: usize = 24_000_000;

/// Pixels as red, green and blue bytes, row by row.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
}

/// Decodes a JPEG; `None` when it is none, is broken, or is beyond the bounds.
pub(super) fn decode(bytes: &[u8]) -> Option<Picture> {
    let options = DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let info = decoder.info()?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if width * height > MAX_PIXELS {
        return None;
    }
    let rgb = decoder.decode().ok()?;
    (rgb.len() == width * height * 3 && width > 0 && height > 0).then_some(Picture { width, height, rgb })
}

impl Picture {
    /// The mean colour of a rectangle, which must not be empty.
    pub(super) fn mean(&self, x0: usize, y0: usize, x1: usize, y1: usize) -> [f64; 3] {
        let mut sum = [0_u64; 3];
        for y in y0..y1 {
            let row = &self.rgb[(y * self.width + x0) * 3..(y * self.width + x1) * 3];
            for pixel in row.chunks_exact(3) {
                for (total, channel) in sum.iter_mut().zip(pixel) {
                    *total += u64::from(*channel);
                }
            }
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "sums of at most 24 million bytes are exact in an f64"
        )]
        sum.map(|total| total as f64 / ((x1 - x0) * (y1 - y0)) as f64)
    }
}

//! Requests made ready before the run: what changes from call to call is patched into fixed places.

mod factory;
mod gives;
mod tails;

use crate::generator::detect_time::DetectTime;
use bytes::Bytes;
pub(crate) use factory::Factory;
pub(crate) use gives::Gives;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
pub(crate) use tails::Tails;

/// Digits of a camera's number.
const CAMERA_DIGITS: usize = 5;
/// `2026-11-22T05:30:00.123Z`
const TIME_CHARS: usize = 24;

/// A request made ready: everything but token, camera, time and image is fixed.
pub(crate) struct Prepared {
    /// Request line and header fields, without the token, the length and the empty line.
    head: Vec<u8>,
    /// Whether a token goes with it.
    pub(crate) authorised: bool,
    /// What it is answered with when all is well.
    pub(crate) gives: Gives,
    body: Body,
}

enum Body {
    None,
    Fixed {
        length: Vec<u8>,
        tail: Bytes,
    },
    Credentials {
        length: Vec<u8>,
        tail: SecretSlice<u8>,
    },
    /// A fixed opening with places for camera and time, then one of several images.
    Frames {
        opening: Vec<u8>,
        camera_at: Option<usize>,
        time_at: Option<usize>,
        images: Vec<FrameImage>,
    },
}

struct FrameImage {
    length: Vec<u8>,
    tail: Bytes,
}

/// What differs from call to call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// The arrival's number: chooses camera and image.
    pub(crate) number: u64,
    /// The number of cameras.
    pub(crate) cameras: u64,
    /// When the camera saw it: Unix time in milliseconds.
    pub(crate) unix_ms: u64,
}

impl Prepared {
    /// Which of its pictures a frame shows; none where it sends none.
    pub(crate) fn picture(&self, frame: Frame) -> Option<usize> {
        let (round, camera) = (frame.number / frame.cameras.max(1), frame.number % frame.cameras.max(1));
        // Cameras start at different images, and each goes through all of them.
        let pictures = self.pictures() as u64;
        (pictures > 0).then(|| usize::try_from((round + camera) % pictures).unwrap_or_default())
    }

    /// How many different pictures it sends.
    pub(crate) fn pictures(&self) -> usize {
        match &self.body {
            Body::Frames { images, .. } => images.len(),
            _ => 0,
        }
    }

    /// Writes the request's head, and what of its body differs from call to call, into `head`; returns the rest of
    /// the body, which all calls share.
    pub(crate) fn compose<'a>(
        &'a self,
        head: &mut Vec<u8>,
        token: Option<&SecretString>,
        frame: Frame,
        clock: &mut DetectTime,
    ) -> &'a [u8] {
        head.clear();
        head.extend_from_slice(&self.head);
        if let Some(token) = token.filter(|_| self.authorised) {
            head.extend_from_slice(b"authorization: Bearer ");
            head.extend_from_slice(token.expose_secret().as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        match &self.body {
            Body::None => {
                head.extend_from_slice(b"\r\n");
                &[]
            }
            Body::Fixed { length, tail } => {
                head.extend_from_slice(length);
                tail
            }
            Body::Credentials { length, tail } => {
                head.extend_from_slice(length);
                tail.expose_secret()
            }
            Body::Frames {
                opening,
                camera_at,
                time_at,
                images,
            } => {
                let camera = frame.number % frame.cameras.max(1);
                let image = &images[self.picture(frame).unwrap_or_default()];
                head.extend_from_slice(&image.length);
                let at = head.len();
                head.extend_from_slice(opening);
                if let Some(camera_at) = camera_at {
                    write_digits(&mut head[at + camera_at..][..CAMERA_DIGITS], camera + 1);
                }
                if let Some(time_at) = time_at {
                    head[at + time_at..][..TIME_CHARS].copy_from_slice(&clock.format(frame.unix_ms));
                }
                &image.tail
            }
        }
    }
}

/// Writes the last digits of `number` over `place`.
fn write_digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

#[cfg(test)]
impl Prepared {
    /// One of which a test needs nothing but that it is there.
    pub(crate) fn testing() -> Self {
        Self {
            head: Vec::new(),
            authorised: false,
            gives: Gives::Nothing,
            body: Body::None,
        }
    }
}

#[cfg(test)]
mod tests;

//! How a figure went over the time of a run, in bounded room: what hours hold is kept in ever longer spans.

/// No course has more spans.
const MOST: usize = 960;

/// The course of one figure: its means over spans of equal length, from the start of a run on.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    width_s: f64,
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Span {
    sum: f64,
    count: f64,
}

impl Default for Course {
    /// Nothing yet, in spans of a second.
    fn default() -> Self {
        Self {
            width_s: 1.0,
            spans: Vec::new(),
        }
    }
}

impl Course {
    /// Adds a figure that was seen so long after the start of the run, in seconds. What is before the start, after ten years, or no
    /// number is left out.
    pub fn add(&mut self, at_s: f64, figure: f64) {
        if !(0.0..3e8).contains(&at_s) || !figure.is_finite() {
            return;
        }
        while at_s >= self.width_s * MOST_F {
            self.coarsen();
        }
        let place = place(at_s / self.width_s);
        if place >= self.spans.len() {
            self.spans.resize(place + 1, Span::default());
        }
        let span = &mut self.spans[place];
        span.sum += figure;
        span.count += 1.0;
    }

    fn coarsen(&mut self) {
        self.width_s *= 2.0;
        let merged = self.spans.chunks(2).map(|pair| {
            let sum = pair.iter().map(|span| span.sum).sum();
            let count = pair.iter().map(|span| span.count).sum();
            Span { sum, count }
        });
        self.spans = merged.collect();
    }

    /// How long a span is, in seconds.
    pub fn width_s(&self) -> f64 {
        self.width_s
    }

    /// The same in spans as long as those of another that are longer, or as they are.
    #[must_use]
    pub fn as_wide_as(&self, other: &Self) -> Self {
        let mut wider = self.clone();
        while wider.width_s < other.width_s {
            wider.coarsen();
        }
        wider
    }

    /// The spans in which something was seen: their middles, in seconds, and means.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let middles = self.spans.iter().scan(self.width_s / 2.0, |middle, span| {
            let at_s = *middle;
            *middle += self.width_s;
            Some((at_s, span))
        });
        middles
            .filter(|(_, span)| span.count > 0.0)
            .map(|(at_s, span)| (at_s, span.sum / span.count))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a small constant")]
const MOST_F: f64 = MOST as f64;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and below the number of spans"
)]
fn place(spans: f64) -> usize {
    spans as usize
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are what they are, or the test is wrong")]

    use super::*;

    #[test]
    fn a_long_run_takes_no_more_room_and_keeps_its_means() {
        let mut course = Course::default();
        for second in 0..28_800 {
            course.add(f64::from(second) + 0.5, f64::from(second));
        }
        assert_eq!(course.width_s(), 32.0);
        let points: Vec<_> = course.points().collect();
        assert_eq!(points.len(), 900);
        assert_eq!(points[0], (16.0, 15.5));
        assert_eq!(points[899].1 - points[898].1, 32.0);
    }

    #[test]
    fn what_was_not_seen_is_no_point_and_odd_figures_are_none() {
        let mut course = Course::default();
        for (at_s, figure) in [
            (0.2, 1.0),
            (0.9, 3.0),
            (5.0, 7.0),
            (-1.0, 9.0),
            (2.0, f64::NAN),
            (f64::INFINITY, 1.0),
        ] {
            course.add(at_s, figure);
        }
        assert_eq!(course.points().collect::<Vec<_>>(), [(0.5, 2.0), (5.5, 7.0)]);
        let mut longer = Course::default();
        longer.add(1e3, 1.0);
        assert_eq!(
            course.as_wide_as(&longer).points().collect::<Vec<_>>(),
            [(1.0, 2.0), (5.0, 7.0)]
        );
    }
}

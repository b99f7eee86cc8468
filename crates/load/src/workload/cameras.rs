//! A workload as an owner speaks of it: so many cameras, so many frames a second, these pictures.

use super::error::WorkloadError;
use super::images::{self, ImageError};
use super::model::{ArrivalPlan, Journey, Workload};
use proofload_deployment::units::Rate;

/// Operations with which a camera publishes a frame.
const PUBLISHES: [&str; 2] = ["publish", "publishWithResponse"];

impl Workload {
    /// Frames that an arrival publishes on average; 0 when it publishes nothing.
    pub fn frames(&self) -> f64 {
        let each = self.journeys.iter();
        each.map(|journey| self.share(journey) * frames(journey)).sum()
    }

    /// Lets the frames come from so many cameras, shared out among the journeys that publish by how much each publishes.
    ///
    /// # Errors
    /// It publishes nothing.
    pub fn set_cameras(&mut self, count: u32) -> Result<(), WorkloadError> {
        let all = self.frames();
        if all <= 0.0 {
            return Err(WorkloadError::NoCameras(self.name.clone()));
        }
        let shares: Vec<f64> = self
            .journeys
            .iter()
            .map(|journey| self.share(journey) * frames(journey) / all)
            .collect();
        for (journey, share) in self.journeys.iter_mut().zip(shares) {
            if share > 0.0 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a part of a whole number, rounded; casts saturate"
                )]
                let cameras = (f64::from(count) * share).round() as u32;
                journey.cameras = cameras.max(1);
            }
        }
        Ok(())
    }

    /// Puts the rate that so many cameras make in place of the workload's, each publishing so many frames a second.
    ///
    /// # Errors
    /// It publishes nothing, has no rate, or the rate is beyond what is accepted.
    pub fn set_cameras_at(&mut self, count: u32, fps: f64) -> Result<(), WorkloadError> {
        self.set_cameras(count)?;
        if !matches!(self.arrivals, ArrivalPlan::Open { .. }) {
            return Err(WorkloadError::NoRate(self.name.clone()));
        }
        self.set_rate(Rate::per_s(f64::from(count) * fps / self.frames())?)
    }

    /// What its pictures are.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn pictures(&self) -> Result<Pictures, ImageError> {
        let images::Images { sent: images, told } = images::load(&self.images)?;
        #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
        let mean = |size: fn(&images::Image) -> usize| {
            images.iter().map(size).sum::<usize>() as f64 / images.len().max(1) as f64
        };
        Ok(Pictures {
            jpeg_bytes: mean(|image| image.jpeg.len()),
            json_bytes: mean(|image| image.base64.len()),
            told,
        })
    }
}

/// The pictures of a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Pictures {
    /// Their mean size in bytes.
    pub jpeg_bytes: f64,
    /// The same as JSON carries them.
    pub json_bytes: f64,
    /// What is to be said where the folder holds more than are sent.
    pub told: Option<String>,
}

/// Frames that one arrival of a journey publishes on average.
fn frames(journey: &Journey) -> f64 {
    let publishing = || {
        let steps = journey.steps.iter();
        steps.filter(|step| PUBLISHES.contains(&step.operation.as_str()))
    };
    if journey.mix {
        let all: f64 = journey.steps.iter().map(|step| step.weight).sum();
        publishing().map(|step| step.weight).sum::<f64>() / all.max(1e-9)
    } else {
        publishing().map(|_| 1.0).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_make_the_rate_and_are_shared_out() {
        let mut workload = Workload::find("camera-feed").unwrap();
        workload.set_cameras_at(40, 5.0).unwrap();
        let ArrivalPlan::Open { rate, .. } = &workload.arrivals else {
            panic!("it is open")
        };
        assert!((rate.get() * workload.frames() - 200.0).abs() < 1e-6);
        let publishing = workload.journeys.iter().filter(|journey| frames(journey) > 0.0);
        assert_eq!(publishing.map(|journey| journey.cameras).sum::<u32>(), 40);
        let Pictures {
            jpeg_bytes: jpeg,
            json_bytes: base64,
            ..
        } = workload.pictures().unwrap();
        assert!(jpeg > 100.0 && base64 > jpeg * 1.3);
    }

    #[test]
    fn what_publishes_nothing_has_no_cameras() {
        let mut workload = Workload::find("token-churn").unwrap();
        workload.journeys.iter_mut().for_each(|journey| {
            journey
                .steps
                .retain(|step| !PUBLISHES.contains(&step.operation.as_str()));
        });
        assert!(matches!(workload.set_cameras(4), Err(WorkloadError::NoCameras(_))));
    }
}

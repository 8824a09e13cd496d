//! `Event`: what happens while a plan is applied.

use ami_share_core::outcome;
use pyo3::prelude::*;

use crate::copy;
use crate::report::{because, outcome_word};
use crate::value::{quoted, text_field, value_methods};

/// Something that happened while a plan was applied
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Event(pub(crate) outcome::Event);

#[pymethods]
impl Event {
    #[getter]
    fn kind(&self) -> Option<String> {
        text_field(&self.0, "event")
    }

    #[getter]
    fn step(&self) -> Option<usize> {
        match self.0 {
            outcome::Event::StepStarted { step, .. }
            | outcome::Event::StepFinished { step, .. } => Some(step),
            _ => None,
        }
    }

    #[getter]
    fn steps(&self) -> Option<usize> {
        match self.0 {
            outcome::Event::Started { steps } | outcome::Event::Finished { steps, .. } => {
                Some(steps)
            }
            _ => None,
        }
    }

    #[getter]
    fn copies(&self) -> Option<usize> {
        match self.0 {
            outcome::Event::CopiesStarted { copies }
            | outcome::Event::CopiesFinished { copies, .. } => Some(copies),
            _ => None,
        }
    }

    #[getter]
    fn done(&self) -> Option<usize> {
        match self.0 {
            outcome::Event::Finished { done, .. } | outcome::Event::CopiesFinished { done, .. } => {
                Some(done)
            }
            _ => None,
        }
    }

    #[getter]
    fn account(&self) -> Option<String> {
        text_field(&self.0, "account")
    }

    #[getter]
    fn region(&self) -> Option<String> {
        match &self.0 {
            outcome::Event::CopyStarted { destination, .. }
            | outcome::Event::CopyProgress { destination, .. }
            | outcome::Event::CopyFinished { destination, .. } => {
                Some(destination.region.to_string())
            }
            other => text_field(other, "region"),
        }
    }

    #[getter]
    fn percent(&self) -> Option<u8> {
        match self.0 {
            outcome::Event::CopyProgress { percent, .. } => Some(percent),
            _ => None,
        }
    }

    #[getter]
    fn image(&self) -> Option<String> {
        text_field(&self.0, "image")
    }

    #[getter]
    fn operation(&self) -> Option<String> {
        text_field(&self.0, "operation")
    }

    #[getter]
    fn resource(&self) -> Option<String> {
        text_field(&self.0, "resource")
    }

    #[getter]
    fn delay(&self) -> Option<f64> {
        match self.0 {
            outcome::Event::Waiting { delay, .. } => Some(delay.as_secs_f64()),
            _ => None,
        }
    }

    #[getter]
    fn outcome(&self) -> Option<String> {
        match &self.0 {
            outcome::Event::StepFinished { outcome, .. } => outcome_word(outcome),
            outcome::Event::CopyFinished { outcome, .. } => copy::outcome_word(outcome),
            _ => None,
        }
    }

    #[getter]
    fn because(&self) -> Option<String> {
        match &self.0 {
            outcome::Event::StepFinished { outcome, .. } => because(outcome),
            outcome::Event::CopyFinished { outcome, .. } => copy::because(outcome),
            _ => None,
        }
    }

    fn __str__(&self) -> String {
        match &self.0 {
            outcome::Event::CopiesStarted { copies } => format!("started: {copies} copies"),
            outcome::Event::CopyStarted { image, .. } => {
                format!("{}: copying to {image}", self.place())
            }
            outcome::Event::CopyProgress { percent, .. } => {
                format!("{}: {percent} %", self.place())
            }
            outcome::Event::CopyFinished { outcome, .. } => {
                let word = copy::outcome_word(outcome).unwrap_or_default();
                let word = word.replace('_', " ");
                match copy::because(outcome) {
                    Some(because) => format!("{}: {word}: {because}", self.place()),
                    None => format!("{}: {word}", self.place()),
                }
            }
            outcome::Event::CopiesFinished { done, copies } => {
                format!("finished: {done} of {copies} copies done")
            }
            outcome::Event::Started { steps } => format!("started: {steps} steps"),
            outcome::Event::StepStarted {
                step,
                region,
                image,
                operation,
            } => {
                let image = image.as_ref().map(|image| format!(" of {image}"));
                let image = image.unwrap_or_default();
                format!("step {}: {operation}{image} in {region}", step + 1)
            }
            outcome::Event::Waiting { resource, delay } => {
                let seconds = delay.as_secs_f64();
                format!("{resource} does not show the change yet: read again in {seconds:.1} s")
            }
            outcome::Event::StepFinished { step, outcome } => {
                let word = outcome_word(outcome).unwrap_or_default().replace('_', " ");
                match because(outcome) {
                    Some(because) => format!("step {}: {word}: {because}", step + 1),
                    None => format!("step {}: {word}", step + 1),
                }
            }
            outcome::Event::Finished { done, steps } => {
                format!("finished: {done} of {steps} steps done")
            }
            _ => self.kind().unwrap_or_default(),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Event {}>", quoted(&self.__str__()))
    }
}

impl Event {
    /// Where a copy goes
    fn place(&self) -> String {
        let (account, region) = (self.account(), self.region());
        format!(
            "{}/{}",
            account.unwrap_or_default(),
            region.unwrap_or_default()
        )
    }
}

value_methods!(Event);

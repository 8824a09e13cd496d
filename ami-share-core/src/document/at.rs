//! Where in a file something stands.

use std::fmt;

/// A field or an item, with the way to it from the top of the file
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    above: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Top,
    Field(&'a str),
    Item(usize),
}

/// A step from the top of a file downwards
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Field(String),
    Item(usize),
}

/// What is wrong with a file that could be read, and where
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wrong {
    pub(super) path: Vec<Part>,
    pub(super) problem: String,
}

impl<'a> At<'a> {
    pub(super) const TOP: At<'static> = At {
        above: None,
        step: Step::Top,
    };

    pub(super) fn field(&'a self, name: &'a str) -> At<'a> {
        At {
            above: Some(self),
            step: Step::Field(name),
        }
    }

    pub(super) fn item(&'a self, index: usize) -> At<'a> {
        At {
            above: Some(self),
            step: Step::Item(index),
        }
    }

    pub(super) fn wrong(&self, problem: impl fmt::Display) -> Wrong {
        let mut path: Vec<Part> = std::iter::successors(Some(self), |at| at.above)
            .filter_map(|at| match at.step {
                Step::Top => None,
                Step::Field(name) => Some(Part::Field(name.to_owned())),
                Step::Item(index) => Some(Part::Item(index)),
            })
            .collect();
        path.reverse();
        Wrong {
            path,
            problem: problem.to_string(),
        }
    }
}

/// As in `regions.eu-central-1.images[3].owner`
pub(super) fn written(path: &[Part]) -> String {
    let mut text = String::new();
    for part in path {
        match part {
            Part::Field(name) if text.is_empty() => text.push_str(name),
            Part::Field(name) => text.extend([".", name]),
            Part::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

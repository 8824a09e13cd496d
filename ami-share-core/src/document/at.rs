//! Where in a file something stands.

/// A field or an item, with the way to it from the top of the file
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
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
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Part {
    Field(String),
    Item(usize),
}

impl<'a> At<'a> {
    pub(crate) const TOP: At<'static> = At {
        above: None,
        step: Step::Top,
    };

    pub(crate) fn field(&'a self, name: &'a str) -> At<'a> {
        At {
            above: Some(self),
            step: Step::Field(name),
        }
    }

    pub(crate) fn item(&'a self, index: usize) -> At<'a> {
        At {
            above: Some(self),
            step: Step::Item(index),
        }
    }

    /// The way from the top of the file
    pub(crate) fn path(&self) -> Vec<Part> {
        let mut path: Vec<Part> = std::iter::successors(Some(self), |at| at.above)
            .filter_map(|at| match at.step {
                Step::Top => None,
                Step::Field(name) => Some(Part::Field(name.to_owned())),
                Step::Item(index) => Some(Part::Item(index)),
            })
            .collect();
        path.reverse();
        path
    }
}

/// As in `regions.eu-central-1.images[3].owner`
pub(crate) fn written(path: &[Part]) -> String {
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

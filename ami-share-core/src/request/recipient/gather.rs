//! What the builders of these requests have in common: images by Region, accounts, and their problems.

use super::ImagesByRegion;
use crate::id::{ImageId, ParseIdError, Region};
use crate::request::{RequestError, RequestProblem};

/// What was named, and what could not be read of it
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    region: Option<Region>,
    without_region: Vec<ImageId>,
    pub(super) problems: Vec<RequestProblem>,
}

impl Gathered {
    /// The value, or none and a problem more
    pub(super) fn take<T, V>(&mut self, value: V) -> Option<T>
    where
        V: TryInto<T>,
        ParseIdError: From<V::Error>,
    {
        let value = value.try_into().map_err(ParseIdError::from);
        value.map_err(|error| self.problems.push(error.into())).ok()
    }

    pub(super) fn set_region<R>(&mut self, region: R)
    where
        R: TryInto<Region>,
        ParseIdError: From<R::Error>,
    {
        self.region = self.take(region).or(self.region.take());
    }

    pub(super) fn add_image<I>(&mut self, image: I)
    where
        I: TryInto<ImageId>,
        ParseIdError: From<I::Error>,
    {
        let image = self.take(image);
        self.without_region.extend(image);
    }

    /// Puts the images that were named without a Region into the request's own
    pub(super) fn place_into(&mut self, images: &mut ImagesByRegion) {
        let waiting = std::mem::take(&mut self.without_region);
        match self.region.take() {
            _ if waiting.is_empty() => {}
            Some(region) => images.entry(region).or_default().extend(waiting),
            None if self.problems.is_empty() => self.problems.push(RequestProblem::NoRegion),
            None => {}
        }
    }

    /// The request, or all that is wrong: what could not be read, or else what its rules say
    pub(super) fn finish<F, T>(self, fields: F) -> Result<T, RequestError>
    where
        T: TryFrom<F, Error = RequestError>,
    {
        if self.problems.is_empty() {
            fields.try_into()
        } else {
            Err(RequestError::new(self.problems))
        }
    }
}

/// The methods by which a builder is told its images; it has `gathered`, and `fields` with `images`
macro_rules! names_images {
    ($builder:ident) => {
        impl $builder {
            /// Sets the Region of the images named with [`image`](Self::image), before or after this call
            pub fn region<R>(mut self, region: R) -> Self
            where
                R: TryInto<$crate::id::Region>,
                $crate::id::ParseIdError: From<R::Error>,
            {
                self.gathered.set_region(region);
                self
            }

            /// Adds an image in the request's Region
            pub fn image<I>(mut self, image: I) -> Self
            where
                I: TryInto<$crate::id::ImageId>,
                $crate::id::ParseIdError: From<I::Error>,
            {
                self.gathered.add_image(image);
                self
            }

            /// Adds images in the request's Region
            pub fn images<I>(self, images: impl IntoIterator<Item = I>) -> Self
            where
                I: TryInto<$crate::id::ImageId>,
                $crate::id::ParseIdError: From<I::Error>,
            {
                images.into_iter().fold(self, Self::image)
            }

            /// Adds an image in a Region of its own
            pub fn image_in<R, I>(mut self, region: R, image: I) -> Self
            where
                R: TryInto<$crate::id::Region>,
                I: TryInto<$crate::id::ImageId>,
                $crate::id::ParseIdError: From<R::Error> + From<I::Error>,
            {
                let region = self.gathered.take(region);
                let image = self.gathered.take(image);
                if let (Some(region), Some(image)) = (region, image) {
                    self.fields.images.entry(region).or_default().insert(image);
                }
                self
            }
        }
    };
}

/// The methods by which a builder is told accounts; it has `gathered`, and `fields` with `accounts`
macro_rules! names_accounts {
    ($builder:ident, $what:literal) => {
        impl $builder {
            #[doc = concat!("Adds ", $what)]
            pub fn account<A>(mut self, account: A) -> Self
            where
                A: TryInto<$crate::id::AccountId>,
                $crate::id::ParseIdError: From<A::Error>,
            {
                let account = self.gathered.take(account);
                self.fields.accounts.extend(account);
                self
            }

            /// Adds such accounts
            pub fn accounts<A>(self, accounts: impl IntoIterator<Item = A>) -> Self
            where
                A: TryInto<$crate::id::AccountId>,
                $crate::id::ParseIdError: From<A::Error>,
            {
                accounts.into_iter().fold(self, Self::account)
            }
        }
    };
}

/// A request that is made of checked fields, and written down as they are
macro_rules! made_of_fields {
    ($request:ident) => {
        impl TryFrom<Fields> for $request {
            type Error = $crate::request::RequestError;

            fn try_from(fields: Fields) -> Result<Self, Self::Error> {
                let problems = fields.problems();
                if problems.is_empty() {
                    Ok(Self { fields })
                } else {
                    Err($crate::request::RequestError::new(problems))
                }
            }
        }

        impl From<$request> for Fields {
            fn from(request: $request) -> Self {
                request.fields
            }
        }
    };
}

pub(super) use {made_of_fields, names_accounts, names_images};

//! What of an account refers to images.

use std::collections::BTreeSet;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::arn::arn;
use super::usage_report::UsageKind;
use crate::id::ImageId;

const PARAMETER: &str = "ssm:Parameter";
/// All that can refer to an image; of these, instances and parameters are in this world
pub(crate) const REFERRING: [&str; 5] = [
    UsageKind::INSTANCE,
    UsageKind::TEMPLATE,
    PARAMETER,
    "imagebuilder:ImageRecipe",
    "imagebuilder:ContainerRecipe",
];

/// What `DescribeImageReferences` asks for
#[derive(Clone, Debug, Default)]
pub(crate) struct ReferenceQuery {
    pub(crate) images: BTreeSet<ImageId>,
    /// Of [`REFERRING`]
    pub(crate) kinds: BTreeSet<&'static str>,
    /// Only instances in one of these states, if any are named
    pub(crate) states: BTreeSet<String>,
}

/// Something that refers to an image
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct ImageReference {
    pub(crate) image: ImageId,
    pub(crate) kind: &'static str,
    pub(crate) arn: String,
}

impl State {
    /// The caller's own resources that refer to one of the images, whoever owns these and whether or
    /// not they are there
    ///
    /// EC2 looks at the resources in the caller's name, who therefore has to be allowed to.
    pub(crate) fn image_references(
        &self,
        caller: Caller<'_>,
        query: &ReferenceQuery,
    ) -> Result<BTreeSet<ImageReference>, Refusal> {
        let may = |action: &str| {
            let via = [("aws:CalledVia", "ec2-images.amazonaws.com")];
            self.authorize(caller, action, "*", &via)
        };
        let mut found = BTreeSet::new();
        if query.kinds.contains(UsageKind::INSTANCE) {
            may("ec2:DescribeInstances")?;
            found.extend(self.instance_references(caller, query));
        }
        if query.kinds.contains(PARAMETER) {
            may("ssm:DescribeParameters")?;
            may("ssm:GetParameters")?;
            found.extend(self.parameter_references(caller, query));
        }
        Ok(found)
    }

    fn instance_references(
        &self,
        caller: Caller<'_>,
        query: &ReferenceQuery,
    ) -> impl Iterator<Item = ImageReference> {
        self.instances_in(caller.region)
            .filter(move |instance| {
                let (_, state) = instance.state();
                instance.owner == caller.account
                    && query.images.contains(&instance.image)
                    && (query.states.is_empty() || query.states.contains(state))
            })
            .map(move |instance| ImageReference {
                image: instance.image.clone(),
                kind: UsageKind::INSTANCE,
                arn: arn(
                    caller.region,
                    Some(caller.account),
                    "instance",
                    &instance.id,
                ),
            })
    }

    /// By the latest version of a parameter; that its data type does not matter is not documented
    fn parameter_references(
        &self,
        caller: Caller<'_>,
        query: &ReferenceQuery,
    ) -> impl Iterator<Item = ImageReference> {
        self.parameters.of(caller).filter_map(move |parameter| {
            let image: ImageId = parameter.latest()?.value.parse().ok()?;
            query.images.contains(&image).then(|| ImageReference {
                image,
                kind: PARAMETER,
                arn: parameter.arn.clone(),
            })
        })
    }
}

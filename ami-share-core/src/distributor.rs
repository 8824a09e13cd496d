//! The verbs of a distribution: what users of files call, embed and mock.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    Distribution, DistributionPlan, DistributionReport, DistributionVerification, Shard,
    ShardReport,
};
use crate::engine::ApplyOptions;
use crate::error::Error;
use crate::sharer::BackendSharer;

#[cfg(all(test, feature = "mock", feature = "simulator"))]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests;

/// Distributes images as files say
///
/// A distribution is planned as a whole and run in [shards](Shard): here, or one by one on any number of
/// machines.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Distributor: Debug + Send + Sync {
    /// Finds the image, looks at owner and recipients, and says what would be copied and shared; writes
    /// nothing
    ///
    /// # Errors
    ///
    /// [`Error::ImageNotResolved`] if there is no such image; [`Error::CopyRefused`] and
    /// [`Error::Refused`] with every reason found; [`Error::Api`] if something could not be read.
    async fn plan_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionPlan, Error>;

    /// Runs all shards of a plan: the owner's, then the recipients', then those that finish
    ///
    /// With [`OnChange::PlanAgain`](crate::OnChange::PlanAgain) each shard looks at the world anew, so
    /// that a plan can be applied at any time and again. With
    /// [`DoNotLook`](crate::OnChange::DoNotLook) what the plan has read is not read again.
    ///
    /// # Errors
    ///
    /// [`Error::WorldChanged`] before anything is written, where the world is another one than the plan
    /// saw and `options` say so; [`Error::DistributionIncomplete`] with the report of all shards.
    async fn apply_distribution(
        &self,
        plan: &DistributionPlan,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error>;

    /// Runs one shard, as a worker does; what went wrong stands in its report
    ///
    /// It looks at the world anew, whatever `options` say of a changed one.
    async fn run_shard(&self, shard: &Shard, options: &ApplyOptions) -> ShardReport;

    /// Runs what a report says was not done, and gives the report of all
    ///
    /// Each shard looks at the world anew, whatever `options` say of a changed one.
    ///
    /// # Errors
    ///
    /// [`Error::DistributionIncomplete`] with the report of all shards.
    async fn retry_distribution(
        &self,
        plan: &DistributionPlan,
        report: &DistributionReport,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error>;

    /// Compares what the distribution asks for with what is there, in every Region and account
    ///
    /// # Errors
    ///
    /// Those of [`plan_distribution`](Self::plan_distribution).
    async fn verify_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionVerification, Error>;

    /// Takes the shares of the distribution back: launch permissions, snapshots, keys and the tags that
    /// tell of it, in every Region; images and copies stay
    ///
    /// Of the image that the distribution names now, and of the owner's copies of it, under whatever key.
    /// Where it names the newest one or a parameter, that may be a later image than the one that was
    /// shared: to take an earlier one's shares back, name that by its id, as the
    /// [manifest](DistributionReport::manifest) has it.
    ///
    /// # Errors
    ///
    /// [`Error::DistributionIncomplete`] with the report of all Regions; those of
    /// [`plan_distribution`](Self::plan_distribution).
    async fn destroy_shares(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionReport, Error>;
}

#[async_trait]
impl<B: CopyBackend + RecipientBackend + RoleBackend> Distributor for BackendSharer<B> {
    async fn plan_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionPlan, Error> {
        self.engine.plan_distribution(distribution).await
    }

    async fn apply_distribution(
        &self,
        plan: &DistributionPlan,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        self.engine.apply_distribution(plan, options).await
    }

    async fn run_shard(&self, shard: &Shard, options: &ApplyOptions) -> ShardReport {
        self.engine.run_shard(shard, options).await
    }

    async fn retry_distribution(
        &self,
        plan: &DistributionPlan,
        report: &DistributionReport,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        self.engine.retry_distribution(plan, report, options).await
    }

    async fn verify_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionVerification, Error> {
        self.engine.verify_distribution(distribution).await
    }

    async fn destroy_shares(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionReport, Error> {
        self.engine.destroy_shares(distribution).await
    }
}

macro_rules! forward_distributor {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<D: Distributor + ?Sized> Distributor for $pointer<D> {
            async fn plan_distribution(
                &self,
                distribution: &Distribution,
            ) -> Result<DistributionPlan, Error> {
                (**self).plan_distribution(distribution).await
            }

            async fn apply_distribution(
                &self,
                plan: &DistributionPlan,
                options: &ApplyOptions,
            ) -> Result<DistributionReport, Error> {
                (**self).apply_distribution(plan, options).await
            }

            async fn run_shard(&self, shard: &Shard, options: &ApplyOptions) -> ShardReport {
                (**self).run_shard(shard, options).await
            }

            async fn retry_distribution(
                &self,
                plan: &DistributionPlan,
                report: &DistributionReport,
                options: &ApplyOptions,
            ) -> Result<DistributionReport, Error> {
                (**self).retry_distribution(plan, report, options).await
            }

            async fn verify_distribution(
                &self,
                distribution: &Distribution,
            ) -> Result<DistributionVerification, Error> {
                (**self).verify_distribution(distribution).await
            }

            async fn destroy_shares(
                &self,
                distribution: &Distribution,
            ) -> Result<DistributionReport, Error> {
                (**self).destroy_shares(distribution).await
            }
        }
    };
}

forward_distributor!(Arc);
forward_distributor!(Box);

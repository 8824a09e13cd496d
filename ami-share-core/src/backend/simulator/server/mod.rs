//! The simulator over HTTP: it speaks AWS's own protocols, so that any AWS client can talk to it.
//!
//! ```
//! use ami_share_core::backend::simulator::World;
//! use ami_share_core::backend::simulator::server::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start(World::new(), ([127, 0, 0, 1], 0).into()).await?;
//! assert!(server.endpoint().starts_with("http://127.0.0.1:"));
//! server.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Who calls
//!
//! The access key says who calls: 12 digits are the root user of that account, whatever the secret.
//! Users have the keys that `CreateAccessKey` gave them or that a world file names, sessions those of
//! `AssumeRole` together with their token, until they expire by the clock of the world.
//! Signatures are read for the access key, the Region and the service, and not checked.
//!
//! # What it speaks
//!
//! EC2 is asked by queries (version 2016-11-15) and answers XML, as do IAM (2010-05-08) and STS
//! (2011-06-15) in their own form. KMS, Organizations and SSM speak JSON 1.1. Errors have AWS's codes,
//! HTTP statuses and request ids. A parameter that no rule looks at is refused as
//! `UnknownParameter`, rather than passed over in silence.
//!
//! | service | actions |
//! |---|---|
//! | EC2 | `CancelImageLaunchPermission`, `CopyImage`, `CopySnapshot`, `CreateImage`, `CreateImageUsageReport`, `CreateSnapshot`, `CreateTags`, `CreateVolume`, `DeleteImageUsageReport`, `DeleteSnapshot`, `DeleteTags`, `DeleteVolume`, `DeregisterImage`, `DescribeAvailabilityZones`, `DescribeImageAttribute`, `DescribeImageReferences`, `DescribeImageUsageReportEntries`, `DescribeImageUsageReports`, `DescribeImages`, `DescribeInstances`, `DescribeRegions`, `DescribeSnapshotAttribute`, `DescribeSnapshots`, `DescribeTags`, `DescribeVolumes`, `DisableAllowedImagesSettings`, `DisableEbsEncryptionByDefault`, `DisableImage`, `DisableImageBlockPublicAccess`, `DisableImageDeprecation`, `DisableImageDeregistrationProtection`, `DisableSnapshotBlockPublicAccess`, `EnableAllowedImagesSettings`, `EnableEbsEncryptionByDefault`, `EnableImage`, `EnableImageBlockPublicAccess`, `EnableImageDeprecation`, `EnableImageDeregistrationProtection`, `EnableSnapshotBlockPublicAccess`, `GetAllowedImagesSettings`, `GetEbsDefaultKmsKeyId`, `GetEbsEncryptionByDefault`, `GetImageBlockPublicAccessState`, `GetSnapshotBlockPublicAccessState`, `ModifyEbsDefaultKmsKeyId`, `ModifyImageAttribute`, `ModifySnapshotAttribute`, `RegisterImage`, `ReplaceImageCriteriaInAllowedImagesSettings`, `ResetEbsDefaultKmsKeyId`, `ResetImageAttribute`, `ResetSnapshotAttribute`, `RunInstances`, `TerminateInstances` |
//! | IAM | `AttachRolePolicy`, `AttachUserPolicy`, `CreateAccessKey`, `CreatePolicy`, `CreateRole`, `CreateServiceLinkedRole`, `CreateUser`, `DeleteAccessKey`, `DeletePolicy`, `DeleteRole`, `DeleteRolePolicy`, `DeleteUser`, `DeleteUserPolicy`, `DetachRolePolicy`, `DetachUserPolicy`, `GetPolicy`, `GetPolicyVersion`, `GetRole`, `GetRolePolicy`, `GetUser`, `GetUserPolicy`, `ListAccessKeys`, `ListAccountAliases`, `ListAttachedRolePolicies`, `ListAttachedUserPolicies`, `ListPolicies`, `ListRolePolicies`, `ListRoles`, `ListUserPolicies`, `ListUsers`, `PutRolePolicy`, `PutUserPolicy`, `UpdateAssumeRolePolicy` |
//! | KMS | `CancelKeyDeletion`, `CreateAlias`, `CreateGrant`, `CreateKey`, `DeleteAlias`, `DescribeKey`, `DisableKey`, `DisableKeyRotation`, `EnableKey`, `EnableKeyRotation`, `GetKeyPolicy`, `GetKeyRotationStatus`, `ListAliases`, `ListGrants`, `ListKeyPolicies`, `ListKeys`, `ListResourceTags`, `ListRetirableGrants`, `PutKeyPolicy`, `ReplicateKey`, `RetireGrant`, `RevokeGrant`, `ScheduleKeyDeletion`, `TagResource`, `UntagResource`, `UpdateAlias`, `UpdateKeyDescription` |
//! | Organizations | `CloseAccount`, `CreateAccount`, `CreateOrganization`, `CreateOrganizationalUnit`, `DeleteOrganizationalUnit`, `DeregisterDelegatedAdministrator`, `DescribeAccount`, `DescribeCreateAccountStatus`, `DescribeOrganization`, `DescribeOrganizationalUnit`, `LeaveOrganization`, `ListAccounts`, `ListAccountsForParent`, `ListChildren`, `ListCreateAccountStatus`, `ListDelegatedAdministrators`, `ListOrganizationalUnitsForParent`, `ListParents`, `ListRoots`, `MoveAccount`, `RegisterDelegatedAdministrator`, `RemoveAccountFromOrganization`, `UpdateOrganizationalUnit` |
//! | SSM | `AddTagsToResource`, `DeleteParameter`, `DeleteParameters`, `DescribeParameters`, `GetParameter`, `GetParameterHistory`, `GetParameters`, `GetParametersByPath`, `LabelParameterVersion`, `ListTagsForResource`, `PutParameter`, `RemoveTagsFromResource` |
//! | STS | `AssumeRole`, `GetCallerIdentity` |
//!
//! # What a test sets and asks
//!
//! Beside AWS's own actions there is `/_simulator/…`, whose bodies are JSON and which takes no
//! signature:
//!
//! | request | does |
//! |---|---|
//! | `GET health` | answers as soon as the server does |
//! | `GET world`, `PUT world`, `POST reset` | saves the world; puts a world file, in JSON or YAML, in its place; goes back to the file that it was loaded from |
//! | `GET faults`, `PUT faults` | tells and sets the [`Faults`](super::Faults) |
//! | `GET calls`, `DELETE calls` | lists the calls, filtered by `?account=…&operation=…&outcome=…` and the other fields; forgets them |
//! | `POST advance` | lets `{"seconds": 60}` pass at once |
//! | `POST judge` | says whether an `account`, or a `principal` by ARN, can launch and copy an `image` of a `region` |
//!
//! The log of calls grows until it is forgotten: a server that runs for days wants `DELETE calls`.

mod access;
mod body;
mod control;
mod ec2;
mod http;
mod iam;
mod json;
mod kms;
mod organizations;
mod params;
mod service;
mod ssm;
mod sts;
#[cfg(test)]
mod tests;
mod xml;

pub use http::Server;

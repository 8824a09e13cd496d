//! Makes a key for images that are to be shared.

use super::Engine;
use crate::backend::{Backend, NewKey};
use crate::error::Error;
use crate::id::KeyArn;
use crate::plan::{Refusal, Refusals};
use crate::policy::{KeyStatements, key_policy_for_sharing};
use crate::principal::Principal;
use crate::request::SharingKey;

impl<B: Backend> Engine<B> {
    pub(crate) async fn create_key_for_sharing(&self, key: &SharingKey) -> Result<KeyArn, Error> {
        let statements = self.statements_for(key).await?;
        let policy = key_policy_for_sharing(key.owner, &statements).map_err(|error| {
            Error::Refused(Refusals::new(vec![Refusal::NewKeyPolicy {
                because: error.to_string(),
                mend: error.mend(),
            }]))
        })?;
        let new = NewKey {
            policy: &policy,
            description: &key.description,
            multi_region: key.multi_region,
            tags: &key.tags,
        };
        let arn = self.backend.create_key(&key.region, &new).await?;
        let named = self
            .backend
            .create_alias(&key.region, &key.alias, &arn)
            .await;
        match named {
            Ok(_) => Ok(arn),
            Err(error) => Err(Error::KeyWithoutAlias {
                key: arn,
                alias: key.alias.clone(),
                error,
            }),
        }
    }

    async fn statements_for(&self, key: &SharingKey) -> Result<KeyStatements, Error> {
        let mut statements = KeyStatements::new();
        for principal in &key.principals {
            statements = match principal {
                Principal::Account(account) => statements.account(*account),
                Principal::Organization(arn) => statements.organization(arn),
                Principal::OrganizationalUnit(unit) => {
                    let given = key.unit_paths.iter().find(|path| {
                        path.unit_id() == unit.unit_id()
                            && path.organization_id() == unit.organization_id()
                    });
                    let path = match given {
                        Some(path) => path.clone(),
                        None => {
                            let backend = &self.backend;
                            backend.organizational_unit_path(&key.region, unit).await?
                        }
                    };
                    statements.organizational_unit(path)
                }
                // INVARIANT: the request takes no public.
                Principal::Public => statements,
            };
        }
        Ok(statements)
    }
}

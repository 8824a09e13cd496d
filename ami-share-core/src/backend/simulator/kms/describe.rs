//! `DescribeKey` and `ListKeys`.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::Ask;
use super::find::{Naming, aws_ebs_arn};
use super::key::Key;
use super::page::{Limit, Paging};
use crate::backend::Page;
use crate::id::KeyArn;

impl State {
    pub(crate) fn describe_key(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        tokens: &[String],
    ) -> Result<&Key, Refusal> {
        const ACTION: &str = "kms:DescribeKey";
        self.check_tokens(tokens)?;
        let arn = self.resolve(caller, key_id, Naming::KeyOrAlias, ACTION)?;
        // "If you specify a predefined AWS alias […], KMS associates the alias with an AWS managed key."
        if arn == aws_ebs_arn(caller.region, caller.account) {
            self.aws_ebs_key(caller.region, caller.account);
        }
        let mut ask = Ask::of(caller.identity, ACTION);
        if let Some(at) = key_id.find("alias/") {
            ask = ask.key("kms:RequestAlias", key_id.get(at..).unwrap_or_default());
        }
        self.permit(caller, &arn, ask)
    }

    pub(crate) fn list_keys(
        &self,
        caller: Caller<'_>,
        paging: &Paging,
    ) -> Result<Page<KeyArn>, Refusal> {
        const ACTION: &str = "kms:ListKeys";
        self.authorize(caller, ACTION, "*", &[])?;
        let limit = Limit {
            default: 100,
            most: 1_000,
        };
        let keys = self.keys.of(caller.region, caller.account);
        let items = keys.map(|key| (key.arn.key_id().to_owned(), key.arn.clone()));
        let query = (ACTION, caller.region, caller.account);
        self.page(&query, paging, limit, items)
    }
}

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::world::World;
use super::{ParameterKind, ParameterSpec};
use crate::api_error::ApiError;
use crate::id::{AccountId, Region};

/// Parameters
impl World {
    /// Gives a parameter of text a value, as a new version where there is one of that name
    ///
    /// # Errors
    ///
    /// As `PutParameter`: `ValidationException` for a name or value that Parameter Store does not take.
    pub fn put_parameter(
        &self,
        region: &Region,
        account: AccountId,
        name: &str,
        value: &str,
    ) -> Result<(), ApiError> {
        let identity = Identity::Root(account);
        let caller = Caller::of(&identity, region);
        let spec = ParameterSpec {
            name: name.to_owned(),
            value: value.to_owned(),
            kind: Some(ParameterKind::Text),
            overwrite: true,
            ..ParameterSpec::default()
        };
        let put = self.state().put_parameter(caller, spec);
        put.map(|_| ())
            .map_err(|refusal| refusal.of("PutParameter"))
    }
}

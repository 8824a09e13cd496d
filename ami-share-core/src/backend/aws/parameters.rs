use aws_sdk_ssm::Client;
use aws_sdk_ssm::operation::RequestId as _;
use aws_sdk_ssm::types::ParameterType;

use super::error::{api_error, unreadable};
use crate::api_error::ApiError;
use crate::backend::RequestId;
use crate::id::ImageId;
use crate::resource::Parameter;

pub(super) async fn get_parameter(ssm: &Client, name: &str) -> Result<Option<Parameter>, ApiError> {
    const OPERATION: &str = "GetParameter";
    let answer = match ssm.get_parameter().name(name).send().await {
        Ok(answer) => answer,
        Err(error) => {
            return match api_error(OPERATION, error) {
                error if error.code() == Some("ParameterNotFound") => Ok(None),
                error => Err(error),
            };
        }
    };
    let missing = |what: &str| unreadable(OPERATION, format_args!("{what} is missing"));
    let found = answer.parameter().ok_or_else(|| missing("the parameter"))?;
    let value = found
        .value()
        .ok_or_else(|| missing("the value of the parameter"))?;
    Ok(Some(Parameter {
        value: value.to_owned(),
        data_type: found.data_type().unwrap_or("text").to_owned(),
        version: found.version(),
    }))
}

pub(super) async fn put_image_parameter(
    ssm: &Client,
    name: &str,
    image: &ImageId,
) -> Result<RequestId, ApiError> {
    let answer = ssm
        .put_parameter()
        .name(name)
        .value(image.as_str())
        .r#type(ParameterType::String)
        .data_type(Parameter::IMAGE)
        .overwrite(true)
        .send()
        .await
        .map_err(|error| api_error("PutParameter", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

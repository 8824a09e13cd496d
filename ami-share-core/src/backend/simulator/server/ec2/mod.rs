//! EC2: queries in, XML out. One file per resource.

mod copy_image;
mod create_image;
mod id;
mod image;
mod image_attribute;
mod image_life;
mod image_reference;
mod instance;
mod listing;
mod region;
mod register_image;
mod setting;
mod snapshot;
mod snapshot_attribute;
mod tag;
mod usage_report;
mod volume;

use super::super::refusal::Refusal;
use super::service::QueryAction;
use super::xml::Element;

pub(crate) const ACTIONS: &[&[QueryAction]] = &[
    copy_image::ACTIONS,
    create_image::ACTIONS,
    image::ACTIONS,
    image_attribute::ACTIONS,
    image_life::ACTIONS,
    image_reference::ACTIONS,
    instance::ACTIONS,
    region::ACTIONS,
    register_image::ACTIONS,
    setting::ACTIONS,
    snapshot::ACTIONS,
    snapshot_attribute::ACTIONS,
    tag::ACTIONS,
    usage_report::ACTIONS,
    volume::ACTIONS,
];

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// An answer with its request id in front, as EC2 has it
pub(crate) fn response(action: &str, mut fields: Vec<Element>, request_id: &str) -> Element {
    fields.insert(0, Element::text("requestId", request_id.to_owned()));
    Element::new(format!("{action}Response"), fields).in_namespace(NAMESPACE)
}

/// How EC2 refuses
pub(crate) fn error(refusal: &Refusal, request_id: &str) -> Element {
    let error = Element::new(
        "Error",
        vec![
            Element::text("Code", refusal.code.clone()),
            Element::text("Message", refusal.message.clone()),
        ],
    );
    Element::new(
        "Response",
        vec![
            Element::new("Errors", vec![error]),
            Element::text("RequestID", request_id.to_owned()),
        ],
    )
}

/// The answer of an action that says nothing but that it was done
fn done() -> Vec<Element> {
    vec![Element::flag("return", true)]
}

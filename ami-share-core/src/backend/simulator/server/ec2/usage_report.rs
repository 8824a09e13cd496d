//! Usage reports of images.

use std::collections::BTreeSet;

use super::super::super::call::Caller;
use super::super::super::ec2::{
    Stage, UsageEntry, UsageKind, UsageReport, UsageRequest, all_match, arn, image_arn, tag_values,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid, missing};
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::done;
use super::id::{image_id, parse_account, parse_image_id};
use super::listing::{Paging, filters, or_tag};
use super::tag::{authorize_tagging, one_kind, tag_set};
use crate::id::ImageId;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "CreateImageUsageReport",
        takes: &[
            "AccountId",
            "ClientToken",
            "ImageId",
            "ResourceType",
            "TagSpecification",
        ],
        on: |caller, params| {
            let image = params.text("ImageId").and_then(|id| id.parse().ok());
            let image = image.map(|image: ImageId| image_arn(caller.region, &image));
            image.into_iter().chain([report_arn(caller, "*")]).collect()
        },
        run: create,
    },
    QueryAction {
        name: "DeleteImageUsageReport",
        takes: &["ReportId"],
        on: |caller, params| {
            let id = params.optional("ReportId").unwrap_or("*");
            vec![report_arn(caller, id)]
        },
        run: |state, caller, params| {
            state.delete_usage_report(caller, params.required("ReportId")?)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "DescribeImageUsageReportEntries",
        takes: LISTING,
        on: anything,
        run: describe_entries,
    },
    QueryAction {
        name: "DescribeImageUsageReports",
        takes: LISTING,
        on: anything,
        run: describe,
    },
];

const LISTING: &[&str] = &["Filter", "ImageId", "MaxResults", "NextToken", "ReportId"];
/// The most ids of one call
const IDS: usize = 200;
/// The type of the resource, for tags and ARNs
const KIND: &str = "image-usage-report";
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=10_000;

fn report_arn(caller: Caller<'_>, id: &str) -> String {
    arn(caller.region, Some(caller.account), KIND, id)
}

fn create(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let tags = one_kind(params, KIND)?;
    let action = "CreateImageUsageReport";
    authorize_tagging(state, caller, action, &report_arn(caller, "*"), &tags)?;
    let kinds = params.items("ResourceType").into_iter();
    let accounts = params.texts("AccountId").into_iter().map(parse_account);
    let request = UsageRequest {
        image: image_id(params)?,
        kinds: kinds.map(kind).collect::<Result<_, _>>()?,
        accounts: accounts.collect::<Result<_, _>>()?,
        tags,
    };
    let token = params.optional("ClientToken");
    let id = state.create_usage_report(caller, request, token)?;
    Ok(vec![Element::text("reportId", id)])
}

fn kind(item: &Params) -> Result<UsageKind, Refusal> {
    const NAME: &str = "ResourceType";
    item.only(NAME, &[NAME, "ResourceTypeOption"])?;
    let name = item.required(NAME)?;
    let known = UsageKind::ALL.into_iter().find(|known| *known == name);
    let name = known.ok_or_else(|| invalid("resourceType", name))?;
    let mut version_depth = None;
    for option in item.items("ResourceTypeOption") {
        option.only("ResourceTypeOption", &["OptionName", "OptionValue"])?;
        let (option, values) = (option.required("OptionName")?, option.texts("OptionValue"));
        if name != UsageKind::TEMPLATE || option != "version-depth" {
            return Err(invalid("optionName", option));
        }
        let [value] = values.as_slice() else {
            return Err(missing("OptionValue"));
        };
        let depth = value.parse().ok().filter(|depth| VERSIONS.contains(depth));
        version_depth = Some(depth.ok_or_else(|| invalid("optionValue", value))?);
    }
    Ok(UsageKind {
        name,
        version_depth,
    })
}

/// The reports that a listing is about
fn asked_for<'a>(
    state: &'a State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<&'a UsageReport>, Refusal> {
    let ids: BTreeSet<&str> = params.texts("ReportId").into_iter().collect();
    let images = params.texts("ImageId").into_iter().map(parse_image_id);
    let images: BTreeSet<ImageId> = images.collect::<Result<_, _>>()?;
    if ids.len().max(images.len()) > IDS {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("One call names at most {IDS} reports and as many images."),
        ));
    }
    let is_about =
        |report: &&UsageReport| images.is_empty() || images.contains(&report.request.image);
    if ids.is_empty() {
        return Ok(state.usage_reports(caller).filter(is_about).collect());
    }
    let reports = ids.into_iter().map(|id| state.usage_report(caller, id));
    let reports: Vec<&UsageReport> = reports.collect::<Result<_, _>>()?;
    Ok(reports.into_iter().filter(is_about).collect())
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let filters = filters(params, or_tag(&["creation-time", "state", "tag-key"]))?;
    let paging = Paging::of_any_size(state, caller, "DescribeImageUsageReports", params)?;
    let now = state.now();
    let reports = asked_for(state, caller, params)?.into_iter();
    let reports = reports.filter(|report| {
        all_match(&filters, |filter| match filter {
            "creation-time" => vec![report.created().iso_8601()],
            "state" => vec![report.state(now).to_owned()],
            other => tag_values(&report.request.tags, other),
        })
    });
    let listing = reports.map(|report| (report.id.clone(), report));
    Ok(paging.page("imageUsageReportSet", listing, |report| {
        Element::item(tell(state, report))
    }))
}

fn tell(state: &State, report: &UsageReport) -> Vec<Element> {
    let UsageRequest {
        image,
        kinds,
        accounts,
        tags,
    } = &report.request;
    let now = state.now();
    let mut fields = vec![
        Element::text("imageId", image.to_string()),
        Element::text("reportId", report.id.clone()),
        Element::list("resourceTypeSet", kinds.iter().map(tell_kind)),
        Element::text("state", report.state(now)),
        Element::text("creationTime", report.created().iso_8601()),
        Element::text("expirationTime", report.expires().iso_8601()),
        tag_set(tags),
    ];
    if !accounts.is_empty() {
        let items = accounts.iter().map(ToString::to_string);
        let items = items.map(|account| Element::text("item", account));
        fields.push(Element::list("accountIdSet", items));
    }
    if let Stage::Failed { reason } = report.progress.stage(now) {
        fields.push(Element::text("stateReason", reason.to_owned()));
    }
    fields
}

fn tell_kind(kind: &UsageKind) -> Element {
    let mut fields = vec![Element::text("resourceType", kind.name)];
    if let Some(depth) = kind.version_depth {
        let value = Element::text("item", depth.to_string());
        let option = Element::item(vec![
            Element::text("optionName", "version-depth"),
            Element::list("optionValueSet", [value]),
        ]);
        fields.push(Element::list("resourceTypeOptionSet", [option]));
    }
    Element::item(fields)
}

fn describe_entries(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    const FILTERS: [&str; 3] = ["account-id", "creation-time", "resource-type"];
    let filters = filters(params, |name| FILTERS.contains(&name))?;
    let action = "DescribeImageUsageReportEntries";
    let paging = Paging::of_any_size(state, caller, action, params)?;
    let now = state.now();
    let mut listing = Vec::new();
    for report in asked_for(state, caller, params)? {
        for entry in report.entries(now) {
            let is_asked_for = all_match(&filters, |filter| match filter {
                "account-id" => vec![entry.account.to_string()],
                "creation-time" => vec![report.created().iso_8601()],
                _ => vec![entry.kind.to_owned()],
            });
            if is_asked_for {
                let place = format!("{}/{}/{}", report.id, entry.account, entry.kind);
                listing.push((place, (report, entry)));
            }
        }
    }
    listing.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(paging.page("imageUsageReportEntrySet", listing, tell_entry))
}

fn tell_entry((report, entry): (&UsageReport, &UsageEntry)) -> Element {
    Element::item(vec![
        Element::text("resourceType", entry.kind),
        Element::text("reportId", report.id.clone()),
        Element::text("usageCount", entry.count.to_string()),
        Element::text("accountId", entry.account.to_string()),
        Element::text("imageId", report.request.image.to_string()),
        Element::text("reportCreationTime", report.created().iso_8601()),
    ])
}

//! The Regions and their Availability Zones.

use super::super::super::call::Caller;
use super::super::super::ec2::{all_match, zones};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::listing::filters;
use crate::id::Region;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "DescribeRegions",
        takes: &["RegionName", "AllRegions", "Filter"],
        on: anything,
        run: describe,
    },
    QueryAction {
        name: "DescribeAvailabilityZones",
        takes: &["ZoneName", "AllAvailabilityZones", "Filter"],
        on: anything,
        run: describe_zones,
    },
];

/// The Regions that every account of the partition `aws` has; other partitions have few
const ENABLED: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
const CHINA: [&str; 2] = ["cn-north-1", "cn-northwest-1"];
const GOV_CLOUD: [&str; 2] = ["us-gov-east-1", "us-gov-west-1"];

/// The Regions of the caller's partition; every one is enabled without opting in
///
/// The Region that is called is always among them: any account has each Region of this world.
fn regions(caller: Caller<'_>) -> Vec<String> {
    let known: &[&str] = match caller.region.partition().as_str() {
        "aws-cn" => &CHINA,
        "aws-us-gov" => &GOV_CLOUD,
        "aws" => &ENABLED,
        _ => &[],
    };
    let mut regions: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
    let own = caller.region.to_string();
    if !regions.contains(&own) {
        regions.push(own);
        regions.sort();
    }
    regions
}

fn endpoint(caller: Caller<'_>, region: &str) -> String {
    match caller.region.partition().as_str() {
        "aws-cn" => format!("ec2.{region}.amazonaws.com.cn"),
        _ => format!("ec2.{region}.amazonaws.com"),
    }
}

fn describe(_: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    const NOT_REQUIRED: &str = "opt-in-not-required";
    let filters = filters(params, |name| {
        ["endpoint", "opt-in-status", "region-name"].contains(&name)
    })?;
    params.optional_flag("AllRegions")?;
    let regions = regions(caller);
    let named = params.texts("RegionName");
    if let Some(unknown) = named
        .iter()
        .find(|name| !regions.iter().any(|region| region == *name))
    {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("Invalid region: [{unknown}]"),
        ));
    }
    let items = regions
        .iter()
        .filter(|region| named.is_empty() || named.contains(&region.as_str()))
        .filter(|region| {
            all_match(&filters, |filter| {
                vec![match filter {
                    "endpoint" => endpoint(caller, region),
                    "opt-in-status" => NOT_REQUIRED.to_owned(),
                    _ => (*region).clone(),
                }]
            })
        })
        .map(|region| {
            Element::item(vec![
                Element::text("regionName", region.clone()),
                Element::text("regionEndpoint", endpoint(caller, region)),
                Element::text("optInStatus", NOT_REQUIRED),
            ])
        });
    Ok(vec![Element::list("regionInfo", items)])
}

fn describe_zones(
    _: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    const FILTERS: [&str; 5] = [
        "opt-in-status",
        "region-name",
        "state",
        "zone-name",
        "zone-type",
    ];
    let filters = filters(params, |name| FILTERS.contains(&name))?;
    params.optional_flag("AllAvailabilityZones")?;
    let region: &Region = caller.region;
    let zones = zones(region);
    let named = params.texts("ZoneName");
    if let Some(unknown) = named
        .iter()
        .find(|name| !zones.iter().any(|zone| zone == *name))
    {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("Invalid availability zone: [{unknown}]"),
        ));
    }
    let fields = |zone: &str| {
        [
            (
                "opt-in-status",
                "optInStatus",
                "opt-in-not-required".to_owned(),
            ),
            ("region-name", "regionName", region.to_string()),
            ("state", "zoneState", "available".to_owned()),
            ("zone-name", "zoneName", zone.to_owned()),
            ("zone-type", "zoneType", "availability-zone".to_owned()),
        ]
    };
    let items = zones
        .iter()
        .filter(|zone| named.is_empty() || named.contains(&zone.as_str()))
        .filter(|zone| {
            all_match(&filters, |filter| {
                let values = fields(zone).into_iter();
                values
                    .filter(|(name, _, _)| *name == filter)
                    .map(|(_, _, value)| value)
                    .collect()
            })
        })
        .map(|zone| {
            let fields = fields(zone).into_iter();
            Element::item(
                fields
                    .map(|(_, name, value)| Element::text(name, value))
                    .collect(),
            )
        });
    Ok(vec![Element::list("availabilityZoneInfo", items)])
}

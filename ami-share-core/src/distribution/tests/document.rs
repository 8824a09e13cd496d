//! What a distribution that is right says.

use super::*;
use crate::id::{AccountId, Region};
use crate::principal::Principal;
use crate::request::SourceAccess;
use crate::request::{KeyAccess, SnapshotSharing};

#[test]
fn the_examples_are_distributions() {
    let golden = Distribution::from_yaml(YAML).unwrap();
    assert_eq!(golden.regions().len(), 3);
    assert_eq!(golden.copy_regions().count(), 2);
    assert_eq!(golden.recipients().len(), 3);
    assert_eq!(golden.key_access(), KeyAccess::KeyPolicy);
    assert_eq!(golden.snapshots(), SnapshotSharing::LeaveAsIs);
    assert_eq!(golden.copies().images_in_flight, Some(20));
    assert!(golden.distributed_tags() && golden.rehearse());
    let services = golden.service_linked_roles();
    assert!(services.contains(&LaunchService::Ec2Spot) && services.len() == 2);
    let shared = golden.tags().shared_as_written();
    assert_eq!(shared["ec2:SharedTag/support"], "platform@example.com");
    let role = |account: &str| golden.role(id(account)).unwrap().to_string();
    assert_eq!(
        role("222222222222"),
        "arn:aws:iam::222222222222:role/vendors/GoldenImages"
    );
    assert_eq!(
        role("333333333333"),
        "arn:aws:iam::333333333333:role/AmiShare"
    );

    let share = Distribution::from_toml(TOML).unwrap();
    assert_eq!(share.regions().len(), 1, "that of the image");
    assert_eq!(share.image().by, ImageSource::Parameter(id("/golden/web")));

    let copy = Distribution::from_json(JSON).unwrap();
    assert_eq!(copy.recipients_get(), RecipientsGet::Copy);
    assert_eq!(copy.snapshots(), SnapshotSharing::ForCopy);
    assert_eq!(copy.copies().source_access, SourceAccess::Close);
}

#[test]
fn what_is_written_to_json_is_read_back_as_the_same() {
    for distribution in [
        Distribution::from_yaml(YAML).unwrap(),
        Distribution::from_toml(TOML).unwrap(),
        Distribution::from_json(JSON).unwrap(),
    ] {
        assert_eq!(
            Distribution::from_json(&distribution.to_json()).unwrap(),
            distribution
        );
        let value = serde_json::to_value(&distribution).unwrap();
        assert_eq!(
            serde_json::from_value::<Distribution>(value).unwrap(),
            distribution
        );
        assert_eq!(distribution.draft().clone().build().unwrap(), distribution);
    }
}

#[test]
fn the_same_document_in_three_formats_is_the_same_distribution() {
    let yaml = Distribution::from_yaml(
        "{version: ami-share/distribution/1, image: {region: us-east-1, id: ami-12345678},\n\
         recipients: {accounts: ['012345678901']}, copies: {completion_minutes: 30}}",
    );
    let json = Distribution::from_json(
        r#"{"version": "ami-share/distribution/1", "image": {"region": "us-east-1", "id": "ami-12345678"},
        "recipients": {"accounts": ["012345678901"]}, "copies": {"completion_minutes": 30}}"#,
    );
    let toml = Distribution::from_toml(
        "version = 'ami-share/distribution/1'\nimage = {region = 'us-east-1', id = 'ami-12345678'}\n\
         recipients.accounts = ['012345678901']\n[copies]\ncompletion_minutes = 30\n",
    );
    assert_eq!(yaml, json);
    assert_eq!(json, toml);
    assert!(
        toml.unwrap()
            .recipients()
            .contains(&Principal::Account(id("012345678901")))
    );
}

#[test]
fn an_account_of_a_yaml_file_keeps_its_leading_zeros_without_quotes() {
    let text = "version: ami-share/distribution/1\nimage: {region: us-east-1, id: ami-12345678}\n\
                recipients: {accounts: [012345678901]}\nroles:\n  accounts:\n    012345678901: \
                arn:aws:iam::012345678901:role/R\n";
    let distribution = Distribution::from_yaml(text).unwrap();
    assert!(distribution.role(id("012345678901")).is_some());
}

#[test]
fn groups_of_groups_are_resolved_once_each() {
    let text = r#"
version: ami-share/distribution/1
image: {region: us-east-1, id: ami-12345678}
groups:
  a: {accounts: ["111111111111"], groups: [b, c]}
  b: {accounts: ["222222222222"], groups: [c]}
  c: {accounts: ["333333333333"], organizations: ["arn:aws:organizations::123456789012:organization/o-exampleorg1"]}
  unused: {accounts: ["999999999999"]}
recipients: {accounts: ["222222222222"], groups: [a]}
"#;
    let distribution = Distribution::from_yaml(text).unwrap();
    let recipients: Vec<String> = distribution
        .recipients()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        recipients,
        [
            "111111111111",
            "222222222222",
            "333333333333",
            "arn:aws:organizations::123456789012:organization/o-exampleorg1"
        ]
    );
}

#[test]
fn the_nearest_key_of_a_copy_comes_first() {
    let text = r#"
default: alias/default
regions: {eu-west-1: alias/region}
accounts:
  "222222222222": {default: alias/account, regions: {eu-west-1: alias/account-region}}
  "333333333333": {regions: {eu-west-1: alias/only-region}}
owner: {regions: {eu-west-1: alias/owner-region}}
"#;
    let mut keys: Keys = serde_saphyr::from_str(text).unwrap();
    let (here, there): (Region, Region) = (id("eu-west-1"), id("us-east-1"));
    let of = |keys: &Keys, account: &str, region: &Region| {
        keys.recipient_key(id::<AccountId>(account), region)
            .unwrap()
            .to_string()
    };
    assert_eq!(of(&keys, "222222222222", &here), "alias/account-region");
    assert_eq!(of(&keys, "222222222222", &there), "alias/account");
    assert_eq!(of(&keys, "333333333333", &here), "alias/only-region");
    assert_eq!(of(&keys, "333333333333", &there), "alias/default");
    assert_eq!(of(&keys, "444444444444", &here), "alias/region");
    let owner = |keys: &Keys, region: &Region| keys.owner_key(region).unwrap().to_string();
    assert_eq!(owner(&keys, &here), "alias/owner-region");
    assert_eq!(owner(&keys, &there), "alias/default");
    keys.owner.default = Some(id("alias/owner"));
    assert_eq!(owner(&keys, &there), "alias/owner");
    keys.owner = AccountKeys::default();
    assert_eq!(owner(&keys, &here), "alias/region");
}

#[test]
fn a_template_says_what_its_words_stand_for_and_nothing_twice() {
    let template: Template = id("{name}/{region}/{account}/{source}/{name}");
    let region: Region = id("us-east-1");
    let values = TemplateValues {
        name: "{region}",
        region: &region,
        account: id("012345678901"),
        source: "ami-12345678",
    };
    assert_eq!(
        template.fill(values),
        "{region}/us-east-1/012345678901/ami-12345678/{region}"
    );
    for bad in ["{", "}", "{name", "a}b", "{nome}", "{{name}}", "{}"] {
        assert!(bad.parse::<Template>().is_err(), "{bad}");
    }
}

#[test]
fn a_role_template_names_a_role_in_each_account() {
    let template: RoleTemplate = id("arn:aws:iam::{account}:role/share/AmiShare-{account}");
    assert_eq!(
        template.role(id("012345678901")).unwrap().as_str(),
        "arn:aws:iam::012345678901:role/share/AmiShare-012345678901"
    );
    for (bad, part) in [
        ("arn:aws:iam::111122223333:role/R", "the same role"),
        ("arn:aws:iam::111122223333:role/{account}", "not the ARN"),
        ("arn:aws:iam::{account}:user/R", "not the ARN"),
        ("arn:aws:iam::{acount}:role/R", "no word"),
        ("{account}", "not the ARN"),
    ] {
        let error = bad.parse::<RoleTemplate>().unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_file_is_loaded_by_its_extension() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/distributions/");
    for file in ["golden-image.yaml", "share.toml", "copy.json"] {
        Distribution::load(format!("{folder}{file}")).unwrap();
    }
    let error = Distribution::load("/nowhere/golden.yaml").unwrap_err();
    assert_eq!(error.file().unwrap().to_str(), Some("/nowhere/golden.yaml"));
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/golden.yaml: the file cannot be read: ")
    );
    for bad in ["/nowhere/golden.ini", "/nowhere/golden", ""] {
        let error = Distribution::load(bad).unwrap_err().to_string();
        assert!(
            error.contains("`.yaml`, `.yml`, `.json` or `.toml`"),
            "{error}"
        );
    }
}

#[test]
fn a_rehearsal_is_asked_for_by_true_or_by_what_it_takes() {
    let (account, region) = (id("222222222222"), id::<Region>("us-east-1"));
    for (text, is_asked, instance_type, subnet) in [
        ("false", false, None, None),
        ("true", true, None, None),
        ("yes", true, None, None),
        ("{}", true, None, None),
        ("{instance_type: t3.nano}", true, Some("t3.nano"), None),
        (
            "{subnets: {'222222222222': {us-east-1: subnet-12345678}}}",
            true,
            None,
            Some("subnet-12345678"),
        ),
    ] {
        let text = format!(
            "version: ami-share/distribution/1\nimage: {{region: us-east-1, id: ami-12345678}}\n\
             recipients: {{accounts: ['222222222222']}}\n\
             roles: {{template: 'arn:aws:iam::{{account}}:role/R'}}\nrehearse: {text}"
        );
        let distribution = Distribution::from_yaml(&text).unwrap();
        assert_eq!(distribution.rehearse(), is_asked, "{text}");
        let rehearsal = distribution.rehearsal();
        assert_eq!(rehearsal.instance_type(), instance_type);
        let found = rehearsal.subnet(account, &region);
        assert_eq!(found.map(ToString::to_string).as_deref(), subnet);
        assert_eq!(rehearsal.subnet(account, &id("eu-west-1")), None);
        let json = distribution.to_json();
        assert_eq!(Distribution::from_json(&json).unwrap(), distribution);
    }
}

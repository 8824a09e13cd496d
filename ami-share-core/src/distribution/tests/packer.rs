//! What is taken over from Packer.

use super::*;
use crate::request::SnapshotSharing;

pub(super) const HCL: &str = r#"
packer {
  required_plugins {
    amazon = { source = "github.com/hashicorp/amazon", version = "~> 1.3" }
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "accounts" {
  type    = list(string)
  default = ["222222222222", "333333333333"]
}

variable "partner" {
  type = string
}

locals {
  timestamp = regex_replace(timestamp(), "[- TZ:]", "")
  prefix    = "golden-${var.region}"
}

source "amazon-ebs" "web" {
  ami_name        = "${local.prefix}-web-${local.timestamp}"
  ami_description = "Golden web image of ${var.region}"
  instance_type   = "t3.micro"
  region          = var.region
  source_ami_filter {
    filters = { name = "ubuntu/images/*" }
    owners  = ["099720109477"]
  }
  ssh_username = "ubuntu"

  ami_regions        = ["us-east-1", "eu-west-1", "eu-central-1"]
  ami_users          = var.accounts
  ami_org_arns       = ["arn:aws:organizations::123456789012:organization/o-exampleorg1", var.partner]
  ami_groups         = ["all"]
  encrypt_boot       = true
  kms_key_id         = "alias/golden"
  region_kms_key_ids = {
    us-east-1      = "alias/golden"
    "eu-west-1"    = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    "eu-central-1" = ""
  }
  snapshot_users                 = ["222222222222"]
  snapshot_copy_duration_minutes = 60
  deprecate_at                   = "2027-01-01T00:00:00Z"
  deregistration_protection {
    enabled       = true
    with_cooldown = true
  }
  tags = {
    Team   = "platform"
    Base   = "{{ .SourceAMI }}"
  }
  tag {
    key   = "Stage"
    value = var.region
  }
  dynamic "tag" {
    for_each = var.more
    content {
      key   = tag.key
      value = tag.value
    }
  }
  snapshot_tags = { Team = "platform" }
  run_tags      = { Name = "build" }
}

source "amazon-ebs" "second" {
  ami_name = "second"
}

source "docker" "box" {
  image = "ubuntu"
}

build {
  sources = ["source.amazon-ebs.web"]
  source "amazon-ebs.second" {
    ami_users = ["444444444444"]
  }
  provisioner "shell" {
    inline = ["echo done"]
  }
}
"#;

#[test]
fn a_template_in_hcl_becomes_a_draft() {
    let imported = Distribution::from_packer(HCL).unwrap();
    let draft = &imported.distribution;
    let image = draft.image.as_ref().unwrap();
    assert_eq!(image.region, id("us-east-1"));
    let name = image.newest.as_ref().unwrap().name.as_deref();
    assert_eq!(name, Some("golden-us-east-1-web-*"));
    assert_eq!(
        draft.regions,
        [id("us-east-1"), id("eu-west-1"), id("eu-central-1")]
    );
    assert_eq!(
        draft.recipients.accounts,
        [id("222222222222"), id("333333333333")]
    );
    assert_eq!(draft.recipients.organizations.len(), 1);
    assert_eq!(draft.keys.regions.len(), 2);
    assert_eq!(
        draft.copies.description,
        Some(id("Golden web image of us-east-1"))
    );
    assert_eq!(draft.copies.completion_minutes, Some(60));
    assert!(draft.protection.deregistration.unwrap().cooldown);
    assert_eq!(draft.tags.image["Team"], "platform");
    assert_eq!(draft.tags.image["Stage"], "us-east-1");
    assert_eq!(draft.tags.snapshots["Team"], "platform");
    assert_eq!(draft.snapshots, None);
    // With the one key that is missing, it is a distribution.
    let mut draft = draft.clone();
    draft.keys.default = Some(id("alias/golden"));
    draft.build().unwrap();
}

#[test]
fn what_a_template_in_hcl_says_beyond_that_is_told() {
    let imported = Distribution::from_packer(HCL).unwrap();
    const AT: &str = "source.amazon-ebs.web";
    for (field, why) in [
        ("ami_org_arns[1]", "`var.partner` has no literal value"),
        ("ami_groups", "never makes an image public"),
        ("encrypt_boot", "encrypted when it is built"),
        ("kms_key_id", "the key of the image itself"),
        ("region_kms_key_ids.eu-central-1", "default key"),
        ("snapshot_users", "with all recipients or with none"),
        ("deprecate_at", "`protection.deprecate_after_days`"),
        ("tags.Base", "`{{ .SourceAMI }}`"),
        ("tag", "a dynamic block"),
        ("run_tags", "instance of the build"),
    ] {
        leaves(&imported, &format!("{AT}.{field}"), why);
    }
    leaves(&imported, "source.amazon-ebs.second", "one image");
    leaves(&imported, "source.docker.box", "one image");
    leaves(
        &imported,
        "build.amazon-ebs.second",
        "write it into the source",
    );
    assert_eq!(imported.not_taken.len(), 13, "{:#?}", not_taken(&imported));
}

#[test]
fn a_template_in_json_becomes_a_draft() {
    let text = r#"{
      "variables": {"region": "eu-west-1", "account": "222222222222", "secret": "{{env `SECRET`}}", "none": null},
      "builders": [{"type": "amazon-ebs", "region": "{{user `region`}}", "ami_name": "golden-{{timestamp}}",
        "ami_users": ["{{ user `account` }}", "333333333333"], "snapshot_users": ["222222222222", "333333333333", "444444444444"],
        "ami_ou_arns": [], "tags": {"Team": "platform", "From": "{{user `secret`}}", "None": "{{user `none`}}"},
        "snapshot_groups": ["all"], "ssh_username": "ubuntu"}],
      "provisioners": []
    }"#;
    let imported = Distribution::from_packer(text).unwrap();
    let draft = &imported.distribution;
    assert_eq!(draft.image.as_ref().unwrap().region, id("eu-west-1"));
    let filter = draft.image.as_ref().unwrap().newest.clone().unwrap();
    assert_eq!(filter.name.as_deref(), Some("golden-*"));
    assert_eq!(
        draft.recipients.accounts,
        [id("222222222222"), id("333333333333")]
    );
    assert_eq!(draft.snapshots, Some(SnapshotSharing::ForCopy));
    assert_eq!(draft.tags.image.len(), 1);
    leaves(&imported, "builders[0].tags.From", "`{{user `secret`}}`");
    leaves(&imported, "builders[0].tags.None", "user");
    leaves(
        &imported,
        "builders[0].snapshot_users",
        "`444444444444` may not launch",
    );
    leaves(&imported, "builders[0].snapshot_groups", "public");
    assert_eq!(imported.not_taken.len(), 4, "{:#?}", not_taken(&imported));
    imported.distribution.build().unwrap();
}

#[test]
fn promise_1_snapshots_are_not_opened_to_recipients_who_may_not_have_them() {
    let template = |fields: &str| {
        format!(
            r#"{{"builders": [{{"type": "amazon-ebs", "region": "us-east-1", "ami_name": "a", {fields}}}]}}"#
        )
    };
    for (fields, snapshots) in [
        (
            r#""ami_users": ["222222222222"], "snapshot_users": ["222222222222"]"#,
            Some(SnapshotSharing::ForCopy),
        ),
        (
            r#""ami_users": ["222222222222", "333333333333"], "snapshot_users": ["222222222222"]"#,
            None,
        ),
        (r#""ami_users": ["222222222222"]"#, None),
        (
            r#""ami_users": ["222222222222"], "ami_org_arns": ["arn:aws:organizations::123456789012:organization/o-exampleorg1"], "snapshot_users": ["222222222222"]"#,
            None,
        ),
    ] {
        let imported = Distribution::from_packer(&template(fields)).unwrap();
        assert_eq!(imported.distribution.snapshots, snapshots, "{fields}");
    }
}

#[test]
fn a_region_that_is_not_known_leaves_the_image_out() {
    for (text, field) in [
        (
            "source \"amazon-ebs\" \"a\" {\n  ami_name = \"golden\"\n}",
            "source.amazon-ebs.a.ami_name",
        ),
        (
            "source \"amazon-ebs\" \"a\" {\n  region = var.region\n  ami_name = \"golden\"\n}",
            "source.amazon-ebs.a.region",
        ),
    ] {
        let imported = Distribution::from_packer(text).unwrap();
        assert!(imported.distribution.image.is_none());
        leaves(&imported, field, "");
    }
}

#[test]
fn what_is_no_template_is_refused() {
    for (text, part) in [
        ("", "amazon-ebs"),
        ("{}", "amazon-ebs"),
        ("{\"builders\": 5}", "amazon-ebs"),
        ("{\"builders\": [", "in HCL"),
        ("source \"amazon-ebs\" {", "in JSON"),
        ("source \"docker\" \"a\" {}", "amazon-ebs"),
    ] {
        let error = Distribution::from_packer(text).unwrap_err().to_string();
        assert!(error.contains(part) && !error.contains('\n'), "{error}");
    }
    let error = Distribution::from_packer("a = 1\nb = = 2\n").unwrap_err();
    assert_eq!(error.problems()[0].line, Some(2));
}

#[test]
fn variables_that_grow_without_end_and_templates_that_nest_without_end_do_no_harm() {
    let mut text = format!(
        "variable \"a\" {{\n  default = \"{}\"\n}}\nlocals {{\n",
        "x".repeat(100_000)
    );
    text.push_str(&format!("  b = [{}]\n}}\n", "var.a, ".repeat(5_000)));
    text.push_str("source \"amazon-ebs\" \"a\" {\n  ami_users = local.b\n  ami_ou_arns = [local.b, local.b]\n}\n");
    let imported = Distribution::from_packer(&text).unwrap();
    assert!(
        imported
            .not_taken
            .iter()
            .all(|left| left.why.chars().count() <= 200)
    );
    for deep in ["[", "(", "{ a = ", "\"${", "!", "-", "a ? b : "] {
        let text = format!(
            "source \"amazon-ebs\" \"a\" {{\n  ami_users = {}\n}}\n",
            deep.repeat(20_000)
        );
        let _ = Distribution::from_packer(&text);
    }
    let _ = Distribution::from_packer(&"a {\n".repeat(20_000));
    let _ = Distribution::from_packer(&format!("{{\"builders\": {}", "[".repeat(200_000)));
}

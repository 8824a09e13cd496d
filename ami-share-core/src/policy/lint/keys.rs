//! The condition keys that a key policy can use.
//!
//! From [AWS's global keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
//! and [those of KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html). Keys of
//! other services (`saml:aud`, `sts:…`) are left alone.

/// Whether the key, in lower case, is known, or is another service's
pub(super) fn is_known(key: &str) -> bool {
    match key.split_once(':') {
        Some(("aws", name)) => match name.split_once('/') {
            Some((name, tag)) => !tag.is_empty() && AWS_TAGS.contains(&name),
            None => AWS.contains(&name),
        },
        Some(("kms", name)) => match name.split_once(':') {
            Some((name, part)) => !part.is_empty() && KMS_PARTS.contains(&name),
            None => KMS.contains(&name),
        },
        Some(_) => true,
        None => false,
    }
}

const AWS_TAGS: [&str; 3] = ["principaltag", "requesttag", "resourcetag"];

const AWS: [&str; 45] = [
    "assumedroot",
    "calledvia",
    "calledviafirst",
    "calledvialast",
    "chatbotsourcearn",
    "currenttime",
    "ec2instancesourceprivateipv4",
    "ec2instancesourcevpc",
    "epochtime",
    "federatedprovider",
    "multifactorauthage",
    "multifactorauthpresent",
    "principalaccount",
    "principalarn",
    "principalisawsservice",
    "principalorgid",
    "principalorgpaths",
    "principalservicename",
    "principalservicenameslist",
    "principaltype",
    "referer",
    "requestedregion",
    "resourceaccount",
    "resourceorgid",
    "resourceorgpaths",
    "securetransport",
    "sourceaccount",
    "sourcearn",
    "sourceidentity",
    "sourceip",
    "sourceorgid",
    "sourceorgpaths",
    "sourcevpc",
    "sourcevpcarn",
    "sourcevpce",
    "tagkeys",
    "tokenissuetime",
    "useragent",
    "userid",
    "username",
    "viaawsservice",
    "vpceaccount",
    "vpceorgid",
    "vpceorgpaths",
    "vpcsourceip",
];

/// Keys that are followed by a name of the caller's choice
const KMS_PARTS: [&str; 2] = ["encryptioncontext", "recipientattestation"];

const KMS: [&str; 33] = [
    "bypasspolicylockoutsafetycheck",
    "calleraccount",
    "customermasterkeyspec",
    "customermasterkeyusage",
    "datakeypairspec",
    "encryptionalgorithm",
    "encryptioncontextkeys",
    "expirationmodel",
    "grantconstrainttype",
    "granteeprincipal",
    "grantisforawsresource",
    "grantoperations",
    "keyagreementalgorithm",
    "keyorigin",
    "keyspec",
    "keyusage",
    "macalgorithm",
    "messagetype",
    "multiregion",
    "multiregionkeytype",
    "primaryregion",
    "reencryptonsamekey",
    "replicaregion",
    "requestalias",
    "resourcealiases",
    "retiringprincipal",
    "rotationperiodindays",
    "schedulekeydeletionpendingwindowindays",
    "signingalgorithm",
    "validto",
    "viaservice",
    "wrappingalgorithm",
    "wrappingkeyspec",
];

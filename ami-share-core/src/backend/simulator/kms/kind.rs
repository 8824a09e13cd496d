//! Key specs, key usages, and what follows from them.

use super::super::refusal::Refusal;

/// What kind of key it is
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct KeyKind {
    pub(crate) spec: &'static str,
    pub(crate) usage: &'static str,
    pub(crate) origin: &'static str,
}

pub(crate) const SYMMETRIC: &str = "SYMMETRIC_DEFAULT";
pub(crate) const ENCRYPT_DECRYPT: &str = "ENCRYPT_DECRYPT";
pub(crate) const AWS_KMS: &str = "AWS_KMS";
pub(crate) const EXTERNAL: &str = "EXTERNAL";
const SIGN_VERIFY: &str = "SIGN_VERIFY";
const KEY_AGREEMENT: &str = "KEY_AGREEMENT";
const MAC: &str = "GENERATE_VERIFY_MAC";
const ENCAPSULATE: &str = "ENCAPSULATE_DECAPSULATE";

/// Each key spec with the key usages that it can have
///
/// See [key spec reference](https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html).
/// `SM2`, which only the Regions of China have, is left out.
const SPECS: [(&str, &[&str]); 19] = [
    (SYMMETRIC, &[ENCRYPT_DECRYPT]),
    ("RSA_2048", &[ENCRYPT_DECRYPT, SIGN_VERIFY]),
    ("RSA_3072", &[ENCRYPT_DECRYPT, SIGN_VERIFY]),
    ("RSA_4096", &[ENCRYPT_DECRYPT, SIGN_VERIFY]),
    ("ECC_NIST_P256", &[SIGN_VERIFY, KEY_AGREEMENT]),
    ("ECC_NIST_P384", &[SIGN_VERIFY, KEY_AGREEMENT]),
    ("ECC_NIST_P521", &[SIGN_VERIFY, KEY_AGREEMENT]),
    ("ECC_SECG_P256K1", &[SIGN_VERIFY]),
    ("ECC_NIST_EDWARDS25519", &[SIGN_VERIFY]),
    ("HMAC_224", &[MAC]),
    ("HMAC_256", &[MAC]),
    ("HMAC_384", &[MAC]),
    ("HMAC_512", &[MAC]),
    ("ML_DSA_44", &[SIGN_VERIFY]),
    ("ML_DSA_65", &[SIGN_VERIFY]),
    ("ML_DSA_87", &[SIGN_VERIFY]),
    ("ML_KEM_512", &[ENCAPSULATE]),
    ("ML_KEM_768", &[ENCAPSULATE]),
    ("ML_KEM_1024", &[ENCAPSULATE]),
];

/// The operations that a grant can allow
pub(crate) const GRANT_OPERATIONS: [&str; 19] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "Encapsulate",
    "Decapsulate",
];

impl KeyKind {
    /// A symmetric encryption key with key material of KMS
    pub(crate) const DEFAULT: Self = Self {
        spec: SYMMETRIC,
        usage: ENCRYPT_DECRYPT,
        origin: AWS_KMS,
    };

    /// The kind that `CreateKey` is asked for; what is left out has AWS's default
    pub(crate) fn of(
        spec: Option<&str>,
        usage: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, Refusal> {
        let asked = spec.unwrap_or(SYMMETRIC);
        let (spec, usages) = SPECS
            .iter()
            .copied()
            .find(|(spec, _)| *spec == asked)
            .ok_or_else(|| not_in_enum(asked, "keySpec"))?;
        let usage = match usage {
            Some(asked) => *usages
                .iter()
                .find(|usage| **usage == asked)
                .ok_or_else(|| {
                    Refusal::new(
                        "ValidationException",
                        format!("KeyUsage {asked} is not compatible with KeySpec {spec}"),
                    )
                })?,
            None if spec == SYMMETRIC => ENCRYPT_DECRYPT,
            None => {
                return Err(Refusal::new(
                    "ValidationException",
                    "You must specify a KeyUsage value for all KMS keys except for symmetric \
                     encryption keys.",
                ));
            }
        };
        let origin = match origin.unwrap_or(AWS_KMS) {
            AWS_KMS => AWS_KMS,
            EXTERNAL => EXTERNAL,
            // The simulator has no custom key stores, and AWS refuses these without one; with which
            // code is not documented.
            "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE" => {
                return Err(Refusal::new(
                    "UnsupportedOperationException",
                    "There are no custom key stores.",
                ));
            }
            other => return Err(not_in_enum(other, "origin")),
        };
        Ok(Self {
            spec,
            usage,
            origin,
        })
    }

    pub(crate) fn is_symmetric_encryption(self) -> bool {
        self.spec == SYMMETRIC
    }

    /// The member of the key's metadata that names its algorithms, and these
    pub(crate) fn algorithms(self) -> (&'static str, &'static [&'static str]) {
        match (self.usage, self.spec) {
            (ENCRYPT_DECRYPT, SYMMETRIC) => ("EncryptionAlgorithms", &[SYMMETRIC]),
            (ENCRYPT_DECRYPT, _) => (
                "EncryptionAlgorithms",
                &["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
            ),
            (KEY_AGREEMENT, _) => ("KeyAgreementAlgorithms", &["ECDH"]),
            (ENCAPSULATE, _) => ("EncapsulationAlgorithms", &["ML_KEM"]),
            (MAC, "HMAC_224") => ("MacAlgorithms", &["HMAC_SHA_224"]),
            (MAC, "HMAC_256") => ("MacAlgorithms", &["HMAC_SHA_256"]),
            (MAC, "HMAC_384") => ("MacAlgorithms", &["HMAC_SHA_384"]),
            (MAC, _) => ("MacAlgorithms", &["HMAC_SHA_512"]),
            (_, "ECC_NIST_P384") => ("SigningAlgorithms", &["ECDSA_SHA_384"]),
            (_, "ECC_NIST_P521") => ("SigningAlgorithms", &["ECDSA_SHA_512"]),
            (_, "ECC_NIST_P256" | "ECC_SECG_P256K1") => ("SigningAlgorithms", &["ECDSA_SHA_256"]),
            (_, "ECC_NIST_EDWARDS25519") => (
                "SigningAlgorithms",
                &["ED25519_SHA_512", "ED25519_PH_SHA_512"],
            ),
            (_, spec) if spec.starts_with("ML_DSA") => ("SigningAlgorithms", &["ML_DSA_SHAKE_256"]),
            _ => (
                "SigningAlgorithms",
                &[
                    "RSASSA_PKCS1_V1_5_SHA_256",
                    "RSASSA_PKCS1_V1_5_SHA_384",
                    "RSASSA_PKCS1_V1_5_SHA_512",
                    "RSASSA_PSS_SHA_256",
                    "RSASSA_PSS_SHA_384",
                    "RSASSA_PSS_SHA_512",
                ],
            ),
        }
    }

    /// Whether a grant on such a key can allow the operation
    ///
    /// See [grant operations](https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations).
    pub(crate) fn can_grant(self, operation: &str) -> bool {
        match operation {
            "CreateGrant" | "DescribeKey" | "RetireGrant" => true,
            "GetPublicKey" => !self.is_symmetric_encryption() && self.usage != MAC,
            "Decrypt" | "Encrypt" | "ReEncryptFrom" | "ReEncryptTo" => {
                self.usage == ENCRYPT_DECRYPT
            }
            "GenerateDataKey"
            | "GenerateDataKeyPair"
            | "GenerateDataKeyPairWithoutPlaintext"
            | "GenerateDataKeyWithoutPlaintext" => self.is_symmetric_encryption(),
            "Sign" | "Verify" => self.usage == SIGN_VERIFY,
            "GenerateMac" | "VerifyMac" => self.usage == MAC,
            "DeriveSharedSecret" => self.usage == KEY_AGREEMENT,
            "Encapsulate" | "Decapsulate" => self.usage == ENCAPSULATE,
            _ => false,
        }
    }
}

/// A value outside the enumeration of a parameter, named as AWS's own messages name it
pub(crate) fn not_in_enum(value: &str, parameter: &str) -> Refusal {
    let value: String = value.chars().take(200).collect();
    Refusal::new(
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy \
             constraint: Member must satisfy enum value set"
        ),
    )
}

/// A text outside the lengths that a parameter can have
pub(crate) fn check_length(
    value: &str,
    parameter: &str,
    least: usize,
    most: usize,
) -> Result<(), Refusal> {
    let length = value.chars().count();
    let bound = if length < least {
        format!("greater than or equal to {least}")
    } else if length > most {
        format!("less than or equal to {most}")
    } else {
        return Ok(());
    };
    let shown: String = value.chars().take(200).collect();
    Err(Refusal::new(
        "ValidationException",
        format!(
            "1 validation error detected: Value '{shown}' at '{parameter}' failed to satisfy \
             constraint: Member must have length {bound}"
        ),
    ))
}

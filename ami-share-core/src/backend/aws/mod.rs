//! The real backend, on the AWS SDK for Rust.

//! Parameters of Systems Manager.

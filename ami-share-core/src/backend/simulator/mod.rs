//! The judging simulator.

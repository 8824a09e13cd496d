use crate::id::Region;

/// The Availability Zones of a Region
///
/// Every Region of this world has three.
pub(crate) fn zones(region: &Region) -> [String; 3] {
    ["a", "b", "c"].map(|letter| format!("{region}{letter}"))
}

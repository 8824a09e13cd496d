use crate::policy::evaluate::value::{Network, number, time};

#[test]
fn times_are_read_in_every_form_that_aws_takes() {
    let same = [
        "2026-11-22T00:00:00Z",
        "2026-11-22",
        "2026-11-22T00:00Z",
        "2026-11-22T00:00:00.000Z",
        "2026-11-22T02:30:00+02:30",
        "2026-11-21T19:00:00-0500",
        "1795305600",
    ];
    for text in same {
        assert_eq!(time(text), Some(1_795_305_600_000_000_000), "{text}");
    }
    assert_eq!(time("1970"), Some(0));
    assert_eq!(time("1969-12-31T23:59:59Z"), Some(-1_000_000_000));
    for text in [
        "",
        "tomorrow",
        "2025-02-29",
        "2026-13-01",
        "2026-11-22T24:00:00Z",
        "2026-11-22T00:00:00",
        "2026-11-22T00:00:00+",
        "2026-11-22T0é:00Z",
    ] {
        assert_eq!(time(text), None, "{text}");
    }
}

#[test]
fn numbers_are_decimal() {
    for (text, expected) in [("300", 300.0), ("-1.5", -1.5), ("+7", 7.0)] {
        assert_eq!(number(text), Some(expected), "{text}");
    }
    for text in ["", "1e3", "inf", "NaN", "0x10", "1,000", "--1"] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn networks_hold_the_addresses_of_their_prefix() {
    let contains = |network: &str, address: &str| {
        Network::parse(network)
            .unwrap()
            .contains(address.parse().unwrap())
    };
    assert!(contains("0.0.0.0/0", "203.0.113.7"));
    assert!(contains("203.0.113.0/24", "203.0.113.255"));
    assert!(!contains("203.0.113.0/24", "203.0.114.0"));
    assert!(contains("::/0", "2001:db8::1"));
    assert!(!contains("::/0", "203.0.113.7"));
    for text in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
    ] {
        assert!(Network::parse(text).is_none(), "{text}");
    }
}

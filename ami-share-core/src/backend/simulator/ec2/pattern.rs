use std::collections::BTreeSet;

/// With `*` for any text, `?` for any character, and `\` before a character that stands for itself
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            // Several in a row say no more than one.
            '*' if matches!(parts.last(), Some(Part::Any)) => continue,
            '*' => Part::Any,
            '?' => Part::One,
            '\\' => Part::Character(characters.next().unwrap_or('\\')),
            other => Part::Character(other),
        });
    }
    // The lengths of the text that the parts until now can stand for.
    let text: Vec<char> = text.chars().collect();
    let mut ends = BTreeSet::from([0]);
    for part in parts {
        ends = match part {
            Part::Any => {
                let first = ends.first().copied().unwrap_or(text.len() + 1);
                (first..=text.len()).collect()
            }
            Part::One => ends
                .into_iter()
                .filter(|&end| end < text.len())
                .map(|end| end + 1)
                .collect(),
            Part::Character(character) => ends
                .into_iter()
                .filter(|&end| text.get(end) == Some(&character))
                .map(|end| end + 1)
                .collect(),
        };
        if ends.is_empty() {
            return false;
        }
    }
    ends.contains(&text.len())
}

enum Part {
    Any,
    One,
    Character(char),
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("golden", "golden"),
            ("g*n", "golden"),
            ("*gold*", "golden"),
            ("g?lden", "golden"),
            ("a*b*c", "a-b-b-c"),
            ("a***c", "a-b-b-c"),
            (r"\*", "*"),
        ] {
            assert!(matches_pattern(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "golden"),
            ("gold", "golden"),
            ("Golden", "golden"),
            ("g?n", "golden"),
            (r"\*", "golden"),
            ("a*b*c", "a-c-b"),
        ] {
            assert!(!matches_pattern(pattern, text), "{pattern} {text}");
        }
    }
}

//! Which of the words that there are is meant.

/// The word that is nearest to what was written, if one is near enough to be a slip: by edits, or
/// because one is a beginning of the other
pub(crate) fn nearest<'n>(
    written: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let folded = fold(written);
    known
        .into_iter()
        .filter_map(|word| {
            let plain = fold(word);
            let edits = strsim::damerau_levenshtein(&folded, &plain);
            let longest = folded.chars().count().max(plain.chars().count());
            let is_part =
                folded.len() >= 3 && (plain.starts_with(&folded) || folded.starts_with(&plain));
            (edits * 3 <= longest || is_part).then_some((edits, word))
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

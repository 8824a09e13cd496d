/// A policy that AWS would refuse, with the place where it goes wrong
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct ParsePolicyError {
    path: String,
    problem: String,
}

impl ParsePolicyError {
    /// The longest part of a refused input that is shown, in characters
    const SHOWN: usize = 200;

    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
        }
    }

    /// The problem with `input` shown in backticks, cut and on one line
    pub(crate) fn with_input(path: &str, input: &str, problem: &str) -> Self {
        let mut shown: String = input.chars().take(Self::SHOWN).collect();
        if shown.len() < input.len() {
            shown.push('…');
        }
        let shown = shown.escape_debug();
        Self::new(path, format!("`{shown}` {problem}"))
    }

    /// Where in the document, such as `Statement[2].Condition.Bool`; `policy` is the whole
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there and what would be right, in one line
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

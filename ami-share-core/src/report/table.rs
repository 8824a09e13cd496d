//! A table that is text or HTML.

use std::fmt::{self, Write};

/// Rows under a head; every row has as many cells as the head; without rows nothing is shown
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    pub(super) head: [&'static str; N],
    pub(super) rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    fn widths(&self) -> [usize; N] {
        let mut widths = self.head.map(|cell| cell.chars().count());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }

    pub(super) fn to_html(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut html = String::from("<table><thead><tr>");
        for cell in self.head {
            push_cell(&mut html, "th", cell);
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for cell in row {
                push_cell(&mut html, "td", cell);
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return Ok(());
        }
        let widths = self.widths();
        let head = self.head.map(str::to_owned);
        for row in std::iter::once(&head).chain(&self.rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                write!(line, "{cell:width$}  ")?;
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The text with what HTML would read as markup written out
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn push_cell(html: &mut String, tag: &str, text: &str) {
    html.push('<');
    html.push_str(tag);
    html.push('>');
    html.push_str(&escape(text));
    html.push_str("</");
    html.push_str(tag);
    html.push('>');
}

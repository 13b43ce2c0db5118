//! The places of Markdown files that a command writes.

use anyhow::{Context, Result};

const END: &str = "<!-- end of the table -->\n";

/// `file` with `text` in the place of `cargo xtask COMMAND --write`: between a comment that names the command and one that
/// ends it.
///
/// # Errors
/// If the place is not marked.
pub fn inserted(file: &str, command: &str, text: &str) -> Result<String> {
    let begin = format!("<!-- cargo xtask {command} --write -->\n");
    let marks = file.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = marks.context("the file has no place for it")?;
    Ok(format!("{before}{begin}\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_between_its_marks() {
        let file = |text: &str| {
            format!("Before.\n\n<!-- cargo xtask x --write -->\n\n{text}\n{END}\nAfter.\n")
        };
        assert_eq!(inserted(&file("old\n"), "x", "new\n").unwrap(), file("new\n"));
        assert!(inserted(&file("old\n"), "y", "new\n").is_err());
    }
}

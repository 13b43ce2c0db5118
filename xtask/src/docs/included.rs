//! Fences of Markdown that show a file below `examples/`: the file is named in a comment above the fence.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

const BEGIN: &str = "<!-- examples/";
const END: &str = " -->";

/// The text with what the files hold now in the fences below their names:
///
/// ````markdown
/// <!-- examples/plans/renewal.txt -->
///
/// ```text
/// ```
/// ````
///
/// # Errors
/// If a named file cannot be read, or no fence follows its name.
pub fn fill(root: &Path, markdown: &str) -> Result<String> {
    let mut text = String::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        text += &format!("{line}\n");
        let file = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let Some(file) = file else { continue };
        let path = root.join("examples").join(file);
        let shown =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let mut fence = lines.by_ref().skip_while(|line| line.is_empty());
        let Some(opening) = fence.next().filter(|line| line.starts_with("```")) else {
            bail!("no fence follows {line}");
        };
        if !fence.by_ref().any(|line| line == "```") {
            bail!("the fence below {line} does not end");
        }
        text += &format!("\n{opening}\n{}\n```\n", shown.trim_end());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(markdown: &str) -> Result<String> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("examples/plans")).unwrap();
        fs::write(root.path().join("examples/plans/a.txt"), "new\n").unwrap();
        fill(root.path(), markdown)
    }

    #[test]
    fn a_fence_below_the_name_of_a_file_shows_the_file() {
        let text = "A\n\n<!-- examples/plans/a.txt -->\n\n```text\nold\n\nold\n```\n\nB\n";
        let wanted = "A\n\n<!-- examples/plans/a.txt -->\n\n```text\nnew\n```\n\nB\n";
        assert_eq!(filled(text).unwrap(), wanted);
        assert_eq!(filled(wanted).unwrap(), wanted);
    }

    #[test]
    fn a_name_without_a_fence_or_a_file_is_refused() {
        for wrong in [
            "<!-- examples/plans/a.txt -->\n\ntext\n",
            "<!-- examples/plans/a.txt -->\n```text\n",
            "<!-- examples/plans/b.txt -->\n```text\n```\n",
        ] {
            filled(wrong).unwrap_err();
        }
    }
}

//! Counts of tests by Terraform, read from the lines that a suite writes.

use std::fmt;

use anyhow::{Context, Result};

/// Between these two lines of README.md the table stands.
const BEGIN: &str = "<!-- cargo xtask matrix --write -->\n";
const END: &str = "<!-- end of the table -->\n";

/// A row for each Terraform, in the order in which they are first met.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    /// `terraform-1.8.4`, as test names end.
    name: String,
    passed: usize,
    skipped: usize,
    failed: usize,
    /// What tests were skipped for.
    lacks: Vec<String>,
}

impl Table {
    /// Whether no test has run.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Counts `test PATH::terraform-1.8.4 ... ok`, `... FAILED` or `... ignored (REASON)`; other lines are none of it.
    pub fn add(&mut self, line: &str) {
        let test = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "));
        let Some((path, outcome)) = test else { return };
        let Some((_, name)) = path.trim().rsplit_once("::") else { return };
        let row = self.row(name);
        match outcome.trim() {
            "ok" => row.passed += 1,
            "FAILED" => row.failed += 1,
            ignored => {
                row.skipped += 1;
                let lack = ignored.split_once(" has no ").map_or(ignored, |(_, lack)| lack);
                let lack = lack.trim_end_matches(')');
                if !row.lacks.iter().any(|known| known == lack) {
                    row.lacks.push(lack.to_owned());
                }
            }
        }
    }

    fn row(&mut self, name: &str) -> &mut Row {
        let position = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            let name = name.to_owned();
            self.rows.push(Row { name, passed: 0, skipped: 0, failed: 0, lacks: Vec::new() });
            self.rows.len() - 1
        });
        &mut self.rows[position]
    }
}

impl fmt::Display for Table {
    /// As Markdown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | passed | skipped | failed | skipped because it has no |")?;
        writeln!(f, "| --- | ---: | ---: | ---: | --- |")?;
        for Row { name, passed, skipped, failed, lacks } in &self.rows {
            let name = name.replace("terraform-", "Terraform ").replace("opentofu-", "OpenTofu ");
            let mut lacks = lacks.clone();
            lacks.sort();
            let lacks = lacks.join(", ");
            writeln!(f, "| {name} | {passed} | {skipped} | {failed} | {lacks} |")?;
        }
        Ok(())
    }
}

/// `readme` with `table` in its place.
///
/// # Errors
/// If the place is not marked.
pub fn inserted(readme: &str, table: &str) -> Result<String> {
    let marks = readme.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = marks.context("README.md has no place for the table")?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "
running 4 tests
test a::b::terraform-1.8.4   ... ok
test a::c::terraform-1.8.4   ... ignored (Terraform 1.8.4 has no write-only attributes)
test a::d::terraform-1.8.4   ... ignored (Terraform 1.8.4 has no actions)
test a::b::opentofu-1.12.6   ... FAILED
test result: FAILED. 1 passed; 1 failed
";

    #[test]
    fn tests_are_counted_by_terraform() {
        let mut table = Table::default();
        LINES.lines().for_each(|line| table.add(line));
        let text = table.to_string();
        let rows: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| Terraform 1.8.4 | 1 | 2 | 0 | actions, write-only attributes |",
                "| OpenTofu 1.12.6 | 0 | 0 | 1 |  |"
            ]
        );
    }

    #[test]
    fn the_table_replaces_the_one_before() {
        let readme = format!("Before.\n\n{BEGIN}\nold\n{END}\nAfter.\n");
        let once = inserted(&readme, "new\n").unwrap();
        assert_eq!(once, format!("Before.\n\n{BEGIN}\nnew\n\n{END}\nAfter.\n"));
        assert_eq!(inserted(&once, "new\n").unwrap(), once);
        assert!(inserted("no place", "new\n").is_err());
    }
}

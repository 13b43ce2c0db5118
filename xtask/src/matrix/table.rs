//! Counts of tests by Terraform, read from the lines that a suite writes.

use std::fmt;

use terraform_runner::Version;

/// A row for each Terraform.
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

impl Row {
    fn product_and_version(&self) -> (bool, Option<Version>) {
        let (product, version) = self.name.split_once('-').unwrap_or_default();
        (product != "terraform", Version::parse(version).ok())
    }
}

impl fmt::Display for Table {
    /// As Markdown, Terraform before OpenTofu, older versions first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | passed | skipped | failed | skipped because it has no |")?;
        writeln!(f, "| --- | ---: | ---: | ---: | --- |")?;
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.product_and_version());
        for Row { name, passed, skipped, failed, lacks } in rows {
            let name = name.replace("terraform-", "Terraform ").replace("opentofu-", "OpenTofu ");
            let mut lacks = lacks.clone();
            lacks.sort();
            let lacks = lacks.join(", ");
            writeln!(f, "| {name} | {passed} | {skipped} | {failed} | {lacks} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "
running 6 tests
test a::b::terraform-1.8.4   ... ok
test a::c::terraform-1.8.4   ... ignored (Terraform 1.8.4 has no write-only attributes)
test a::d::terraform-1.8.4   ... ignored (Terraform 1.8.4 has no actions)
test a::b::opentofu-1.12.6   ... FAILED
test a::b::terraform-1.10.5  ... ok
test a::b::terraform-1.9.8   ... ok
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
                "| Terraform 1.9.8 | 1 | 0 | 0 |  |",
                "| Terraform 1.10.5 | 1 | 0 | 0 |  |",
                "| OpenTofu 1.12.6 | 0 | 0 | 1 |  |"
            ]
        );
    }
}

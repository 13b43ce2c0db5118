use serde::Deserialize;

/// A diagnostic as Terraform gives it in JSON
/// (<https://developer.hashicorp.com/terraform/cli/commands/validate#json>).
#[derive(Clone, Debug, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// More; empty if there is none.
    #[serde(default)]
    pub detail: String,
    /// The resource, data source or other object it is about.
    pub address: Option<String>,
    /// Where in the configuration.
    pub range: Option<Range>,
    /// The configuration there.
    pub snippet: Option<Snippet>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The command fails.
    Error,
    /// It does not.
    Warning,
}

/// A piece of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Range {
    /// Relative to the configuration's directory.
    pub filename: String,
    /// The first character.
    pub start: Position,
    /// The character after the last.
    pub end: Position,
}

/// A place in a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// From 0.
    pub byte: usize,
}

/// The lines of configuration that a diagnostic is about.
#[derive(Clone, Debug, Deserialize)]
pub struct Snippet {
    /// The block around it, such as `resource "terraform_data" "a"`.
    pub context: Option<String>,
    /// The lines.
    pub code: String,
    /// The first line's number, from 1.
    pub start_line: usize,
    /// Where in `code` the piece meant begins, in bytes.
    pub highlight_start_offset: usize,
    /// Where it ends.
    pub highlight_end_offset: usize,
}

impl Snippet {
    /// The piece of configuration that is meant, such as an attribute's value.
    pub fn highlighted(&self) -> &str {
        self.code.get(self.highlight_start_offset..self.highlight_end_offset).unwrap_or_default()
    }
}

impl Diagnostic {
    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The name of the attribute that it points at, read from the configuration: the `role` of `role = "x"`. `None` if
    /// it points at a block or at nothing.
    pub fn attribute(&self) -> Option<&str> {
        let snippet = self.snippet.as_ref()?;
        let (before, rest) = snippet.code.split_at_checked(snippet.highlight_start_offset)?;
        if let Some(before) = before.trim_end().strip_suffix('=') {
            return last_name(before);
        }
        let (name, after) =
            rest.split_at(rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len()));
        let after = after.trim_start();
        (after.starts_with('=') && !after.starts_with("==") && !name.is_empty()).then_some(name)
    }
}

fn last_name(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let start = text.rfind(|letter| !is_of_name(letter)).map_or(0, |at| at + 1);
    text.get(start..).filter(|name| !name.is_empty())
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '-'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn about(code: &str, piece: &str) -> Diagnostic {
        let start = code.find(piece).unwrap();
        let value = json!({
            "severity": "error",
            "summary": "Wrong",
            "snippet": {
                "context": null,
                "code": code,
                "start_line": 3,
                "highlight_start_offset": start,
                "highlight_end_offset": start + piece.len(),
                "values": [],
            },
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_attribute_is_read_from_the_configuration() {
        assert_eq!(about("  role = \"Boss\"", "\"Boss\"").attribute(), Some("role"));
        assert_eq!(about("  role = \"Boss\"", "role").attribute(), Some("role"));
        assert_eq!(about("  aws = { role_arn = 1 }", "1").attribute(), Some("role_arn"));
        assert_eq!(about("resource \"a\" \"b\" {", "resource \"a\" \"b\"").attribute(), None);
        assert_eq!(about("  provisioner \"x\" {", "provisioner").attribute(), None);
    }

    #[test]
    fn the_piece_meant_is_cut_out() {
        assert_eq!(about("  größe = 1 + 1", "1 + 1").snippet.unwrap().highlighted(), "1 + 1");
    }

    #[test]
    fn a_bare_diagnostic_has_empty_detail() {
        let bare: Diagnostic =
            serde_json::from_value(json!({"severity": "warning", "summary": "Old"})).unwrap();
        assert!(!bare.is_error() && bare.detail.is_empty() && bare.attribute().is_none());
    }
}

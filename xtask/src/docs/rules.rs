//! What the registry and its readers expect of a page, as far as it can be checked here.

use std::path::Path;

use anyhow::{Result, bail};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::Pages;

/// Checks every page: its front matter, one title, what JSON and callouts look like.
///
/// # Errors
/// If a page breaks a rule: all of them are named.
pub fn check(pages: &Pages) -> Result<()> {
    let complaints: Vec<_> = pages
        .iter()
        .flat_map(|(path, text)| complaints(path, text).into_iter().map(move |it| (path, it)))
        .map(|(path, complaint)| format!("docs/{}: {complaint}", path.display()))
        .collect();
    if !complaints.is_empty() {
        bail!("pages that break a rule:\n{}", complaints.join("\n"));
    }
    Ok(())
}

fn complaints(path: &Path, page: &str) -> Vec<String> {
    let matter = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let Some((matter, body)) = matter else { return vec!["no front matter".to_owned()] };
    let mut found = front_matter(path, matter);
    if !body.trim_start().starts_with("# ") || headings(body, 1) != 1 {
        found.push("not one title, first of all".to_owned());
    }
    found.extend(broken_json(body).map(|json| format!("not JSON: {json}")));
    found.extend(body.lines().filter_map(half_a_callout));
    found
}

fn front_matter(path: &Path, matter: &str) -> Vec<String> {
    let value = |key: &str| {
        let line = matter.lines().find_map(|line| line.strip_prefix(key))?.trim();
        Some(line.trim_matches('"').to_owned())
    };
    let mut found = Vec::new();
    if value("page_title:").is_none_or(|title| title.is_empty()) {
        found.push("no page_title".to_owned());
    }
    if path != Path::new("index.md") && value("subcategory:").is_none_or(|it| it.is_empty()) {
        found.push("no subcategory".to_owned());
    }
    let description = matter.split_once("description: |-\n  ").map_or("", |(_, text)| text);
    let sentences = description.split_inclusive(['.', '?', '!']).map(str::trim);
    if description.contains('\n') || !description.ends_with('.') || description.len() > 200 {
        found.push("the description is not one line of one sentence".to_owned());
    }
    if sentences.skip(1).any(|rest| rest.starts_with(char::is_uppercase)) {
        found.push("the description has a second sentence".to_owned());
    }
    found
}

fn headings(body: &str, level: usize) -> usize {
    let is_title = |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { level: it, .. }) if *it as usize == level);
    Parser::new(body).filter(is_title).count()
}

/// The beginning of each block of JSON that is none.
fn broken_json(body: &str) -> impl Iterator<Item = String> {
    let mut json: Option<String> = None;
    Parser::new(body).filter_map(move |event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "json" => {
            json = Some(String::new());
            None
        }
        Event::Text(text) => {
            json.iter_mut().for_each(|json| json.push_str(&text));
            None
        }
        Event::End(TagEnd::CodeBlock) => {
            let json = json.take()?;
            let parsed = serde_json::from_str::<serde_json::Value>(&json);
            parsed.is_err().then(|| json.chars().take(40).collect())
        }
        _ => None,
    })
}

/// The registry shows `->`, `~>` and `!>` as callouts; elsewhere the arrow stays text, so what follows says what it is.
fn half_a_callout(line: &str) -> Option<String> {
    let text = ["-> ", "~> ", "!> "].iter().find_map(|arrow| line.strip_prefix(arrow))?;
    (!text.starts_with("**")).then(|| format!("a callout without a bold beginning: {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\npage_title: \"T\"\nsubcategory: \"S\"\ndescription: |-\n  One `x.y` sentence.\n---\n\n# T\n\n~> **Costs.** More.\n\n```json\n{}\n```\n";

    fn found(page: &str) -> Vec<String> {
        complaints(Path::new("resources/t.md"), page)
    }

    #[test]
    fn a_page_as_it_should_be_passes() {
        assert_eq!(found(PAGE), Vec::<String>::new());
    }

    #[test]
    fn each_rule_is_checked() {
        for (right, wrong) in [
            ("---\npage", "page"),
            ("page_title: \"T\"", "page_title: \"\""),
            ("subcategory: \"S\"", "subcategory: \"\""),
            ("One `x.y` sentence.", "One sentence. And another."),
            ("# T\n", "# T\n\n# U\n"),
            ("{}", "{,}"),
            ("~> **Costs.**", "~> Costs."),
        ] {
            assert_eq!(found(&PAGE.replacen(right, wrong, 1)).len(), 1, "{wrong}");
        }
    }
}

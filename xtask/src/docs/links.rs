//! Whether every link between the repository's pages leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where pages for developers are, beside those at the top of the repository.
const FURTHER: [&str; 3] = ["crates", "fuzz", "tests"];

/// What is no page by itself: built, or part of a crate's documentation, whose links rustdoc checks.
const NO_PAGES: [&str; 2] = ["src", "target"];

/// Checks every page of the repository but the templates. Links to the web are not followed.
///
/// # Errors
/// If a link leads to no file, or to no heading or anchor in it: all such links are named.
pub fn check(root: &Path) -> Result<()> {
    let mut pages: Vec<_> = top_level(root)?.into_iter().filter(|path| is_page(path)).collect();
    for directory in FURTHER.into_iter().chain(["docs"]) {
        collect(root, Path::new(directory), &mut pages)?;
    }
    let mut broken = Vec::new();
    for page in pages {
        let text = read(&root.join(&page))?;
        for link in links(&text).into_iter().filter(|link| !is_of_the_web(link)) {
            if let Err(why) = follow(root, &page, &link) {
                broken.push(format!("{}: {link}: {why}", page.display()));
            }
        }
    }
    if !broken.is_empty() {
        bail!("links that lead nowhere:\n{}", broken.join("\n"));
    }
    Ok(())
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The pages below that directory, none if it does not exist.
fn collect(root: &Path, directory: &Path, pages: &mut Vec<PathBuf>) -> Result<()> {
    if !root.join(directory).is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(root.join(directory))? {
        let entry = entry?;
        let path = directory.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if !NO_PAGES.iter().any(|name| entry.file_name() == *name) {
                collect(root, &path, pages)?;
            }
        } else if is_page(&path) {
            pages.push(path);
        }
    }
    Ok(())
}

fn top_level(root: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root)?.map(|entry| Ok(PathBuf::from(entry?.file_name())));
    entries.collect()
}

fn is_of_the_web(link: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme))
}

fn follow(root: &Path, page: &Path, link: &str) -> Result<(), String> {
    let (file, anchor) =
        link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let target = match file {
        "" => root.join(page),
        file => root.join(page).parent().unwrap_or(root).join(file),
    };
    if !target.exists() {
        return Err("there is no such file".to_owned());
    }
    let Some(anchor) = anchor else { return Ok(()) };
    let text = read(&target).map_err(|error| error.to_string())?;
    if anchors(&text).contains(anchor) {
        Ok(())
    } else {
        Err("there is no such heading".to_owned())
    }
}

fn links(markdown: &str) -> Vec<String> {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.collect()
}

/// Headings as GitHub and the registry number them, and anchors set by hand.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => found.extend(heading.take().map(|text| slug(&text))),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let id = html.split_once("id=\"").and_then(|(_, rest)| rest.split_once('"'));
                found.extend(id.map(|(id, _)| id.to_owned()));
            }
            _ => {}
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_anchors_can_be_linked_to() {
        let found = anchors("# A `name`, and more\n\n<a id=\"nestedatt--aws\"></a>\n### Nested\n");
        assert!(found.contains("a-name-and-more") && found.contains("nestedatt--aws"));
    }

    #[test]
    fn links_in_code_are_no_links() {
        assert_eq!(links("[a](b.md) and `[c](d.md)`\n\n```\n[e](f.md)\n```\n"), ["b.md"]);
    }

    #[test]
    fn a_broken_link_is_told_with_its_page() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(root.path().join("docs/index.md"), "[gone](guides/gone.md)").unwrap();
        fs::write(
            root.path().join("README.md"),
            "[docs](docs/index.md) [x](docs/index.md#nowhere)",
        )
        .unwrap();
        let error = check(root.path()).unwrap_err().to_string();
        assert!(error.contains("docs/index.md: guides/gone.md: there is no such file"), "{error}");
        assert!(
            error.contains("README.md: docs/index.md#nowhere: there is no such heading"),
            "{error}"
        );
        assert!(!error.contains("README.md: docs/index.md:"), "{error}");
    }
}

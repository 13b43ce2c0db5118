//! The registry's documentation, written from the provider's schemas, `examples/` and `templates/`.
//!
//! The layout is the registry's: <https://developer.hashicorp.com/terraform/registry/providers/docs>.

mod attributes;
mod examples;
mod included;
mod links;
mod pages;
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use similar::TextDiff;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::described::Described;

/// Pages by their path below `docs/`.
type Pages = BTreeMap<PathBuf, String>;

/// The page at the top of the repository that shows files, too.
const README: &str = "README.md";

/// Writes `docs/` below `root` and what the README shows of `examples/`, or checks that they are as they should be.
pub fn run(root: &Path, check: bool) -> Result<()> {
    let pages = pages::all(root, &Described::of(&Grafana))?;
    let docs = root.join("docs");
    let readme = root.join(README);
    let shown =
        fs::read_to_string(&readme).with_context(|| format!("reading {}", readme.display()))?;
    let filled = included::fill(root, &shown)?;
    if check {
        compare(&docs, &pages)?;
        if shown != filled {
            bail!("{README} shows other files than there are: run `cargo xtask docs`");
        }
    } else {
        write(&docs, &pages)?;
        fs::write(&readme, filled).with_context(|| format!("writing {}", readme.display()))?;
    }
    rules::check(&pages)?;
    links::check(root)
}

fn write(docs: &Path, pages: &Pages) -> Result<()> {
    for stale in present(docs)?.keys().filter(|path| !pages.contains_key(*path)) {
        fs::remove_file(docs.join(stale))
            .with_context(|| format!("removing docs/{}", stale.display()))?;
    }
    for (path, text) in pages {
        let path = docs.join(path);
        let writing = || format!("writing {}", path.display());
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).with_context(writing)?;
        }
        fs::write(&path, text).with_context(writing)?;
    }
    Ok(())
}

fn compare(docs: &Path, pages: &Pages) -> Result<()> {
    let present = present(docs)?;
    let paths = present.keys().chain(pages.keys().filter(|path| !present.contains_key(*path)));
    let mut differing = 0;
    for path in paths {
        let old = present.get(path).map_or("", String::as_str);
        let new = pages.get(path).map_or("", String::as_str);
        if old != new {
            differing += 1;
            let name = format!("docs/{}", path.display());
            let diff = TextDiff::from_lines(old, new);
            eprint!("{}", diff.unified_diff().context_radius(1).header(&name, &name));
        }
    }
    if differing > 0 {
        bail!(
            "{differing} pages in docs/ are not current: run `cargo xtask docs` and commit what it writes"
        );
    }
    Ok(())
}

fn present(docs: &Path) -> Result<Pages> {
    let mut pages = Pages::new();
    if docs.exists() {
        collect(docs, Path::new(""), &mut pages)?;
    }
    Ok(pages)
}

fn collect(docs: &Path, below: &Path, pages: &mut Pages) -> Result<()> {
    let directory = docs.join(below);
    for entry in
        fs::read_dir(&directory).with_context(|| format!("reading {}", directory.display()))?
    {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(docs, &path, pages)?;
        } else {
            let text = fs::read_to_string(entry.path())
                .with_context(|| format!("reading {}", entry.path().display()))?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

//! Every page of `docs/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use minijinja::{Environment, context};
use pulldown_cmark::{Event, Parser, TagEnd};
use tfplugin::described::{Described, DescribedType};
use tfplugin::function::FunctionSignature;

use super::attributes::{identity, in_list, returned, section, type_name};
use super::{Pages, examples, included};

/// One kind of type: where its pages and examples are, and what it is called.
struct Kind {
    directory: &'static str,
    example: &'static str,
    title: &'static str,
    /// Which versions have this kind.
    note: &'static str,
}

const RESOURCE: Kind =
    Kind { directory: "resources", example: "resource.tf", title: "Resource", note: "" };
const DATA_SOURCE: Kind =
    Kind { directory: "data-sources", example: "data-source.tf", title: "Data Source", note: "" };
const EPHEMERAL: Kind = Kind {
    directory: "ephemeral-resources",
    example: "ephemeral-resource.tf",
    title: "Ephemeral Resource",
    note: "Ephemeral resources need Terraform 1.10 or OpenTofu 1.11, or later.",
};
const LIST: Kind = Kind {
    directory: "list-resources",
    example: "list-resource.tfquery.hcl",
    title: "List Resource",
    note: "List resources need Terraform 1.14 or later. Use them with `terraform query`.",
};
const ACTION: Kind = Kind {
    directory: "actions",
    example: "action.tf",
    title: "Action",
    note: "Actions need Terraform 1.14 or later.",
};

/// Every page, by its path below `docs/`.
///
/// # Errors
/// If a type has no example, or a template cannot be rendered.
pub fn all(root: &Path, described: &Described) -> Result<Pages> {
    let templates = templates()?;
    let mut pages = Pages::new();
    pages.insert("index.md".into(), index(root, &templates, described)?);
    let kinds = [
        (RESOURCE, &described.resources),
        (DATA_SOURCE, &described.data_sources),
        (EPHEMERAL, &described.ephemeral_resources),
        (LIST, &described.list_resources),
        (ACTION, &described.actions),
    ];
    for (kind, types) in kinds {
        for ty in types {
            pages.insert(
                page_path(kind.directory, short(&ty.name)),
                type_page(root, &templates, &kind, ty)?,
            );
        }
    }
    for function in &described.functions {
        pages.insert(
            page_path("functions", &function.name),
            function_page(root, &templates, function)?,
        );
    }
    guides(root, &mut pages)?;
    Ok(pages)
}

fn templates() -> Result<Environment<'static>> {
    let mut templates = Environment::new();
    templates.set_trim_blocks(true);
    templates.set_lstrip_blocks(true);
    templates.set_keep_trailing_newline(true);
    templates.add_template("index", include_str!("../../templates/index.md.jinja"))?;
    templates.add_template("type", include_str!("../../templates/type.md.jinja"))?;
    templates.add_template("function", include_str!("../../templates/function.md.jinja"))?;
    Ok(templates)
}

fn index(root: &Path, templates: &Environment<'_>, described: &Described) -> Result<String> {
    let block = &described.provider.block;
    let examples = examples::of(&root.join("examples/provider"), "provider.tf")?;
    let page = context! {
        summary => summary(&block.description),
        description => block.description.trim(),
        examples => examples,
        schema => section(block).trim(),
    };
    Ok(templates.get_template("index")?.render(page)?)
}

fn type_page(
    root: &Path,
    templates: &Environment<'_>,
    kind: &Kind,
    ty: &DescribedType,
) -> Result<String> {
    let block = &ty.schema.block;
    let directory = root.join("examples").join(kind.directory).join(&ty.name);
    let page = context! {
        name => ty.name,
        kind => kind.title,
        subcategory => subcategory(&ty.name),
        note => kind.note,
        summary => summary(&block.description),
        description => block.description.trim(),
        deprecated => block.deprecated,
        examples => examples::of(&directory, kind.example)?,
        language => if kind.example.ends_with(".hcl") { "hcl" } else { "terraform" },
        schema => section(block).trim(),
        identity => identity(&ty.identity).trim_end(),
        permissions => by_hand(root, kind.directory, &ty.name, "permissions")?,
        details => by_hand(root, kind.directory, &ty.name, "details")?,
    };
    Ok(templates.get_template("type")?.render(page)?)
}

fn function_page(
    root: &Path,
    templates: &Environment<'_>,
    function: &FunctionSignature,
) -> Result<String> {
    let directory = root.join("examples/functions").join(&function.name);
    let last = function.parameters.len().saturating_sub(1);
    let parameters = function.parameters.iter().enumerate().map(|(position, parameter)| {
        let is_variadic = function.is_variadic && position == last;
        context! {
            name => parameter.name,
            kind => type_name(&parameter.kind.ty()),
            description => in_list(&parameter.description),
            is_variadic => is_variadic,
        }
    });
    let page = context! {
        name => function.name,
        subcategory => subcategory(&function.name),
        summary => function.summary,
        description => function.description.trim(),
        examples => examples::of(&directory, "function.tf")?,
        parameters => parameters.collect::<Vec<_>>(),
        return_type => type_name(&function.returns.ty()).to_lowercase(),
        returned => returned(&function.returns).trim_end(),
    };
    Ok(templates.get_template("function")?.render(page)?)
}

/// The section of that name which is written by hand, if there is one: `templates/KIND/NAME/SECTION.md`.
fn by_hand(root: &Path, directory: &str, name: &str, section: &str) -> Result<Option<String>> {
    let path = root.join("templates").join(directory).join(short(name)).join(section);
    let path = path.with_extension("md");
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Some(included::fill(root, &text)?.trim().to_owned()))
}

/// The guides are written by hand, but for the files that they show.
fn guides(root: &Path, pages: &mut Pages) -> Result<()> {
    let directory = root.join("templates/guides");
    for entry in
        fs::read_dir(&directory).with_context(|| format!("reading {}", directory.display()))?
    {
        let entry = entry?;
        let text = included::fill(root, &fs::read_to_string(entry.path())?)?;
        pages.insert(Path::new("guides").join(entry.file_name()), text);
    }
    Ok(())
}

fn page_path(directory: &str, name: &str) -> PathBuf {
    Path::new(directory).join(format!("{name}.md"))
}

/// The registry looks for the page of `grafana_api_key` under `api_key`; one that does not begin with the provider's
/// name keeps its whole name.
fn short(name: &str) -> &str {
    name.strip_prefix("grafana_").unwrap_or(name)
}

/// Where the registry's navigation has the page of that type or function.
fn subcategory(name: &str) -> &'static str {
    match name {
        name if name.contains("api_key") => "API Keys",
        name if name.starts_with("managed_") => "Amazon Managed Grafana",
        _ => "Grafana Enterprise",
    }
}

/// The first paragraph as one line of plain text, for the front matter.
fn summary(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Paragraph) => break,
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_the_first_paragraph_as_plain_text() {
        let markdown = "The `x` of a\n[page](https://example.com).\n\nMore.";
        assert_eq!(summary(markdown), "The x of a page.");
    }

    #[test]
    fn pages_are_named_without_the_providers_name() {
        assert_eq!(short("grafana_api_key"), "api_key");
        assert_eq!(short("managed_workspace_license"), "managed_workspace_license");
    }
}

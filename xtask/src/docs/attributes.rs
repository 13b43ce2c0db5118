//! Attributes and blocks as Markdown: who sets each, its type, what it means, and the rules it has to keep.

use std::fmt::Write;

use tfplugin::schema::{
    Attribute, AttributeKind, Block, Environment, Mode, NestedBlock, Nesting, Relations, Validator,
};
use tfplugin::{AnyValue, Type};

/// The section on `block`: its attributes by who sets them, and every nested level with a link to it.
pub fn section(block: &Block) -> String {
    let mut section = Section::default();
    section.level(&block.attributes, &block.blocks, &[]);
    section.text
}

/// The attributes of an identity, and whether an import has to name them.
pub fn identity(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| {
        let needed = if attribute.mode == Mode::Required { "Required" } else { "Optional" };
        let kind = type_name(&attribute.kind.ty());
        let description = in_list(&attribute.description);
        format!("- `{}` ({kind}, {needed}) {description}\n", attribute.name)
    };
    attributes.iter().map(line).collect()
}

/// What a function returns: its type, and the attributes of an object.
pub fn returned(kind: &AttributeKind) -> String {
    let (words, members) = match kind {
        AttributeKind::Plain(ty) => (type_name(ty), &[][..]),
        AttributeKind::Nested(Nesting::Single, members) => ("Object".to_owned(), &members[..]),
        AttributeKind::Nested(nesting, members) => (nesting_name("Object", *nesting), &members[..]),
    };
    if members.is_empty() {
        return format!("{words}.");
    }
    let mut section = Section { text: format!("{words} with these attributes:\n\n") };
    section.members(members.iter(), &[]);
    section.deeper(members, &[], &[]);
    section.text
}

/// A type in words, such as `List of String`.
pub fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(..) => "Object".to_owned(),
    }
}

/// A paragraph or more, as the continuation of a list item.
pub fn in_list(markdown: &str) -> String {
    let mut text = String::new();
    for (number, line) in markdown.trim().lines().enumerate() {
        match (number, line.is_empty()) {
            (0, _) => text.push_str(line),
            (_, true) => text.push('\n'),
            (_, false) => text.push_str(&format!("\n  {line}")),
        }
    }
    text
}

#[derive(Default)]
struct Section {
    text: String,
}

/// A heading, and what stands below it.
type Group = (&'static str, fn(&Attribute) -> bool);

/// In the order in which they are shown.
const GROUPS: [Group; 4] = [
    ("Required", |a| a.mode == Mode::Required && !a.write_only),
    ("Optional", |a| a.mode != Mode::Required && a.mode.is_configurable() && !a.write_only),
    ("Write-only", |a| a.write_only),
    ("Read-only", |a| a.mode == Mode::Computed),
];

impl Section {
    fn level(&mut self, attributes: &[Attribute], blocks: &[NestedBlock], path: &[&str]) {
        for (title, belongs) in GROUPS {
            let members: Vec<_> = attributes.iter().filter(|a| belongs(a)).collect();
            let blocks = if title == "Optional" { blocks } else { &[] };
            if members.is_empty() && blocks.is_empty() {
                continue;
            }
            let heading =
                if path.is_empty() { format!("### {title}") } else { format!("{title}:") };
            let _ = writeln!(self.text, "\n{heading}\n");
            self.members(members.into_iter(), path);
            for block in blocks {
                let anchor = anchor("nestedblock", path, &block.name);
                self.text.push_str(&block_line(block, &anchor));
            }
        }
        self.deeper(attributes, blocks, path);
    }

    fn members<'a>(&mut self, attributes: impl Iterator<Item = &'a Attribute>, path: &[&str]) {
        for attribute in attributes {
            let anchor = nested(attribute).map(|_| anchor("nestedatt", path, &attribute.name));
            self.text.push_str(&line(attribute, anchor.as_deref()));
        }
    }

    fn deeper(&mut self, attributes: &[Attribute], blocks: &[NestedBlock], path: &[&str]) {
        for (attribute, members) in attributes.iter().filter_map(|a| Some((a, nested(a)?))) {
            self.below("nestedatt", path, &attribute.name, members, &[]);
        }
        for NestedBlock { name, block, .. } in blocks {
            self.below("nestedblock", path, name, &block.attributes, &block.blocks);
        }
    }

    fn below(
        &mut self,
        kind: &str,
        path: &[&str],
        name: &str,
        attributes: &[Attribute],
        blocks: &[NestedBlock],
    ) {
        let anchor = anchor(kind, path, name);
        let path = [path, &[name]].concat();
        let title = path.join(".");
        let _ = writeln!(self.text, "\n<a id=\"{anchor}\"></a>\n### Nested schema for `{title}`");
        self.level(attributes, blocks, &path);
    }
}

fn nested(attribute: &Attribute) -> Option<&[Attribute]> {
    match &attribute.kind {
        AttributeKind::Nested(_, members) => Some(members),
        AttributeKind::Plain(_) => None,
    }
}

fn anchor(kind: &str, path: &[&str], name: &str) -> String {
    [&[kind], path, &[name]].concat().join("--")
}

fn line(attribute: &Attribute, anchor: Option<&str>) -> String {
    let mut traits = vec![match &attribute.kind {
        AttributeKind::Plain(ty) => type_name(ty),
        AttributeKind::Nested(nesting, _) => nesting_name("Attributes", *nesting),
    }];
    traits.extend(attribute.sensitive.then(|| "Sensitive".to_owned()));
    traits.extend(attribute.write_only.then(|| "Write-only".to_owned()));
    traits.extend(attribute.deprecated.as_ref().map(|_| "Deprecated".to_owned()));
    let mut text = format!("- `{}` ({})", attribute.name, traits.join(", "));
    for sentence in sentences(attribute, anchor) {
        let _ = write!(text, " {sentence}");
    }
    text.push('\n');
    text
}

/// The description, and what the schema knows beyond it.
fn sentences(attribute: &Attribute, anchor: Option<&str>) -> Vec<String> {
    let told = attribute.description.to_lowercase();
    let mut sentences = vec![in_list(&attribute.description)];
    if let Some(instead) = &attribute.deprecated {
        sentences.push(format!("**Deprecated.** {instead}"));
    }
    sentences.extend(attribute.validators.iter().filter_map(|rule| sentence(rule, &told)));
    if let Some(value) = attribute.default.as_ref().filter(|_| !told.contains("default")) {
        sentences.push(format!("Default: `{}`.", literal(value)));
    }
    sentences.extend(relations(&attribute.relations));
    sentences.extend(attribute.environment.as_ref().map(variable));
    if attribute.replace && !told.contains("replace") {
        sentences.push("A change replaces the resource.".to_owned());
    }
    sentences.extend(anchor.map(below_link));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// What it has to do with others beside it.
fn relations(relations: &Relations) -> Vec<String> {
    let Relations { conflicts_with, requires, groups } = relations;
    let mut sentences = Vec::new();
    if !conflicts_with.is_empty() {
        sentences.push(format!("Conflicts with {}.", names(conflicts_with)));
    }
    if !requires.is_empty() {
        sentences.push(format!("Requires {}.", names(requires)));
    }
    for group in groups {
        let how_many = if group.only_one { "Exactly" } else { "At least" };
        sentences.push(format!("{how_many} one of {} is required.", names(&group.names)));
    }
    sentences
}

fn names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn variable(environment: &Environment) -> String {
    let Environment { variable, unless } = environment;
    match unless.as_slice() {
        [] => format!("Environment variable: `{variable}`."),
        others => {
            let others = names(others);
            format!("Environment variable: `{variable}`, ignored with {others}.")
        }
    }
}

fn block_line(block: &NestedBlock, anchor: &str) -> String {
    let kind = nesting_name("Block", block.nesting);
    let description = in_list(&block.block.description);
    let count = match (block.least, block.most) {
        (0, None) => String::new(),
        (least, None) => format!(" At least {least}."),
        (0, Some(most)) => format!(" At most {most}."),
        (least, Some(most)) => format!(" {least} to {most}."),
    };
    let relations: String =
        relations(&block.relations).iter().map(|sentence| format!(" {sentence}")).collect();
    let (name, below) = (&block.name, below_link(anchor));
    format!("- `{name}` ({kind}) {description}{count}{relations} {below}\n")
}

fn below_link(anchor: &str) -> String {
    format!("(see [below for nested schema](#{anchor}))")
}

fn nesting_name(what: &str, nesting: Nesting) -> String {
    match nesting {
        Nesting::Single => what.to_owned(),
        Nesting::List => format!("{what} List"),
        Nesting::Set => format!("{what} Set"),
        Nesting::Map => format!("{what} Map"),
    }
}

/// The rule in words; none if it has no words of its own, or `told` has them.
fn sentence(rule: &Validator, told: &str) -> Option<String> {
    let is_told = |value: &String| told.contains(&value.to_lowercase());
    if !rule.allowed.is_empty() {
        let allowed = rule.allowed.iter().map(|value| format!("`{value}`"));
        let words = format!("Allowed: {}.", allowed.collect::<Vec<_>>().join(", "));
        return (!rule.allowed.iter().all(is_told)).then_some(words);
    }
    match rule.expected.as_str() {
        "" => None,
        "not empty" => Some("Must not be empty.".to_owned()),
        expected if expected.starts_with("a length") => Some(format!("Must have {expected}.")),
        expected => Some(format!("Must be {expected}.")),
    }
}

fn literal(value: &AnyValue) -> String {
    match value {
        AnyValue::Bool(value) => value.to_string(),
        AnyValue::Number(value) => value.to_string(),
        AnyValue::String(value) => value.clone(),
        AnyValue::Sequence(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        AnyValue::Mapping(items) if items.is_empty() => "{}".to_owned(),
        _ => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tfplugin::{Object, Schema, Value};

    use super::*;

    /// A server.
    #[derive(Schema)]
    #[resource("example_server", timeouts(create = "10m"))]
    struct Server {
        /// Its name.
        #[attr(required, replace, length(1..))]
        name: Value<String>,
        /// Its size.
        #[attr(optional, one_of("small", "large"), default = "small")]
        size: Value<String>,
        /// Sign-in.
        #[attr(optional, write_only)]
        password: Value<String>,
        /// Where it is.
        #[attr(computed)]
        place: Value<Place>,
    }

    /// A place.
    #[derive(Object, Clone)]
    struct Place {
        /// The rack.
        #[attr(computed)]
        rack: Value<i64>,
    }

    /// A provider.
    #[derive(Schema)]
    #[provider]
    struct Config {
        /// Where.
        #[attr(optional, env = "EXAMPLE_URL", exactly_one_of(place))]
        url: Value<String>,
        /// Where else.
        #[attr(optional, requires(team))]
        place: Value<String>,
        /// For whom.
        #[attr(optional, env = "EXAMPLE_TEAM", env_unless(place))]
        team: Value<String>,
    }

    #[test]
    fn variables_and_what_belongs_together_are_told() {
        let text = section(&<Config as tfplugin::schema::Model>::schema().block);
        for told in [
            "Where. Exactly one of `url`, `place` is required. Environment variable: `EXAMPLE_URL`.\n",
            "Where else. Requires `team`.\n",
            "For whom. Environment variable: `EXAMPLE_TEAM`, ignored with `place`.\n",
        ] {
            assert!(text.contains(told), "{text}");
        }
    }

    fn text() -> String {
        section(&<Server as tfplugin::schema::Model>::schema().block)
    }

    #[test]
    fn attributes_stand_under_who_sets_them() {
        let text = text();
        let at =
            |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing:\n{text}"));
        assert!(at("### Required") < at("- `name` (String)"));
        assert!(at("### Optional") < at("- `size` (String)"));
        assert!(at("### Write-only") < at("- `password` (String, Write-only) Sign-in."));
        assert!(at("### Read-only") < at("- `place` (Attributes)"));
    }

    #[test]
    fn rules_defaults_and_replacement_are_told() {
        let text = text();
        assert!(text.contains("Its name. Must not be empty. A change replaces the resource.\n"));
        assert!(text.contains("Its size. Allowed: `small`, `large`. Default: `small`.\n"));
    }

    #[test]
    fn what_a_function_returns_is_told_with_its_attributes() {
        let place = <Place as tfplugin::AttributeValue>::kind();
        let text = returned(&place);
        assert_eq!(text, "Object with these attributes:\n\n- `rack` (Number) The rack.\n");
        assert_eq!(returned(&AttributeKind::Plain(Type::Bool)), "Boolean.");
    }

    #[test]
    fn nested_levels_are_linked() {
        let text = text();
        assert!(text.contains("(see [below for nested schema](#nestedatt--place))"));
        assert!(text.contains("<a id=\"nestedatt--place\"></a>\n### Nested schema for `place`\n\nRead-only:\n\n- `rack` (Number) The rack."));
    }
}

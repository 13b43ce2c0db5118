//! What stands on the struct: `#[resource("type", version = 0, timeouts(create))]` and its kin.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, DeriveInput, Error, Ident, LitInt, LitStr, Result, Token};

use crate::docs::{required_description, unknown};

const KINDS: [&str; 7] = [
    "resource",
    "data_source",
    "ephemeral",
    "action",
    "list_resource",
    "provider",
    "provider_meta",
];

/// What a struct says of itself as a whole.
pub struct Container {
    pub level: Level,
    /// Whether Terraform plans it: only a resource.
    pub is_planned: bool,
    pub type_name: String,
    pub version: i64,
    pub timeouts: Vec<(String, String)>,
    pub deprecated: Option<String>,
    pub description: String,
}

/// What the fields of a struct are attributes of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A block or nested object in which Terraform has no names of its own.
    Object,
    /// A resource or its like.
    Resource,
    /// The provider itself.
    Provider,
}

impl Level {
    /// Whether Terraform has a meaning of its own for the name at this level.
    pub fn reserves(self, name: &str) -> bool {
        let reserved: &[&str] = match self {
            Level::Object => &[],
            Level::Resource => &[
                "connection",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "provider",
                "provisioner",
            ],
            Level::Provider => &["alias", "version"],
        };
        reserved.contains(&name)
    }
}

impl Container {
    pub fn parse(input: &DeriveInput) -> Result<Self> {
        let mut of_kind = input.attrs.iter().filter(|a| KINDS.iter().any(|k| a.path().is_ident(k)));
        let attribute = of_kind.next().ok_or_else(|| {
            let expected = "needs #[resource(\"type\")], #[data_source(\"type\")], \
                #[ephemeral(\"type\")], #[action(\"type\")], #[list_resource(\"type\")], #[provider] \
                or #[provider_meta]";
            Error::new(input.ident.span(), expected)
        })?;
        if let Some(second) = of_kind.next() {
            return Err(Error::new_spanned(second, "one struct has one schema"));
        }
        let mut container = Container {
            level: Level::Resource,
            is_planned: attribute.path().is_ident("resource"),
            type_name: String::new(),
            version: 0,
            timeouts: Vec::new(),
            deprecated: None,
            description: required_description(&input.attrs, &input.ident)?,
        };
        let is = |kind: &str| attribute.path().is_ident(kind);
        if is("provider") {
            container.level = Level::Provider;
        } else if is("action") || is("list_resource") || is("provider_meta") {
            // They stand in a block of their own.
            container.level = Level::Object;
        }
        if !is("provider") && !is("provider_meta") {
            container.parse_arguments(attribute)?;
        }
        Ok(container)
    }

    fn parse_arguments(&mut self, attribute: &Attribute) -> Result<()> {
        attribute.parse_args_with(|input: syn::parse::ParseStream| {
            let type_name: LitStr = input.parse()?;
            self.type_name = checked_name(&type_name)?;
            while !input.is_empty() {
                input.parse::<Token![,]>()?;
                if input.is_empty() {
                    break;
                }
                let argument: Ident = input.parse()?;
                match argument.to_string().as_str() {
                    "version" => {
                        input.parse::<Token![=]>()?;
                        self.version = input.parse::<LitInt>()?.base10_parse()?;
                    }
                    "deprecated" => {
                        input.parse::<Token![=]>()?;
                        self.deprecated = Some(input.parse::<LitStr>()?.value());
                    }
                    "timeouts" => self.parse_timeouts(input)?,
                    other => {
                        let all = ["version", "timeouts", "deprecated"];
                        return Err(Error::new(argument.span(), unknown("argument", other, &all)));
                    }
                }
            }
            Ok(())
        })
    }

    fn parse_timeouts(&mut self, input: syn::parse::ParseStream) -> Result<()> {
        let inner;
        syn::parenthesized!(inner in input);
        let timeouts = &mut self.timeouts;
        let parser = syn::meta::parser(|meta: ParseNestedMeta| {
            let operation = meta.path.require_ident()?.to_string();
            if !["create", "read", "update", "delete", "open", "invoke"]
                .contains(&operation.as_str())
            {
                return Err(meta.error("expected create, read, update, delete, open or invoke"));
            }
            let default = match meta.value() {
                Ok(value) => checked_duration(&value.parse()?)?,
                Err(_) => "20m".to_owned(),
            };
            timeouts.push((operation, default));
            Ok(())
        });
        syn::parse::Parser::parse2(parser, inner.parse()?)
    }
}

/// A duration as Go writes it, which is what users write into the block.
fn checked_duration(duration: &LitStr) -> Result<String> {
    let text = duration.value();
    let mut rest = text.as_str();
    while let Some(number) = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0) {
        let (_, from_unit) = rest.split_at(number);
        let unit = ["ms", "h", "m", "s"].into_iter().find(|unit| from_unit.starts_with(unit));
        rest = from_unit.strip_prefix(unit.unwrap_or("?")).unwrap_or("?");
    }
    if rest.is_empty() && text.contains(|c: char| ('1'..='9').contains(&c)) {
        Ok(text)
    } else {
        Err(Error::new(duration.span(), "expected a duration such as \"30s\" or \"1h30m\""))
    }
}

fn checked_name(name: &LitStr) -> Result<String> {
    let text = name.value();
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits {
        Ok(text)
    } else {
        Err(Error::new(name.span(), "a type name is lower case, digits and _"))
    }
}

//! Doc comments as descriptions, and what every derive asks of its struct.

use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Ident, Lit, Meta, Result,
};

/// The doc comment, without the space that follows `///`.
pub fn description(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    if !pair.path.is_ident("doc") {
        return None;
    }
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let text = text.value();
            Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
        }
        _ => None,
    }
}

/// The doc comment, or an error: it becomes the documentation.
pub fn required_description(attributes: &[Attribute], of: &impl Spanned) -> Result<String> {
    let text = description(attributes);
    if text.is_empty() {
        return Err(Error::new(of.span(), "needs a doc comment: it becomes the description"));
    }
    Ok(text)
}

/// The named fields of a struct.
pub fn named_fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            _ => Err(Error::new(input.ident.span(), "needs a struct with named fields")),
        },
        _ => Err(Error::new(input.ident.span(), "needs a struct with named fields")),
    }
}

/// A field's identifier, and its name in configurations.
pub fn name(field: &Field) -> Result<(&Ident, String)> {
    let ident = field.ident.as_ref();
    let ident = ident.ok_or_else(|| Error::new(field.span(), "needs a name"))?;
    let text = ident.to_string();
    Ok((ident, text.strip_prefix("r#").unwrap_or(&text).to_owned()))
}

/// What is said of a name that there is not, with what there is.
pub fn unknown(kind: &str, name: &str, all: &[&str]) -> String {
    format!("no such {kind}: {name}{}; there are {}", nearest(name, all), all.join(", "))
}

/// A question that proposes what may have been meant; empty if nothing is near.
pub fn nearest(name: &str, all: &[&str]) -> String {
    let distance = |known: &&str| strsim::damerau_levenshtein(name, known);
    let nearest = all.iter().copied().min_by_key(distance);
    let is_near = |known: &&str| distance(known) <= (name.len() / 3).max(1) || known.contains(name);
    nearest.filter(is_near).map_or_else(String::new, |known| format!(" (did you mean `{known}`?)"))
}

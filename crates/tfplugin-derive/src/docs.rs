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

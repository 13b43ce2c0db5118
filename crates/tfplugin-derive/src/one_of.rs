//! `OneOf`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitStr, Result, Variant};

pub fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.ident.span(), "needs an enum: its variants are the values"));
    };
    let values = data.variants.iter().map(value).collect::<Result<Vec<_>>>()?;
    let ident = &input.ident;
    Ok(quote! {
        impl ::tfplugin::schema::OneOf for #ident {
            const VALUES: &'static [&'static str] = &[#(#values),*];
        }
    })
}

fn value(variant: &Variant) -> Result<String> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(variant, "a value has no fields"));
    }
    match variant.attrs.iter().find(|a| a.path().is_ident("value")) {
        Some(attribute) => Ok(attribute.parse_args::<LitStr>()?.value()),
        None => Ok(variant.ident.to_string()),
    }
}

/// What stands in for values that are refused.
pub fn stub(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        impl ::tfplugin::schema::OneOf for #ident {
            const VALUES: &'static [&'static str] = &[];
        }
    }
}

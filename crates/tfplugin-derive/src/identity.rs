//! `Identity`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, LitInt, Result};

use crate::attribute::check_type;
use crate::docs::{name, named_fields, required_description};

pub fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let version = version(input)?;
    let fields = named_fields(input)?;
    let attributes = fields.iter().map(|f| attribute(f)).collect::<Result<Vec<_>>>()?;
    let names = fields.iter().map(|f| name(f)).collect::<Result<Vec<_>>>()?;
    let decode = names.iter().map(|(ident, name)| {
        quote!(#ident: ::tfplugin::derive_support::within(
            #name,
            ::tfplugin::AttributeValue::decode(::tfplugin::derive_support::take(&mut object, #name)),
        )?)
    });
    let encode = names.iter().map(|(ident, name)| {
        quote!((::std::string::String::from(#name), ::tfplugin::AttributeValue::encode(&self.#ident)))
    });
    Ok(quote! {
        impl ::tfplugin::schema::Identity for #ident {
            const VERSION: i64 = #version;

            fn attributes() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::std::vec![#(#attributes),*]
            }

            fn decode(value: ::tfplugin::AnyValue) -> ::core::result::Result<Self, ::tfplugin::DecodeError> {
                let mut object = ::tfplugin::derive_support::object(value)?;
                ::core::result::Result::Ok(#ident { #(#decode),* })
            }

            fn encode(&self) -> ::tfplugin::AnyValue {
                ::tfplugin::AnyValue::Mapping(::std::collections::BTreeMap::from([#(#encode),*]))
            }
        }
    })
}

/// What stands in for an identity that is refused.
pub fn stub(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        impl ::tfplugin::schema::Identity for #ident {
            fn attributes() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::core::unimplemented!()
            }

            fn decode(_: ::tfplugin::AnyValue) -> ::core::result::Result<Self, ::tfplugin::DecodeError> {
                ::core::unimplemented!()
            }

            fn encode(&self) -> ::tfplugin::AnyValue {
                ::core::unimplemented!()
            }
        }
    }
}

/// The version in `#[identity(version = 1)]` on the struct.
fn version(input: &DeriveInput) -> Result<i64> {
    let mut version = 0;
    for marker in input.attrs.iter().filter(|a| a.path().is_ident("identity")) {
        marker.parse_nested_meta(|meta| {
            if !meta.path.is_ident("version") {
                return Err(meta.error("expected version = …"));
            }
            version = meta.value()?.parse::<LitInt>()?.base10_parse()?;
            Ok(())
        })?;
    }
    Ok(version)
}

fn attribute(field: &Field) -> Result<TokenStream> {
    let (_, name) = name(field)?;
    let description = required_description(&field.attrs, field)?;
    let ty = &field.ty;
    check_type(ty)?;
    let mode = mode(field)?;
    Ok(quote_spanned! {ty.span()=>
        ::tfplugin::schema::Attribute::new(
            #name, #description, <#ty as ::tfplugin::AttributeValue>::kind(), #mode,
        )
    })
}

fn mode(field: &Field) -> Result<TokenStream> {
    let expected =
        || Error::new(field.span(), "needs #[identity(required)] or #[identity(optional)]");
    let marker = field.attrs.iter().find(|a| a.path().is_ident("identity")).ok_or_else(expected)?;
    let mut mode = None;
    marker.parse_nested_meta(|meta| {
        mode = match meta.path.require_ident()?.to_string().as_str() {
            "required" => Some(quote!(::tfplugin::schema::Mode::Required)),
            "optional" => Some(quote!(::tfplugin::schema::Mode::Optional)),
            _ => return Err(meta.error("expected required or optional")),
        };
        Ok(())
    })?;
    mode.ok_or_else(expected)
}

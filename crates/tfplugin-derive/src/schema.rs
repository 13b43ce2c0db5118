//! `Schema` and `Object`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, Result};

use crate::attribute::{Markers, attribute, bounds, inner_type, option, range};
use crate::container::{Container, Level};
use crate::docs::{name, named_fields, required_description};

/// What is generated for the fields of a struct.
struct Parts {
    attributes: Vec<TokenStream>,
    blocks: Vec<TokenStream>,
    decode: Vec<TokenStream>,
    encode: Vec<TokenStream>,
    checks: Vec<TokenStream>,
    types: Vec<syn::Type>,
    writes_only: bool,
}

impl Parts {
    fn of(input: &DeriveInput, level: Level) -> Result<Self> {
        let fields = named_fields(input)?;
        let mut parts = Parts {
            attributes: Vec::new(),
            blocks: Vec::new(),
            decode: Vec::new(),
            encode: Vec::new(),
            checks: Vec::new(),
            types: Vec::new(),
            writes_only: false,
        };
        let mut errors: Option<Error> = None;
        for field in &fields {
            if let Err(error) = parts.field(field, &fields, level) {
                match &mut errors {
                    Some(errors) => errors.combine(error),
                    None => errors = Some(error),
                }
            }
        }
        errors.map_or(Ok(parts), Err)
    }

    fn field(&mut self, field: &Field, beside: &[&Field], level: Level) -> Result<()> {
        let (ident, name) = name(field)?;
        let ty = &field.ty;
        if let Some(marker) = field.attrs.iter().find(|a| a.path().is_ident("block")) {
            if level == Level::Object {
                return Err(Error::new_spanned(
                    marker,
                    "a nested attribute cannot contain a block",
                ));
            }
            self.block(field, &name, marker)?;
        } else {
            let markers = Markers::parse(field)?;
            check_others(&markers, beside)?;
            if let (Some(variable), true) = (&markers.environment, level != Level::Provider) {
                let why =
                    "only attributes of the provider's own configuration come from the environment";
                return Err(Error::new(variable.span(), why));
            }
            self.writes_only |= markers.write_only.is_some();
            self.attributes.push(attribute(field, &markers)?);
        }
        self.checks.push(quote_spanned! {ty.span()=>
            const _: () = assert!(
                !<#ty as ::tfplugin::AttributeValue>::WRITE_ONLY_IN_ELEMENT,
                "an element of a collection cannot have a write-only attribute"
            );
        });
        self.types.push(ty.clone());
        self.decode.push(quote! {
            #ident: ::tfplugin::derive_support::field(&mut object, #name)?
        });
        self.encode.push(quote! {
            (::std::string::String::from(#name), ::tfplugin::AttributeValue::encode(&self.#ident))
        });
        Ok(())
    }

    fn block(&mut self, field: &Field, name: &str, marker: &syn::Attribute) -> Result<()> {
        let (least, most) = block_count(marker)?;
        let description = required_description(&field.attrs, field)?;
        let ty = &field.ty;
        inner_type(ty)?;
        self.checks.push(quote_spanned! {ty.span()=>
            const _: () = assert!(
                <#ty as ::tfplugin::AttributeValue>::NESTED,
                "a block holds a nested object, or a collection of them"
            );
        });
        self.blocks.push(quote_spanned! {ty.span()=>
            ::tfplugin::schema::NestedBlock::new(#name, #description, <#ty as ::tfplugin::AttributeValue>::kind(), (#least, #most))
        });
        Ok(())
    }
}

fn check_others(markers: &Markers, beside: &[&Field]) -> Result<()> {
    for other in markers.others() {
        if !beside.iter().any(|field| field.ident.as_ref() == Some(other)) {
            return Err(Error::new(other.span(), "no such attribute beside this one"));
        }
    }
    Ok(())
}

/// How often a block must and may stand there: `#[block(required)]`, `#[block(length(1..=5))]`.
fn block_count(marker: &syn::Attribute) -> Result<(TokenStream, TokenStream)> {
    let mut count = (quote!(0), quote!(::core::option::Option::None));
    if matches!(marker.meta, syn::Meta::List(_)) {
        marker.parse_nested_meta(|meta| {
            if meta.path.is_ident("required") {
                count.0 = quote!(1);
            } else if meta.path.is_ident("length") {
                count = bounds(&range(&meta)?);
            } else {
                return Err(meta.error("expected required or length(…)"));
            }
            Ok(())
        })?;
    }
    Ok(count)
}

pub fn model(input: &DeriveInput) -> Result<TokenStream> {
    let container = Container::parse(input)?;
    let Parts { attributes, blocks, decode, encode, checks, .. } =
        Parts::of(input, container.level())?;
    let ident = &input.ident;
    let Container { type_name, version, timeouts, deprecated, description } = &container;
    let deprecated = option(deprecated);
    let timeouts = timeouts.iter().map(|(operation, default)| quote!((#operation, #default)));
    Ok(quote! {
        #(#checks)*

        impl ::tfplugin::schema::Model for #ident {
            const TYPE_NAME: &'static str = #type_name;

            fn schema() -> ::tfplugin::schema::Schema {
                ::tfplugin::schema::Schema {
                    version: #version,
                    block: ::tfplugin::schema::Block {
                        description: ::std::string::String::from(#description),
                        deprecated: #deprecated,
                        attributes: ::std::vec![#(#attributes),*],
                        blocks: ::std::vec![#(#blocks),*],
                    },
                }
            }

            fn timeouts() -> &'static [(&'static str, &'static str)] {
                &[#(#timeouts),*]
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

pub fn object(input: &DeriveInput) -> Result<TokenStream> {
    let Parts { attributes, decode, encode, checks, types, writes_only, .. } =
        Parts::of(input, Level::Object)?;
    let ident = &input.ident;
    Ok(quote! {
        #(#checks)*

        impl ::tfplugin::schema::Nested for #ident {
            fn attributes() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::std::vec![#(#attributes),*]
            }
        }

        impl ::tfplugin::AttributeValue for #ident {
            const WRITE_ONLY_INSIDE: bool =
                #writes_only #(|| <#types as ::tfplugin::AttributeValue>::WRITE_ONLY_INSIDE)*;
            const NESTED: bool = true;
            const WRITE_ONLY_IN_ELEMENT: bool =
                false #(|| <#types as ::tfplugin::AttributeValue>::WRITE_ONLY_IN_ELEMENT)*;

            fn kind() -> ::tfplugin::schema::AttributeKind {
                ::tfplugin::schema::AttributeKind::Nested(
                    ::tfplugin::schema::Nesting::Single,
                    <Self as ::tfplugin::schema::Nested>::attributes(),
                )
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

//! `Schema` and `Object`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, Result};

use crate::attribute::{attribute, check_type, inner_type, option};
use crate::block::BlockMarkers;
use crate::container::{Container, Level};
use crate::docs::{name, named_fields, required_description};
use crate::markers::Markers;
use crate::relations::check_others;

/// What is generated for the fields of a struct.
struct Parts {
    attributes: Vec<TokenStream>,
    blocks: Vec<TokenStream>,
    decode: Vec<TokenStream>,
    encode: Vec<TokenStream>,
    checks: Vec<TokenStream>,
    types: Vec<syn::Type>,
    writes_only: bool,
    has_blocks: bool,
    changes_in_place: bool,
}

impl Parts {
    fn of(input: &DeriveInput, level: Level, is_planned: bool) -> Result<Self> {
        let fields = named_fields(input)?;
        let mut parts = Parts {
            attributes: Vec::new(),
            blocks: Vec::new(),
            decode: Vec::new(),
            encode: Vec::new(),
            checks: Vec::new(),
            types: Vec::new(),
            writes_only: false,
            has_blocks: false,
            changes_in_place: false,
        };
        let mut errors: Option<Error> = None;
        for field in &fields {
            if let Err(error) = parts.field(field, &fields, level, is_planned) {
                match &mut errors {
                    Some(errors) => errors.combine(error),
                    None => errors = Some(error),
                }
            }
        }
        errors.map_or(Ok(parts), Err)
    }

    fn field(
        &mut self,
        field: &Field,
        beside: &[&Field],
        level: Level,
        is_planned: bool,
    ) -> Result<()> {
        let (ident, name) = name(field)?;
        let ty = &field.ty;
        if level.reserves(&name) {
            let why = "Terraform has a meaning of its own for this name: use another";
            return Err(Error::new(ident.span(), why));
        }
        if let Some(marker) = field.attrs.iter().find(|a| a.path().is_ident("block")) {
            self.block(field, &name, marker, beside)?;
        } else {
            let markers = Markers::parse(field)?;
            check_others(markers.others(), beside)?;
            if let (Some(variable), true) = (&markers.environment, level != Level::Provider) {
                let why =
                    "only attributes of the provider's own configuration come from the environment";
                return Err(Error::new(variable.span(), why));
            }
            if let (Some((at, marker)), false) = (markers.of_plans(), is_planned) {
                let why = format!("only resources are planned: `{marker}` says nothing here");
                return Err(Error::new(at, why));
            }
            self.writes_only |= markers.write_only.is_some();
            self.changes_in_place |= markers.changes_in_place();
            self.attributes.push(attribute(field, &markers)?);
            self.checks.push(quote_spanned! {ty.span()=>
                const _: () = assert!(
                    !<#ty as ::tfplugin::AttributeValue>::HAS_BLOCKS,
                    "an attribute cannot hold blocks: make it a `#[block]`"
                );
            });
        }
        self.checks.push(quote_spanned! {ty.span()=>
            const _: () = assert!(
                !<#ty as ::tfplugin::AttributeValue>::WRITE_ONLY_IN_ELEMENT,
                "an element of a collection cannot have a write-only attribute"
            );
        });
        self.types.push(ty.clone());
        // At the type, for errors; but with names as they are here, whatever macro the type comes from.
        let at = Span::call_site().located_at(ty.span());
        self.decode.push(quote_spanned! {at=>
            #ident: ::tfplugin::derive_support::within(
                #name,
                <#ty as ::tfplugin::AttributeValue>::decode(
                    ::tfplugin::derive_support::take(&mut object, #name),
                ),
            )?
        });
        self.encode.push(quote_spanned! {at=>
            (::std::string::String::from(#name), <#ty as ::tfplugin::AttributeValue>::encode(&self.#ident))
        });
        Ok(())
    }

    fn block(
        &mut self,
        field: &Field,
        name: &str,
        marker: &syn::Attribute,
        beside: &[&Field],
    ) -> Result<()> {
        let markers = BlockMarkers::parse(marker)?;
        check_others(markers.relations.others(), beside)?;
        let description = required_description(&field.attrs, field)?;
        let ty = &field.ty;
        check_type(inner_type(ty)?)?;
        self.has_blocks = true;
        self.changes_in_place |= !markers.replace;
        self.checks.push(quote_spanned! {ty.span()=>
            const _: () = assert!(
                <#ty as ::tfplugin::AttributeValue>::NESTED,
                "a block holds a nested object, or a collection of them"
            );
        });
        self.blocks.push(markers.expression(name, &description, ty));
        Ok(())
    }
}

pub fn model(input: &DeriveInput) -> Result<TokenStream> {
    let container = Container::parse(input)?;
    let Parts { attributes, blocks, decode, encode, checks, changes_in_place, .. } =
        Parts::of(input, container.level, container.is_planned)?;
    let changes = if changes_in_place { quote!(InPlace) } else { quote!(ByReplacement) };
    let ident = &input.ident;
    let Container { type_name, version, timeouts, deprecated, description, .. } = &container;
    let deprecated = option(deprecated);
    let timeouts = timeouts.iter().map(|(operation, default)| quote!((#operation, #default)));
    Ok(quote! {
        #(#checks)*

        impl ::tfplugin::schema::Model for #ident {
            const TYPE_NAME: &'static str = #type_name;
            type Changes = ::tfplugin::schema::#changes;

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
    let parts = Parts::of(input, Level::Object, true)?;
    let Parts { attributes, blocks, decode, encode, checks, types, .. } = &parts;
    let Parts { writes_only, has_blocks, .. } = &parts;
    let ident = &input.ident;
    Ok(quote! {
        #(#checks)*

        impl ::tfplugin::schema::Nested for #ident {
            fn attributes() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::std::vec![#(#attributes),*]
            }
        }

        impl ::tfplugin::AttributeValue for #ident {
            const HAS_BLOCKS: bool = #has_blocks;
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

            fn blocks() -> ::std::vec::Vec<::tfplugin::schema::NestedBlock> {
                ::std::vec![#(#blocks),*]
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

/// What stands in for a schema that is refused, so that nothing follows from its absence.
pub fn model_stub(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        impl ::tfplugin::schema::Model for #ident {
            const TYPE_NAME: &'static str = "";
            type Changes = ::tfplugin::schema::ByReplacement;

            fn schema() -> ::tfplugin::schema::Schema {
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

/// What stands in for an object that is refused.
pub fn object_stub(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        impl ::tfplugin::schema::Nested for #ident {
            fn attributes() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::core::unimplemented!()
            }
        }

        impl ::tfplugin::AttributeValue for #ident {
            const NESTED: bool = true;

            fn kind() -> ::tfplugin::schema::AttributeKind {
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

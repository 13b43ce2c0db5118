//! `Parameters`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, LitStr, Result};

use crate::attribute::{check_type, inner_type};
use crate::docs::{name, named_fields, required_description};

pub fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let fields = named_fields(input)?;
    let function = function_name(input)?;
    let description = required_description(&input.attrs, &input.ident)?;
    let summary = description.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let parameters = fields.iter().map(|f| parameter(f)).collect::<Result<Vec<_>>>()?;
    let variadic = variadic(&fields)?;
    let decode = fields.iter().enumerate().map(|(position, field)| {
        let ident = &field.ident;
        if variadic && position + 1 == fields.len() {
            quote!(#ident: ::tfplugin::derive_support::rest(&mut arguments, #position)?)
        } else {
            quote!(#ident: ::tfplugin::derive_support::argument(&mut arguments, #position)?)
        }
    });
    Ok(quote! {
        impl ::tfplugin::function::Parameters for #ident {
            const NAME: &'static str = #function;
            const SUMMARY: &'static str = #summary;
            const DESCRIPTION: &'static str = #description;
            const VARIADIC: bool = #variadic;

            fn parameters() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::std::vec![#(#parameters),*]
            }

            fn decode(arguments: ::std::vec::Vec<::tfplugin::AnyValue>)
                -> ::core::result::Result<Self, ::tfplugin::DecodeError>
            {
                let mut arguments = arguments.into_iter();
                ::core::result::Result::Ok(#ident { #(#decode),* })
            }
        }
    })
}

/// What stands in for parameters that are refused.
pub fn stub(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        impl ::tfplugin::function::Parameters for #ident {
            const NAME: &'static str = "";
            const SUMMARY: &'static str = "";
            const DESCRIPTION: &'static str = "";

            fn parameters() -> ::std::vec::Vec<::tfplugin::schema::Attribute> {
                ::core::unimplemented!()
            }

            fn decode(_: ::std::vec::Vec<::tfplugin::AnyValue>)
                -> ::core::result::Result<Self, ::tfplugin::DecodeError>
            {
                ::core::unimplemented!()
            }
        }
    }
}

fn function_name(input: &DeriveInput) -> Result<String> {
    let attribute = input.attrs.iter().find(|a| a.path().is_ident("function"));
    let attribute =
        attribute.ok_or_else(|| Error::new(input.ident.span(), "needs #[function(\"name\")]"))?;
    Ok(attribute.parse_args::<LitStr>()?.value())
}

fn is_variadic(field: &Field) -> bool {
    field.attrs.iter().any(|a| a.path().is_ident("variadic"))
}

fn variadic(fields: &[&Field]) -> Result<bool> {
    let last = fields.len().saturating_sub(1);
    match fields.iter().position(|field| is_variadic(field)) {
        None => Ok(false),
        Some(position) if position == last => Ok(true),
        Some(position) => Err(Error::new(fields[position].span(), "only the last can be variadic")),
    }
}

fn parameter(field: &Field) -> Result<TokenStream> {
    let (_, name) = name(field)?;
    let description = required_description(&field.attrs, field)?;
    let ty = &field.ty;
    check_type(ty)?;
    let mode = if inner_type(ty).is_ok() { quote!(Optional) } else { quote!(Required) };
    Ok(quote_spanned! {ty.span()=>
        ::tfplugin::schema::Attribute::new(
            #name, #description, <#ty as ::tfplugin::AttributeValue>::kind(), ::tfplugin::schema::Mode::#mode,
        )
    })
}

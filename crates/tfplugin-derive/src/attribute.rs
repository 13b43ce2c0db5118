//! Fields as attributes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, Field, GenericArgument, PathArguments, Result, Type};

use crate::docs::{name, required_description};
use crate::markers::Markers;
use crate::relations::texts;

/// The `T` of a field of type `Value<T>`.
pub fn inner_type(ty: &Type) -> Result<&Type> {
    let expected =
        || Error::new(ty.span(), "a field of a schema is a `Value<…>`: known, null or unknown");
    let Type::Path(path) = ty else { return Err(expected()) };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Value");
    match last.map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => Ok(inner),
            _ => Err(expected()),
        },
        _ => Err(expected()),
    }
}

/// Refuses, at any depth, types of Rust's own that no attribute has, and names those that are meant.
pub fn check_type(ty: &Type) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(ty.span(), why));
    let last = match ty {
        Type::Reference(_) => return refuse("an attribute owns what it holds: text is a `String`"),
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let Some(last) = last else { return Ok(()) };
    match last.ident.to_string().as_str() {
        "i8" | "i16" | "i32" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" => refuse(
            "whole numbers are `i64`, bounded by `range(…)`; those of more than 64 bits are `tfplugin::Number`",
        ),
        "f32" => refuse("numbers with a fraction are `f64`, or `tfplugin::Number` without loss"),
        "char" | "str" => refuse("text is a `String`"),
        "Option" => refuse("`Value` has room for null: leave the `Option` out"),
        "HashMap" => refuse("maps are `BTreeMap<String, …>`"),
        "HashSet" => refuse("sets are `BTreeSet<…>`"),
        _ => match &last.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().try_for_each(|argument| match argument {
                    GenericArgument::Type(inner) => check_type(inner),
                    _ => Ok(()),
                })
            }
            _ => Ok(()),
        },
    }
}

/// The expression of a field's `tfplugin::schema::Attribute`.
pub fn attribute(field: &Field, markers: &Markers) -> Result<TokenStream> {
    let (_, name) = name(field)?;
    let description = required_description(&field.attrs, field)?;
    let ty = inner_type(&field.ty)?;
    check_type(ty)?;
    // Of the field's type, as everywhere: what is wrong with it is then told once.
    let whole = &field.ty;
    let kind = quote_spanned!(whole.span()=> <#whole as ::tfplugin::AttributeValue>::kind());
    let mode = markers.mode();
    let (sensitive, write_only) = (markers.sensitive, markers.write_only.is_some());
    let (use_state_for_unknown, replace) =
        (markers.use_state_for_unknown.is_some(), markers.replace.is_some());
    let deprecated = option(&markers.deprecated);
    let default = match &markers.default {
        None => quote!(::core::option::Option::None),
        Some(default) => quote_spanned! {default.span()=>
            ::core::option::Option::Some(::tfplugin::derive_support::default::<#ty>(#default))
        },
    };
    let is_secret = sensitive || write_only;
    let of = ty.to_token_stream();
    let rules = markers.rules.iter().flat_map(|rule| rule.expressions(&of, is_secret));
    let rules = quote!(::std::vec![#(#rules),*]);
    let rules = match markers.is_only_computed() {
        true => rules,
        false => quote_spanned! {whole.span()=>
            [#rules, <#whole as ::tfplugin::AttributeValue>::rules()].concat()
        },
    };
    let modifiers = markers.plan_modifiers.iter().map(|(span, modifier)| {
        quote_spanned!(*span=> ::tfplugin::schema::Modifier::new::<#ty, _>(#modifier))
    });
    let relations = markers.relations.expression(&name);
    let environment = match &markers.environment {
        None => quote!(::core::option::Option::None),
        Some(variable) => {
            let unless = texts(&markers.environment_unless);
            quote!(::core::option::Option::Some(::tfplugin::schema::Environment {
                variable: #variable,
                unless: #unless,
            }))
        }
    };
    Ok(quote! {
        ::tfplugin::schema::Attribute {
            name: ::std::string::String::from(#name),
            kind: #kind,
            description: ::std::string::String::from(#description),
            mode: #mode,
            sensitive: #sensitive,
            write_only: #write_only,
            deprecated: #deprecated,
            use_state_for_unknown: #use_state_for_unknown,
            replace: #replace,
            modifiers: ::std::vec![#(#modifiers),*],
            default: #default,
            validators: #rules,
            relations: #relations,
            environment: #environment,
        }
    })
}

/// An optional text as an expression.
pub fn option(text: &Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(::std::string::String::from(#text))),
        None => quote!(::core::option::Option::None),
    }
}

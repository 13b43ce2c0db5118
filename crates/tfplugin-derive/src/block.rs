//! Fields as nested blocks: `#[block(required, length(1..=5))]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Result, Type};

use crate::attribute::option;
use crate::docs::unknown;
use crate::relations::{RELATIONS, Relations};
use crate::rules::{bounds, range};

/// What stands on the field of a block.
pub struct BlockMarkers {
    count: (TokenStream, TokenStream),
    pub replace: bool,
    deprecated: Option<String>,
    pub relations: Relations,
}

const MARKERS: [&str; 4] = ["required", "length", "replace", "deprecated"];

impl BlockMarkers {
    pub fn parse(marker: &syn::Attribute) -> Result<Self> {
        let mut markers = BlockMarkers {
            count: (quote!(0), quote!(::core::option::Option::None)),
            replace: false,
            deprecated: None,
            relations: Relations::default(),
        };
        if !matches!(marker.meta, syn::Meta::List(_)) {
            return Ok(markers);
        }
        marker.parse_nested_meta(|meta| {
            match meta.path.require_ident()?.to_string().as_str() {
                "required" => markers.count.0 = quote!(1),
                "length" => markers.count = bounds(&range(&meta)?),
                "replace" => markers.replace = true,
                "deprecated" => {
                    markers.deprecated = Some(meta.value()?.parse::<LitStr>()?.value());
                }
                _ if markers.relations.parse(&meta)? => {}
                other => {
                    let all = [&MARKERS[..], &RELATIONS].concat();
                    return Err(meta.error(unknown("marker of a block", other, &all)));
                }
            }
            Ok(())
        })?;
        Ok(markers)
    }

    /// The expression of its `tfplugin::schema::NestedBlock`.
    pub fn expression(&self, name: &str, description: &str, ty: &Type) -> TokenStream {
        let BlockMarkers { count: (least, most), replace, deprecated, relations } = self;
        let (deprecated, relations) = (option(deprecated), relations.expression(name));
        quote_spanned! {ty.span()=>
            ::tfplugin::schema::NestedBlock {
                least: #least,
                most: #most,
                replace: #replace,
                relations: #relations,
                ..::tfplugin::schema::NestedBlock::of::<#ty>(#name, #description, #deprecated)
            }
        }
    }
}

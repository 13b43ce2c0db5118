//! What attributes and blocks beside each other have to do with each other: `conflicts(other)` and its kin.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Error, Field, Ident, Result};

use crate::docs::nearest;

#[derive(Default)]
pub struct Relations {
    conflicts: Vec<Ident>,
    requires: Vec<Ident>,
    groups: Vec<(bool, Vec<Ident>)>,
}

/// The names of the markers that are relations.
pub const RELATIONS: [&str; 4] = ["conflicts", "requires", "exactly_one_of", "at_least_one_of"];

impl Relations {
    /// Takes the marker up if it is a relation; says whether it is.
    pub fn parse(&mut self, meta: &ParseNestedMeta) -> Result<bool> {
        match meta.path.require_ident()?.to_string().as_str() {
            "conflicts" => self.conflicts.extend(names(meta)?),
            "requires" => self.requires.extend(names(meta)?),
            "at_least_one_of" => self.groups.push((false, names(meta)?)),
            "exactly_one_of" => self.groups.push((true, names(meta)?)),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The attributes and blocks that are named.
    pub fn others(&self) -> impl Iterator<Item = &Ident> {
        let groups = self.groups.iter().flat_map(|(_, names)| names);
        self.conflicts.iter().chain(&self.requires).chain(groups)
    }

    /// The expression of the `tfplugin::schema::Relations` of the attribute or block `name`.
    pub fn expression(&self, name: &str) -> TokenStream {
        let (conflicts, requires) = (texts(&self.conflicts), texts(&self.requires));
        let groups = self.groups.iter().map(|(only_one, others)| {
            let others = others.iter().map(|other| other.unraw().to_string());
            let others = others.filter(|other| *other != name);
            quote!(::tfplugin::schema::Group {
                names: ::std::vec![#name #(, #others)*],
                only_one: #only_one,
            })
        });
        quote!(::tfplugin::schema::Relations {
            conflicts_with: #conflicts,
            requires: #requires,
            groups: ::std::vec![#(#groups),*],
        })
    }
}

/// The names in `conflicts(a, b)`.
pub fn names(meta: &ParseNestedMeta) -> Result<Vec<Ident>> {
    let mut names = Vec::new();
    meta.parse_nested_meta(|other| {
        names.push(other.path.require_ident()?.clone());
        Ok(())
    })?;
    Ok(names)
}

/// Refuses the name of something that does not stand beside.
pub fn check_others<'a>(others: impl Iterator<Item = &'a Ident>, beside: &[&Field]) -> Result<()> {
    for other in others {
        if !beside.iter().any(|field| field.ident.as_ref() == Some(other)) {
            let names = beside.iter().filter_map(|field| field.ident.as_ref());
            let names: Vec<String> = names.map(|ident| ident.unraw().to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = nearest(&other.to_string(), &names);
            return Err(Error::new(
                other.span(),
                format!("no such attribute beside this one{hint}"),
            ));
        }
    }
    Ok(())
}

pub fn texts(names: &[Ident]) -> TokenStream {
    let names = names.iter().map(|name| name.unraw().to_string());
    quote!(::std::vec![#(#names),*])
}

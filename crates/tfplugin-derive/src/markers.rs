//! What stands on a field: `#[attr(required, replace, length(1..))]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Error, Expr, Field, Ident, LitStr, Result};

use crate::docs::unknown;
use crate::relations::{RELATIONS, Relations, names};
use crate::rules::{RULES, Rule};

/// The markers of one field.
#[derive(Default)]
pub struct Markers {
    required: Option<Span>,
    optional: Option<Span>,
    computed: Option<Span>,
    pub sensitive: bool,
    pub write_only: Option<Span>,
    pub use_state_for_unknown: Option<Span>,
    pub replace: Option<Span>,
    pub plan_modifiers: Vec<(Span, Expr)>,
    pub deprecated: Option<String>,
    pub default: Option<Expr>,
    pub rules: Vec<Rule>,
    pub relations: Relations,
    pub environment: Option<LitStr>,
    pub environment_unless: Vec<Ident>,
}

const MARKERS: [&str; 12] = [
    "required",
    "optional",
    "computed",
    "default",
    "use_state_for_unknown",
    "replace",
    "plan_modifier",
    "sensitive",
    "write_only",
    "deprecated",
    "env",
    "env_unless",
];

impl Markers {
    pub fn parse(field: &Field) -> Result<Self> {
        let mut markers = Markers::default();
        let mut found = false;
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("attr")) {
            found = true;
            attribute.parse_nested_meta(|meta| markers.marker(&meta))?;
        }
        if !found {
            let expected = "needs #[attr(required)], #[attr(optional)] or #[attr(computed)]";
            return Err(Error::new(field.span(), expected));
        }
        markers.check(field)?;
        Ok(markers)
    }

    fn marker(&mut self, meta: &ParseNestedMeta) -> Result<()> {
        let marker = meta.path.require_ident()?;
        let span = marker.span();
        match marker.to_string().as_str() {
            "required" => self.required = Some(span),
            "optional" => self.optional = Some(span),
            "computed" => self.computed = Some(span),
            "sensitive" => self.sensitive = true,
            "write_only" => self.write_only = Some(span),
            "use_state_for_unknown" => self.use_state_for_unknown = Some(span),
            "replace" => self.replace = Some(span),
            "plan_modifier" => self.plan_modifiers.push((span, meta.value()?.parse()?)),
            "deprecated" => self.deprecated = Some(meta.value()?.parse::<LitStr>()?.value()),
            "default" => self.default = Some(meta.value()?.parse()?),
            "env" => self.environment = Some(meta.value()?.parse()?),
            "env_unless" => self.environment_unless.extend(names(meta)?),
            _ if self.relations.parse(meta)? => {}
            other => match Rule::parse(meta)? {
                Some(rule) => self.rules.push(rule),
                None => {
                    let all = [&MARKERS[..], &RULES, &RELATIONS].concat();
                    return Err(meta.error(unknown("marker", other, &all)));
                }
            },
        }
        Ok(())
    }

    /// Refuses what makes no sense.
    fn check(&self, field: &Field) -> Result<()> {
        let refuse = |at: Span, why: &str| Err(Error::new(at, why));
        match (self.required, self.optional, self.computed) {
            (None, None, None) => {
                return refuse(field.span(), "say who sets it: required, optional or computed");
            }
            (Some(at), Some(_), _) => return refuse(at, "cannot be both required and optional"),
            (Some(at), _, Some(_)) => return refuse(at, "cannot be both required and computed"),
            _ => {}
        }
        let computed_only = self.is_only_computed();
        if let Some(at) = self.write_only {
            self.check_write_only(at)?;
        }
        if let (Some(variable), None) = (&self.environment, self.optional) {
            return refuse(
                variable.span(),
                "needs `optional`: where the variable is set, the configuration may leave it out",
            );
        }
        if let (Some(other), None) = (self.environment_unless.first(), &self.environment) {
            return refuse(other.span(), "says when a variable does not count: needs `env`");
        }
        if let (Some(default), None) = (&self.default, self.optional) {
            return refuse(default.span(), "a default needs `optional`");
        }
        if let (Some(at), None) = (self.use_state_for_unknown, self.computed) {
            return refuse(at, "only what the provider computes can be kept: needs `computed`");
        }
        if let (Some(at), true) = (self.replace, computed_only) {
            return refuse(
                at,
                "nobody can change what is only computed: `replace` says nothing here",
            );
        }
        if let (Some(rule), true) = (self.rules.first(), computed_only) {
            return refuse(
                rule.span,
                "rules are for configurations, and nobody sets what is only computed",
            );
        }
        Ok(())
    }

    /// Attributes beside this one that its markers name.
    pub fn others(&self) -> impl Iterator<Item = &Ident> {
        self.relations.others().chain(&self.environment_unless)
    }

    /// The first marker that says something of plans, and where it stands.
    pub fn of_plans(&self) -> Option<(Span, &'static str)> {
        let default = self.default.as_ref().map(|value| (value.span(), "default"));
        let kept = self.use_state_for_unknown.map(|at| (at, "use_state_for_unknown"));
        let modifier = self.plan_modifiers.first().map(|(at, _)| (*at, "plan_modifier"));
        default.or(self.replace.map(|at| (at, "replace"))).or(kept).or(modifier)
    }

    fn check_write_only(&self, at: Span) -> Result<()> {
        let why = if self.computed.is_some() {
            "a write-only attribute is never in a state: it cannot be computed"
        } else if self.default.is_some() {
            "a write-only attribute cannot have a default"
        } else if self.replace.is_some() || !self.plan_modifiers.is_empty() {
            "a write-only attribute has no prior value to differ from: use a version attribute beside it"
        } else {
            return Ok(());
        };
        Err(Error::new(at, why))
    }

    pub fn is_only_computed(&self) -> bool {
        self.computed.is_some() && self.optional.is_none()
    }

    /// Whether a user can change it without replacing the resource.
    pub fn changes_in_place(&self) -> bool {
        !self.is_only_computed() && self.replace.is_none() && self.write_only.is_none()
    }

    pub fn mode(&self) -> TokenStream {
        let mode = match (self.required, self.optional, self.computed) {
            (Some(_), _, _) => quote!(Required),
            (_, Some(_), Some(_)) => quote!(OptionalComputed),
            // Terraform lets the provider fill in a default only where it may compute the value.
            (_, Some(_), None) if self.default.is_some() => quote!(OptionalComputed),
            (_, Some(_), None) => quote!(Optional),
            _ => quote!(Computed),
        };
        quote!(::tfplugin::schema::Mode::#mode)
    }
}

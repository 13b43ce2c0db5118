//! What stands on a field: `#[attr(required, replace, length(1..))]`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{
    Error, Expr, ExprRange, Field, GenericArgument, Ident, LitStr, Path, PathArguments,
    RangeLimits, Result, Type,
};

use crate::docs::{name, required_description};

/// The markers of one field.
#[derive(Default)]
pub struct Markers {
    required: Option<Span>,
    optional: Option<Span>,
    computed: Option<Span>,
    sensitive: bool,
    pub write_only: Option<Span>,
    use_state_for_unknown: Option<Span>,
    replace: Option<Span>,
    deprecated: Option<String>,
    default: Option<Expr>,
    rules: Vec<(Span, Rule)>,
    conflicts: Vec<Ident>,
    requires: Vec<Ident>,
    groups: Vec<(bool, Vec<Ident>)>,
    pub environment: Option<LitStr>,
    environment_unless: Vec<Ident>,
}

enum Rule {
    OneOfType(Path),
    OneOfTexts(Vec<LitStr>),
    Length(ExprRange),
    Range(ExprRange),
    Custom(Expr),
}

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
            "deprecated" => self.deprecated = Some(meta.value()?.parse::<LitStr>()?.value()),
            "default" => self.default = Some(meta.value()?.parse()?),
            "validate" => {
                let rule = Rule::Custom(meta.value()?.parse()?);
                self.rules.push((span, rule));
            }
            "length" => self.rules.push((span, Rule::Length(range(meta)?))),
            "range" => self.rules.push((span, Rule::Range(inclusive(range(meta)?)?))),
            "one_of" => self.rules.push((span, one_of(meta)?)),
            "conflicts" => self.conflicts.extend(names(meta)?),
            "requires" => self.requires.extend(names(meta)?),
            "at_least_one_of" => self.groups.push((false, names(meta)?)),
            "exactly_one_of" => self.groups.push((true, names(meta)?)),
            "env" => self.environment = Some(meta.value()?.parse()?),
            "env_unless" => self.environment_unless.extend(names(meta)?),
            other => return Err(meta.error(format!("no such marker: {other}"))),
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
            return refuse(variable.span(), "what a variable can stand in for is `optional`");
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
        if let (Some((at, _)), true) = (self.rules.first(), computed_only) {
            return refuse(
                *at,
                "rules are for configurations, and nobody sets what is only computed",
            );
        }
        Ok(())
    }

    /// Attributes beside this one that its markers name.
    pub fn others(&self) -> impl Iterator<Item = &Ident> {
        let groups = self.groups.iter().flat_map(|(_, names)| names);
        let rules = self.conflicts.iter().chain(&self.requires).chain(groups);
        rules.chain(&self.environment_unless)
    }

    fn check_write_only(&self, at: Span) -> Result<()> {
        let why = if self.computed.is_some() {
            "a write-only attribute is never in a state: it cannot be computed"
        } else if self.default.is_some() {
            "a write-only attribute cannot have a default"
        } else if self.replace.is_some() {
            "a write-only attribute has no prior value to differ from: use a version attribute beside it"
        } else {
            return Ok(());
        };
        Err(Error::new(at, why))
    }

    fn is_only_computed(&self) -> bool {
        self.computed.is_some() && self.optional.is_none()
    }

    fn mode(&self) -> TokenStream {
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

/// The names in `conflicts(a, b)`.
fn names(meta: &ParseNestedMeta) -> Result<Vec<Ident>> {
    let mut names = Vec::new();
    meta.parse_nested_meta(|other| {
        names.push(other.path.require_ident()?.clone());
        Ok(())
    })?;
    Ok(names)
}

pub fn range(meta: &ParseNestedMeta) -> Result<ExprRange> {
    let inner;
    syn::parenthesized!(inner in meta.input);
    inner.parse()
}

/// A range of numbers, which need not be whole: an end that is left out has no number before it.
fn inclusive(range: ExprRange) -> Result<ExprRange> {
    match (&range.end, range.limits) {
        (Some(end), RangeLimits::HalfOpen(_)) => {
            Err(Error::new(end.span(), "say which number is the last allowed: `..=`"))
        }
        _ => Ok(range),
    }
}

fn one_of(meta: &ParseNestedMeta) -> Result<Rule> {
    let inner;
    syn::parenthesized!(inner in meta.input);
    if inner.peek(LitStr) {
        let texts = inner.parse_terminated(<LitStr as syn::parse::Parse>::parse, syn::Token![,])?;
        Ok(Rule::OneOfTexts(texts.into_iter().collect()))
    } else {
        Ok(Rule::OneOfType(inner.parse()?))
    }
}

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

/// The expression of a field's `tfplugin::schema::Attribute`.
pub fn attribute(field: &Field, markers: &Markers) -> Result<TokenStream> {
    let (_, name) = name(field)?;
    let description = required_description(&field.attrs, field)?;
    let ty = inner_type(&field.ty)?;
    let kind = quote_spanned!(ty.span()=> <#ty as ::tfplugin::AttributeValue>::kind());
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
    let rules =
        markers.rules.iter().map(|(span, rule)| rule_expression(*span, rule, ty, is_secret));
    let rules = quote!(::std::vec![#(#rules),*]);
    let rules = match markers.is_only_computed() {
        true => rules,
        false => quote_spanned! {ty.span()=>
            [#rules, <#ty as ::tfplugin::AttributeValue>::rules()].concat()
        },
    };
    let texts = |names: &[Ident]| {
        let names = names.iter().map(|name| name.unraw().to_string());
        quote!(::std::vec![#(#names),*])
    };
    let (conflicts, requires) = (texts(&markers.conflicts), texts(&markers.requires));
    let groups = markers.groups.iter().map(|(only_one, others)| {
        let others = others.iter().map(|other| other.unraw().to_string());
        let others = others.filter(|other| *other != name);
        quote!(::tfplugin::schema::Group {
            names: ::std::vec![#name #(, #others)*],
            only_one: #only_one,
        })
    });
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
            default: #default,
            validators: #rules,
            conflicts_with: #conflicts,
            requires: #requires,
            groups: ::std::vec![#(#groups),*],
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

fn rule_expression(span: Span, rule: &Rule, ty: &Type, is_secret: bool) -> TokenStream {
    let validator = quote!(::tfplugin::schema::Validator);
    match rule {
        Rule::OneOfTexts(texts) => quote_spanned! {span=> {
            fn assert_text<T: ::core::convert::AsRef<str>>() {}
            assert_text::<#ty>();
            #validator::one_of(&[#(#texts),*])
        }},
        Rule::OneOfType(path) => quote_spanned! {span=> {
            fn assert_text<T: ::core::convert::AsRef<str>>() {}
            assert_text::<#ty>();
            #validator::one_of(<#path as ::tfplugin::schema::OneOf>::VALUES)
        }},
        Rule::Custom(function) if is_secret => {
            quote_spanned!(span=> #validator::of_secret::<#ty, _, _>(#function))
        }
        Rule::Custom(function) => {
            quote_spanned!(span=> #validator::custom::<#ty, _, _, _>(#function))
        }
        Rule::Length(range) => {
            let (least, most) = bounds(range);
            quote_spanned!(span=> #validator::length::<#ty>(#least, #most))
        }
        Rule::Range(range) => {
            let least = match &range.start {
                Some(start) => quote!(::core::option::Option::Some(<#ty>::from(#start))),
                None => quote!(::core::option::Option::None),
            };
            let most = match &range.end {
                Some(end) => quote!(::core::option::Option::Some(<#ty>::from(#end))),
                None => quote!(::core::option::Option::None),
            };
            quote_spanned!(span=> #validator::range::<#ty>(#least, #most))
        }
    }
}

/// The least and the greatest length in a range.
pub fn bounds(range: &ExprRange) -> (TokenStream, TokenStream) {
    let least = range.start.as_ref().map_or(quote!(0), |start| quote!(#start));
    let most = match (&range.end, range.limits) {
        (None, _) => quote!(::core::option::Option::None),
        (Some(end), RangeLimits::Closed(_)) => quote!(::core::option::Option::Some(#end)),
        (Some(end), RangeLimits::HalfOpen(_)) => quote!(::core::option::Option::Some(#end - 1)),
    };
    (least, most)
}

//! Rules on values: `length(1..)`, `matches("…", "…")`, `each(…)`, `validate = …`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprRange, LitStr, Path, RangeLimits, Result, Token};

/// A rule with its place.
pub struct Rule {
    pub span: Span,
    what: What,
}

enum What {
    OneOfType(Path),
    OneOfTexts(Vec<LitStr>),
    Length(ExprRange),
    Range(ExprRange),
    Matches(LitStr, LitStr),
    Each(Vec<Rule>),
    Own(Expr),
}

/// The names of the markers that are rules.
pub const RULES: [&str; 6] = ["one_of", "length", "range", "matches", "each", "validate"];

impl Rule {
    /// The rule that `meta` is; `None` if it is none.
    pub fn parse(meta: &ParseNestedMeta) -> Result<Option<Rule>> {
        let marker = meta.path.require_ident()?;
        let what = match marker.to_string().as_str() {
            "validate" => What::Own(meta.value()?.parse()?),
            "length" => What::Length(range(meta)?),
            "range" => What::Range(inclusive(range(meta)?)?),
            "one_of" => one_of(meta)?,
            "matches" => matches(meta)?,
            "each" => What::Each(each(meta)?),
            _ => return Ok(None),
        };
        Ok(Some(Rule { span: marker.span(), what }))
    }

    /// The expressions of its `tfplugin::schema::Validator`s, for values of the type `ty`.
    pub fn expressions(&self, ty: &TokenStream, is_secret: bool) -> Vec<TokenStream> {
        let What::Each(rules) = &self.what else { return vec![self.expression(ty, is_secret)] };
        let element = quote_spanned!(self.span=> <#ty as ::tfplugin::Elements>::Element);
        let rules = rules.iter().flat_map(|rule| rule.expressions(&element, is_secret));
        rules.map(|rule| quote!(::tfplugin::schema::Validator::each(#rule))).collect()
    }

    fn expression(&self, ty: &TokenStream, is_secret: bool) -> TokenStream {
        let (span, validator) = (self.span, quote!(::tfplugin::schema::Validator));
        match &self.what {
            What::OneOfTexts(texts) => quote_spanned! {span=> {
                fn assert_text<T: ::core::convert::AsRef<str>>() {}
                assert_text::<#ty>();
                #validator::one_of(&[#(#texts),*])
            }},
            What::OneOfType(path) => quote_spanned! {span=> {
                fn assert_text<T: ::core::convert::AsRef<str>>() {}
                assert_text::<#ty>();
                #validator::one_of(<#path as ::tfplugin::schema::OneOf>::VALUES)
            }},
            What::Own(rule) if is_secret => {
                quote_spanned!(span=> #validator::of_secret::<#ty, _>(#rule))
            }
            What::Own(rule) => quote_spanned!(span=> #validator::custom::<#ty, _>(#rule)),
            What::Matches(pattern, expected) => quote_spanned! {span=>
                #validator::custom::<#ty, _>(::tfplugin::rules::matches(#pattern, #expected))
            },
            What::Length(range) => {
                let (least, most) = bounds(range);
                quote_spanned!(span=> #validator::length::<#ty>(#least, #most))
            }
            // Made of the rules inside.
            What::Each(_) => TokenStream::new(),
            What::Range(range) => {
                let end = |end: &Option<Box<Expr>>| match end {
                    Some(end) => quote!(::core::option::Option::Some(<#ty>::from(#end))),
                    None => quote!(::core::option::Option::None),
                };
                let (least, most) = (end(&range.start), end(&range.end));
                quote_spanned!(span=> #validator::range::<#ty>(#least, #most))
            }
        }
    }
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

fn one_of(meta: &ParseNestedMeta) -> Result<What> {
    let inner;
    syn::parenthesized!(inner in meta.input);
    if inner.peek(LitStr) {
        let texts = inner.parse_terminated(<LitStr as syn::parse::Parse>::parse, Token![,])?;
        Ok(What::OneOfTexts(texts.into_iter().collect()))
    } else {
        Ok(What::OneOfType(inner.parse()?))
    }
}

fn matches(meta: &ParseNestedMeta) -> Result<What> {
    let inner;
    syn::parenthesized!(inner in meta.input);
    let pattern: LitStr = inner.parse()?;
    if let Err(error) = regex_lite::Regex::new(&pattern.value()) {
        return Err(Error::new(pattern.span(), format!("not a regular expression: {error}")));
    }
    if inner.is_empty() {
        let example = "say what is expected, for people: matches(\"^https://\", \"a web address\")";
        return Err(Error::new(pattern.span(), example));
    }
    inner.parse::<Token![,]>()?;
    let expected = inner.parse()?;
    inner.parse::<Option<Token![,]>>()?;
    Ok(What::Matches(pattern, expected))
}

fn each(meta: &ParseNestedMeta) -> Result<Vec<Rule>> {
    let mut rules = Vec::new();
    meta.parse_nested_meta(|inner| match Rule::parse(&inner)? {
        Some(Rule { span, what: What::Each(_) }) => {
            Err(Error::new(span, "elements of elements are for a type of their own"))
        }
        Some(rule) => {
            rules.push(rule);
            Ok(())
        }
        None => Err(inner.error(format!("expected a rule: {}", RULES.join(", ")))),
    })?;
    Ok(rules)
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

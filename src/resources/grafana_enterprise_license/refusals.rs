//! What speaks against sending a token, as far as it can be told before Grafana is asked.

use jiff::Timestamp;
use tfplugin::{AttributePath, Diagnostic};

use crate::claims;
use crate::grafana::{Claims, Instance, same_root_url};

const PRODUCT: &str = "grafana-enterprise";

/// Errors where Grafana would refuse the token, warnings where it might accept it.
pub(super) fn of_token(claims: &Claims, now: Timestamp, at: &AttributePath) -> Vec<Diagnostic> {
    [ended(claims, now), not_begun(claims, now), other_product(claims), token_ended(claims, now)]
        .into_iter()
        .flatten()
        .map(|diagnostic| diagnostic.at(at.clone()))
        .collect()
}

fn ended(claims: &Claims, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.expires_at.filter(|end| *end <= now)?;
    Some(Diagnostic::error(
        "The license has ended",
        format!(
            "License {} ended at {end}, and Grafana refuses it. Get the renewed license's token from your Grafana Labs account.",
            claims::name(claims)
        ),
    ))
}

fn not_begun(claims: &Claims, now: Timestamp) -> Option<Diagnostic> {
    let begin = claims.not_before.filter(|begin| *begin > now)?;
    Some(Diagnostic::error(
        "The license token is not valid yet",
        format!(
            "The token of license {} is valid from {begin} on, and Grafana refuses it until then. Apply it after that time, and check this machine's clock.",
            claims::name(claims)
        ),
    ))
}

fn other_product(claims: &Claims) -> Option<Diagnostic> {
    let products = claims.products.as_deref().unwrap_or_default();
    if products.iter().any(|product| product == PRODUCT) {
        return None;
    }
    let found = if products.is_empty() { "none".to_owned() } else { products.join(", ") };
    Some(Diagnostic::error(
        "The license is for another product",
        format!(
            "Expected a license with the product {PRODUCT}, but license {} has: {found}. Get the token of a Grafana Enterprise license.",
            claims::name(claims)
        ),
    ))
}

fn token_ended(claims: &Claims, now: Timestamp) -> Option<Diagnostic> {
    let end = claims.token_expires_at.filter(|end| *end <= now)?;
    let license_goes_on = claims.expires_at.is_none_or(|license_end| license_end > now);
    license_goes_on.then(|| {
        Diagnostic::warning(
            "The license token is over",
            format!(
                "The token of license {} ended at {end}, though the license goes on; Grafana may refuse it. Download a fresh token of the same license from your Grafana Labs account.",
                claims::name(claims)
            ),
        )
    })
}

/// The error for a token of another instance.
pub(super) fn other_instance(
    claims: &Claims,
    instance: &Instance,
    at: &AttributePath,
) -> Option<Diagnostic> {
    let subject = claims.subject.as_deref()?;
    if same_root_url(subject, &instance.app_url) {
        return None;
    }
    let detail = format!(
        "The license {} is for {subject}, but this instance's own root URL is {} (`root_url` in its configuration). Get a license for that URL, \
         correct `root_url`, or point the provider's `url` at the licensed instance.",
        claims::name(claims),
        instance.app_url
    );
    Some(Diagnostic::error("The license is for another instance", detail).at(at.clone()))
}

/// The error for a token that is not for the `instance` of the configuration.
pub(super) fn not_for(claims: &Claims, instance: &str, at: &AttributePath) -> Option<Diagnostic> {
    let subject = claims.subject.as_deref()?;
    (!same_root_url(subject, instance)).then(|| {
        let detail = format!(
            "The license {} is for {subject}, but `instance` is {instance}. Give the token of a license for that URL, or correct `instance`.",
            claims::name(claims)
        );
        Diagnostic::error("The license is for another instance", detail).at(at.clone())
    })
}

/// The warning for a token that is older than what Grafana has of the same license.
pub(super) fn older(sent: &Claims, active: &Claims, at: &AttributePath) -> Option<Diagnostic> {
    let same = sent.license_id.is_some() && sent.license_id == active.license_id;
    let (given, newer) = (sent.issued_at?, active.issued_at?);
    (same && given < newer).then(|| {
        let detail = format!(
            "Grafana has a token of license {} that was issued at {newer}; this one was issued at {given}, and would take back what has been refreshed since. \
             Download a fresh token if something has to change.",
            claims::name(sent)
        );
        Diagnostic::warning("The license token is older than the active one", detail).at(at.clone())
    })
}

#[cfg(test)]
mod tests {
    use tfplugin::path;

    use super::*;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn good() -> Claims {
        Claims {
            license_id: Some("1".to_owned()),
            products: Some(vec![PRODUCT.to_owned()]),
            expires_at: Some(time(2000)),
            ..Claims::default()
        }
    }

    fn said(claims: &Claims) -> Vec<(bool, String)> {
        let found = of_token(claims, time(1000), &path!(token));
        found.into_iter().map(|d| (d.is_error(), d.summary)).collect()
    }

    #[test]
    fn a_good_token_is_not_refused() {
        assert_eq!(said(&good()), []);
    }

    #[test]
    fn each_reason_is_told() {
        let error = |claims: Claims, part: &str| {
            let said = said(&claims);
            assert!(said.len() == 1 && said[0].0 && said[0].1.contains(part), "{said:?}");
        };
        error(Claims { expires_at: Some(time(1000)), ..good() }, "has ended");
        error(Claims { not_before: Some(time(1001)), ..good() }, "not valid yet");
        error(Claims { products: None, ..good() }, "another product");
        error(Claims { products: Some(vec!["x".to_owned()]), ..good() }, "another product");
    }

    #[test]
    fn a_token_that_is_over_is_a_warning_while_the_license_goes_on() {
        let claims = Claims { token_expires_at: Some(time(999)), ..good() };
        assert_eq!(said(&claims), [(false, "The license token is over".to_owned())]);
    }

    #[test]
    fn only_an_older_token_of_the_same_license_is_told() {
        let at = |second| Claims { issued_at: Some(time(second)), ..good() };
        assert!(older(&at(1), &at(2), &path!(token)).is_some());
        assert!(older(&at(2), &at(2), &path!(token)).is_none());
        let other = Claims { license_id: Some("2".to_owned()), ..at(2) };
        assert!(older(&at(1), &other, &path!(token)).is_none());
    }
}

//! A license in words.

use crate::grafana::Claims;

/// The product that a license has to be for.
pub(super) const PRODUCT: &str = "grafana-enterprise";

/// In characters.
const LONGEST_SHOWN: usize = 100;

/// Its id, and whose it is.
pub(crate) fn name(claims: &Claims) -> String {
    let shown = |claim: &String| shown(claims, claim);
    let id = claims.license_id.as_ref().map_or("without an ID".to_owned(), shown);
    match &claims.company {
        Some(company) => format!("{id} ({})", shown(company)),
        None => id,
    }
}

/// A claim as messages show it: one line, not all of a long one, and no secret of the run, which a server may
/// have put in.
pub(super) fn shown(claims: &Claims, claim: &str) -> String {
    claims.shown.quote(claim).chars().take(LONGEST_SHOWN).collect()
}

/// When its token was issued, to go on in a sentence.
pub(super) fn issued(claims: &Claims) -> String {
    claims.issued_at.map_or_else(String::new, |time| format!(", whose token was issued at {time}"))
}

/// Which license it is, of whom, until when and for how many users.
pub(crate) fn describe(claims: &Claims) -> String {
    let article = if claims.license_id.is_some() { "" } else { "a " };
    let mut parts = vec![format!("{article}license {}", name(claims))];
    parts.extend(claims.expires_at.map(|end| format!("valid until {end}")));
    parts.extend(users(claims));
    parts.join(", ")
}

/// For how many users; in older licenses for how many of each kind.
fn users(claims: &Claims) -> Option<String> {
    let kinds = [
        (claims.included_users, "users"),
        (claims.included_admins, "administrators and editors"),
        (claims.included_viewers, "viewers"),
    ];
    let counts = kinds.into_iter().filter_map(|(count, kind)| Some(format!("{} {kind}", count?)));
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| format!("for {}", counts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_license_is_described_by_what_it_has() {
        assert_eq!(describe(&Claims::default()), "a license without an ID");
        let claims = Claims {
            license_id: Some("7".to_owned()),
            company: Some("Example".to_owned()),
            expires_at: "2030-01-01T00:00:00Z".parse().ok(),
            included_users: Some(15),
            ..Claims::default()
        };
        let described = "license 7 (Example), valid until 2030-01-01T00:00:00Z, for 15 users";
        assert_eq!(describe(&claims), described);
        let long = Claims { company: Some("x\n".repeat(200)), ..claims };
        assert!(name(&long).len() < 120 && !name(&long).contains('\n'));
    }
}

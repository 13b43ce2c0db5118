//! The license of an instance: where it is kept, and when each node of a cluster notices a change.

use jiff::{SignedDuration, Timestamp};
use rand::{Rng as _, distr::Alphanumeric};
use serde_json::Value;

use super::{
    Issuer, LicenseClaims,
    options::{Lag, NoLicense},
    state::Moment,
};

const PRODUCT: &str = "grafana-enterprise";
const MONTH: i64 = 30 * 86_400;
/// `status` of a valid and of an ended license; the numbers' meanings are not public.
const VALID: i64 = 1;
const ENDED: i64 = 2;

/// What `GET /api/licensing/refresh-stats` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[allow(missing_docs, reason = "the names are those of the answer")]
pub struct ActiveUsers {
    pub active_users: i64,
    pub active_admins_and_editors: i64,
    pub active_viewers: i64,
    pub active_anonymous_devices: i64,
}

/// Why a license token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadToken {
    #[error("license token is not signed by a trusted issuer")]
    Signature,
    #[error("license token has malformed claims")]
    Claims,
    #[error("license token is for another instance")]
    Subject,
    #[error("license has expired")]
    Expired,
    #[error("license token is for another product")]
    Product,
}

enum Due {
    Request(u64),
    Time(Timestamp),
}

impl Due {
    fn reached(&self, moment: Moment) -> bool {
        match self {
            Self::Request(request) => moment.request >= *request,
            Self::Time(time) => moment.time >= *time,
        }
    }
}

struct News {
    license: Option<LicenseClaims>,
    due: Due,
}

#[derive(Default)]
struct Node {
    license: Option<LicenseClaims>,
    news: Vec<News>,
}

pub(super) struct Licensing {
    pub(super) issuer: Issuer,
    pub(super) issuer_reachable: bool,
    pub(super) no_license: NoLicense,
    pub(super) users: ActiveUsers,
    lag: Lag,
    stored: Option<LicenseClaims>,
    from_disk: Option<LicenseClaims>,
    nodes: Vec<Node>,
}

impl Licensing {
    pub(super) fn new(issuer: Issuer, options: &super::Options) -> Self {
        Self {
            issuer,
            issuer_reachable: options.issuer_reachable,
            no_license: options.no_license,
            users: ActiveUsers::default(),
            lag: options.lag,
            stored: None,
            from_disk: None,
            nodes: (0..options.nodes.max(1)).map(|_| Node::default()).collect(),
        }
    }

    /// The license as a node knows it.
    pub(super) fn known_to(&mut self, node: usize, moment: Moment) -> Option<LicenseClaims> {
        let node = self.nodes.get_mut(node)?;
        while node.news.first().is_some_and(|news| news.due.reached(moment)) {
            node.license = node.news.remove(0).license;
        }
        node.license.clone().or_else(|| self.from_disk.clone())
    }

    /// The license in the database, or the one from disk.
    pub(super) fn stored(&self) -> Option<&LicenseClaims> {
        self.stored.as_ref().or(self.from_disk.as_ref())
    }

    /// Stores a license or removes it. The node told knows at once, the others one lag after the other.
    pub(super) fn tell(&mut self, told: usize, moment: Moment, license: Option<LicenseClaims>) {
        self.stored.clone_from(&license);
        let count = self.nodes.len();
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if index == told {
                node.news.clear();
                node.license.clone_from(&license);
                continue;
            }
            let distance = (index + count - told) % count;
            let due = due(self.lag, moment, distance);
            node.news.push(News { license: license.clone(), due });
        }
    }

    /// Stores a license or removes it, and every node knows.
    pub(super) fn tell_all(&mut self, license: Option<LicenseClaims>) {
        self.stored.clone_from(&license);
        for node in &mut self.nodes {
            *node = Node { license: license.clone(), news: Vec::new() };
        }
    }

    pub(super) fn put_on_disk(&mut self, license: Option<LicenseClaims>) {
        self.from_disk = license;
    }

    /// Reads a token this instance may use now.
    pub(super) fn accept(
        &self,
        token: &str,
        root_url: &str,
        now: Timestamp,
    ) -> Result<LicenseClaims, BadToken> {
        let claims = self.issuer.verify(token).ok_or(BadToken::Signature)?;
        let claims = read_claims(claims).ok_or(BadToken::Claims)?;
        let subject = claims.sub.as_deref().ok_or(BadToken::Subject)?;
        if subject.trim_end_matches('/') != root_url.trim_end_matches('/') {
            return Err(BadToken::Subject);
        }
        let product = claims.prod.iter().flatten().any(|product| product == PRODUCT);
        if !product {
            return Err(BadToken::Product);
        }
        if !is_valid(&claims, now) {
            return Err(BadToken::Expired);
        }
        Ok(claims)
    }
}

/// A token without known claims is no license; unknown claims are kept.
pub(super) fn read_claims(claims: Value) -> Option<LicenseClaims> {
    serde_json::from_value(claims).ok()
}

/// Neither token nor license has ended. A time that is left out never ends.
pub(super) fn is_valid(claims: &LicenseClaims, now: Timestamp) -> bool {
    let ended = |end: Option<i64>| end.is_some_and(|end| end <= now.as_second());
    !ended(claims.exp) && !ended(claims.lexp)
}

/// The `status` to show.
pub(super) fn status(claims: &LicenseClaims, now: Timestamp) -> i64 {
    claims.status.unwrap_or(if is_valid(claims, now) { VALID } else { ENDED })
}

/// The same license in a token of today.
pub(super) fn refreshed(claims: &LicenseClaims, now: Timestamp) -> LicenseClaims {
    let now = now.as_second();
    let jti: String = rand::rng().sample_iter(Alphanumeric).take(12).map(char::from).collect();
    LicenseClaims { jti: Some(jti), iat: Some(now), exp: Some(now + MONTH), ..claims.clone() }
}

fn due(lag: Lag, moment: Moment, distance: usize) -> Due {
    let distance = distance as u64;
    match lag {
        Lag::Requests(requests) => {
            Due::Request(moment.request.saturating_add(requests.saturating_mul(distance)))
        }
        Lag::Time(time) => {
            let distance = u32::try_from(distance).unwrap_or(u32::MAX);
            let lag = SignedDuration::try_from(time.saturating_mul(distance))
                .unwrap_or(SignedDuration::MAX);
            Due::Time(moment.time.checked_add(lag).unwrap_or(Timestamp::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::grafana::{Options, Signature};

    const ROOT: &str = "http://grafana.example/";

    fn licensing(nodes: usize, lag: Lag) -> Licensing {
        let issuer = Issuer::new(Signature::Es256).unwrap();
        Licensing::new(issuer, &Options { nodes, lag, ..Options::default() })
    }

    fn moment(request: u64) -> Moment {
        Moment { request, time: Timestamp::now() }
    }

    #[test]
    fn nodes_notice_one_after_the_other() {
        let mut licensing = licensing(3, Lag::Requests(2));
        licensing.tell(1, moment(10), Some(LicenseClaims::for_instance(ROOT)));
        let mut known =
            |request| [0, 1, 2].map(|node| licensing.known_to(node, moment(request)).is_some());
        assert_eq!(known(11), [false, true, false]);
        assert_eq!(known(12), [false, true, true]);
        assert_eq!(known(14), [true, true, true]);
    }

    #[test]
    fn a_license_from_disk_outlives_its_removal() {
        let mut licensing = licensing(1, Lag::default());
        licensing.put_on_disk(Some(LicenseClaims::for_instance(ROOT)));
        licensing.tell(0, moment(1), None);
        assert!(licensing.known_to(0, moment(1)).is_some());
    }

    #[test]
    fn tokens_are_accepted_by_signature_instance_product_and_time() {
        let licensing = licensing(1, Lag::default());
        let now = Timestamp::now();
        let good = LicenseClaims::for_instance(ROOT);
        let judge = |claims: &LicenseClaims| {
            let token = licensing.issuer.mint(claims).unwrap();
            licensing.accept(&token, ROOT, now).err()
        };
        assert_eq!(judge(&good), None);
        let past = Some(now.as_second() - 1);
        assert_eq!(judge(&LicenseClaims { lexp: past, ..good.clone() }), Some(BadToken::Expired));
        assert_eq!(judge(&LicenseClaims { exp: past, ..good.clone() }), Some(BadToken::Expired));
        assert_eq!(judge(&LicenseClaims { prod: None, ..good.clone() }), Some(BadToken::Product));
        assert_eq!(judge(&LicenseClaims::for_instance("http://other/")), Some(BadToken::Subject));
        assert_eq!(licensing.accept("x", ROOT, now).err(), Some(BadToken::Signature));
        let stranger = Issuer::new(Signature::Es256).unwrap().mint(&good).unwrap();
        assert_eq!(licensing.accept(&stranger, ROOT, now).err(), Some(BadToken::Signature));
        let sample =
            licensing.issuer.mint(&json!({"this": "is", "not": "a", "valid": "license"})).unwrap();
        assert_eq!(licensing.accept(&sample, ROOT, now).err(), Some(BadToken::Subject));
    }
}

//! The claims of a license as attributes: the same ones in the resource, the data source and the function.

use tfplugin::Value;

use crate::grafana::Claims;

/// A struct with an attribute for each claim, made by `with_claims!`.
pub(crate) trait ClaimAttributes {
    /// Takes over what the claims say; an absent claim is null.
    fn show(&mut self, claims: &Claims);

    /// What the attributes say; what is null or unknown is absent.
    fn claims(&self) -> Claims;

    /// Plans what a token says, which is all that Grafana will show of it. The claims of the token itself are
    /// left as they are, unless it is sure that just this token will be sent.
    fn expect(&mut self, claims: &Claims, token_is_sure: bool);

    /// Takes over the claims of another.
    fn keep(&mut self, other: &Self);

    /// Plans what a fresh token may change as unknown: all but which license it is, for which instance.
    fn expect_renewal(&mut self);

    /// Plans as unknown what other claims contradict.
    fn doubt(&mut self, other: &Claims);
}

/// Makes a planned value unknown unless another agrees with it.
pub(crate) fn doubt<T: PartialEq>(planned: &mut Value<T>, other: Option<&T>) {
    if planned.known() != other {
        *planned = Value::Unknown;
    }
}

/// Defines a struct with the given fields and a computed attribute for each claim of a license.
macro_rules! with_claims {
    ($(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $crate::license::claims::with_claims! {
            @define [$(#[$meta])* pub struct $name { $($own)* }]
            lasting {
                /// ID of the license. It stays the same when Grafana refreshes the token.
                license_id: String,
                /// Root URL of the instance that the license is for.
                subject: String,
                /// Issuer of the token: `https://grafana.com`.
                issuer: String,
            }
            terms {
                /// Company the license was issued to.
                company: String,
                /// Account at Grafana Labs.
                account: String,
                /// Short name of the organization at Grafana Labs.
                slug: String,
                /// Licensed products, such as `grafana-enterprise`.
                products: Vec<String>,
                /// Number of users that may be active.
                included_users: i64,
                /// Number of administrators and editors that may be active. Older licenses have it in place of
                /// `included_users`.
                included_admins: i64,
                /// Number of viewers that may be active. Older licenses have it in place of `included_users`.
                included_viewers: i64,
                /// What is counted, such as `users`.
                limit_by: String,
                /// When the license ends, in RFC 3339 format.
                expires_at: jiff::Timestamp,
                /// How many days before the end of the license Grafana begins to warn.
                license_expiry_warning_days: i64,
                /// How many days before the end of the token Grafana begins to warn.
                token_expiry_warning_days: i64,
                /// Days between two refreshes of the token.
                update_days: i64,
                /// Whether usage is billed.
                usage_billing: bool,
                /// Number of concurrent sessions that a user may have.
                max_concurrent_user_sessions: i64,
                /// URL of the license at Grafana Labs.
                details_url: String,
                /// Whether the license is a trial.
                trial: bool,
                /// When the trial ends, in RFC 3339 format.
                trial_expires_at: jiff::Timestamp,
                /// Number of anonymous devices that count as one user.
                anonymous_ratio: f64,
            }
            token {
                /// ID of the token. Each refresh brings a new one.
                token_id: String,
                /// When the token was issued, in RFC 3339 format.
                issued_at: jiff::Timestamp,
                /// When the token becomes valid, in RFC 3339 format.
                not_before: jiff::Timestamp,
                /// When the token ends, in RFC 3339 format. Grafana refreshes it before then; the license is valid
                /// until `expires_at`.
                token_expires_at: jiff::Timestamp,
            }
        }
    };
    (
        @define [$(#[$meta:meta])* pub struct $name:ident { $($own:tt)* }]
        lasting { $($(#[$lasting_doc:meta])* $lasting:ident: $lasting_type:ty,)* }
        terms { $($(#[$term_doc:meta])* $term:ident: $term_type:ty,)* }
        token { $($(#[$token_doc:meta])* $token:ident: $token_type:ty,)* }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $($own)*
            $($(#[$lasting_doc])* #[attr(computed)] pub $lasting: ::tfplugin::Value<$lasting_type>,)*
            $($(#[$term_doc])* #[attr(computed)] pub $term: ::tfplugin::Value<$term_type>,)*
            $($(#[$token_doc])* #[attr(computed)] pub $token: ::tfplugin::Value<$token_type>,)*
        }

        impl $crate::license::claims::ClaimAttributes for $name {
            fn show(&mut self, claims: &$crate::grafana::Claims) {
                self.expect(claims, true);
            }

            fn claims(&self) -> $crate::grafana::Claims {
                $crate::grafana::Claims {
                    status: None,
                    shown: ::std::default::Default::default(),
                    $($lasting: self.$lasting.known().cloned(),)*
                    $($term: self.$term.known().cloned(),)*
                    $($token: self.$token.known().cloned(),)*
                }
            }

            fn expect(&mut self, claims: &$crate::grafana::Claims, token_is_sure: bool) {
                $(self.$lasting = claims.$lasting.clone().into();)*
                $(self.$term = claims.$term.clone().into();)*
                if token_is_sure {
                    $(self.$token = claims.$token.clone().into();)*
                }
            }

            fn expect_renewal(&mut self) {
                $(self.$term = ::tfplugin::Value::Unknown;)*
                $(self.$token = ::tfplugin::Value::Unknown;)*
            }

            fn doubt(&mut self, other: &$crate::grafana::Claims) {
                $($crate::license::claims::doubt(&mut self.$lasting, other.$lasting.as_ref());)*
                $($crate::license::claims::doubt(&mut self.$term, other.$term.as_ref());)*
                $($crate::license::claims::doubt(&mut self.$token, other.$token.as_ref());)*
            }

            fn keep(&mut self, other: &Self) {
                $(self.$lasting.clone_from(&other.$lasting);)*
                $(self.$term.clone_from(&other.$term);)*
                $(self.$token.clone_from(&other.$token);)*
            }
        }
    };
}

pub(crate) use with_claims;

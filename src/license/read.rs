//! Reading a license: what is drift, and what is only a node that lags behind.

use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

use super::observation::Observation;
use super::propagation::{Answers, look};
use super::validity::{self, Concerns};
use super::{LicenseModel, LicensePrivate, Licenses, diagnostics, is_same_license, license_id};
use crate::grafana::{Claims, same_root_url};

/// What a read came to.
pub(crate) enum Read {
    Gone,
    /// What is in the state stays, because it cannot be told what is there.
    StateStays(Diagnostic),
    Found(Box<Observation>),
}

impl Licenses {
    /// Reads the license of a resource; `days` is how many days before its end to begin to warn, if that is
    /// configured. What there is to warn of is left to the plan that follows, which may change it.
    pub(crate) async fn read(
        &self,
        state: &impl LicenseModel,
        days: Option<i64>,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Result<Read, Diagnostic> {
        let in_state = &state.observation();
        let slot = self.slot();
        let own = private.own_id(in_state.claims.as_ref().unwrap_or(&Claims::default()));
        slot.begin_read(&own, &mut private.holding);
        *self.removed() = None;
        self.concerns().remove(&private.holding.mark());
        let of = state.attributes().instance.known().map(String::as_str);
        let (read, concerns) = self.look(in_state, of, days, limits).await?;
        match read {
            Read::Gone => slot.forget(&private.holding),
            Read::StateStays(_) | Read::Found(_) => slot.end_read(&own, &mut private.holding),
        }
        self.concerns().insert(private.holding.mark(), concerns);
        Ok(read)
    }

    async fn look(
        &self,
        in_state: &Observation,
        of: Option<&str>,
        days: Option<i64>,
        limits: &Limits,
    ) -> Result<(Read, Concerns), Diagnostic> {
        let nothing_more = |read| (read, Concerns::default());
        if let Some(warning) = self.access.not_refreshed() {
            return Ok(nothing_more(Read::StateStays(warning)));
        }
        let client = self.client(limits).await?;
        let licensing = client.licensing().map_err(IntoDiagnostic::into_diagnostic)?;
        // At most what Grafana's own refresh brings.
        let is_as_before = |seen: &Observation| seen.claims.is_some() && seen.agrees(in_state);
        let seen = match look(&licensing, limits, is_as_before).await? {
            Answers::Agree(seen) => seen,
            Answers::Differ(tally) => {
                let warning = diagnostics::nodes_differ_for_now(&tally, true);
                return Ok(nothing_more(Read::StateStays(warning)));
            }
        };
        if seen.claims.is_none() && seen.valid {
            return Ok(nothing_more(Read::StateStays(diagnostics::license_not_shown())));
        }
        let both = seen.claims.as_ref().zip(in_state.claims.as_ref());
        if !both.is_some_and(|(now, before)| is_same_license(now, before)) {
            // What another instance has, or has not, proves nothing.
            let here = client.instance().await.map_err(IntoDiagnostic::into_diagnostic)?;
            if let Some(url) = of.filter(|url| !same_root_url(url, &here.app_url)) {
                let elsewhere = diagnostics::not_refreshed_here(url, &here.shown_url);
                return Ok(nothing_more(Read::StateStays(elsewhere)));
            }
        }
        let Some(claims) = &seen.claims else { return Ok(nothing_more(Read::Gone)) };
        let mut concerns = validity::concerns(claims, days, &licensing).await;
        if !seen.valid && !validity::has_expired(claims) {
            let url = client.instance().await.ok().map(|instance| &*instance.shown_url);
            concerns.token.push(diagnostics::not_valid(claims, url));
        }
        Ok((Read::Found(seen), concerns))
    }

    /// The license of the instance with that root URL.
    ///
    /// # Errors
    /// If another instance answers, it has no license, or its nodes do not agree.
    pub(crate) async fn import(
        &self,
        url: &str,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Result<Observation, Diagnostic> {
        let reached = self.connect(limits).await?;
        let own = &reached.instance.shown_url;
        if !same_root_url(url, &reached.instance.app_url) {
            return Err(diagnostics::import_from_another_instance(url, own));
        }
        match look(&reached.licensing, limits, |_| false).await? {
            Answers::Differ(tally) => Err(diagnostics::nodes_differ(&tally)),
            Answers::Agree(seen) => match &seen.claims {
                None => Err(diagnostics::nothing_to_import(own)),
                Some(claims) => {
                    private.own(license_id(claims));
                    Ok(*seen)
                }
            },
        }
    }
}

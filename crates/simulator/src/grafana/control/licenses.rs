//! Licenses and what they are counted by.

use std::io;

use crate::grafana::{
    ActiveUsers, Grafana, LicenseClaims, NoLicense,
    licensing::{read_claims, refreshed},
};

impl Grafana {
    /// A token this Grafana accepts: its own issuer, root URL and product.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub fn mint_license(&self) -> io::Result<String> {
        self.issuer.mint(&LicenseClaims::for_instance(&self.root_url()))
    }

    /// The license stored, or the one from disk, whatever nodes have noticed.
    pub fn license(&self) -> Option<LicenseClaims> {
        self.shared.lock().licensing.stored().cloned()
    }

    /// Stores a license on every node, in place of one there may be. Its times and instance are not looked at.
    ///
    /// # Errors
    /// If the token is not signed by this Grafana's issuer.
    pub fn install_license(&self, token: &str) -> io::Result<()> {
        let claims = self.issuer.verify(token).and_then(read_claims);
        let claims = claims.ok_or_else(|| io::Error::other("not a license of this issuer"))?;
        self.set_license(Some(claims));
        Ok(())
    }

    /// Stores these claims as the license of every node, or removes it.
    pub fn set_license(&self, claims: Option<LicenseClaims>) {
        self.shared.lock().licensing.tell_all(claims);
    }

    /// Removes the license from every node; one from disk stays.
    pub fn drop_license(&self) {
        self.set_license(None);
    }

    /// Puts a license where `license_path` points, or takes it away.
    pub fn put_license_on_disk(&self, claims: Option<LicenseClaims>) {
        self.shared.lock().licensing.put_on_disk(claims);
    }

    /// What Grafana does about daily: the same license in a new token (`jti`, `iat`, `exp`). Nothing without a license.
    pub fn auto_refresh(&self) {
        self.auto_refresh_with(|claims| claims);
    }

    /// The same, with what else the issuer changed: more `included_users`, a later `lexp`.
    pub fn auto_refresh_with(&self, change: impl FnOnce(LicenseClaims) -> LicenseClaims) {
        let mut state = self.shared.lock();
        let now = state.now();
        if let Some(license) = state.licensing.stored().map(|license| refreshed(license, now)) {
            state.licensing.tell_all(Some(change(license)));
        }
    }

    /// Sets what `refresh-stats` counts.
    pub fn set_active_users(&self, users: ActiveUsers) {
        self.shared.lock().licensing.users = users;
    }

    /// Whether a renewal reaches grafana.com.
    pub fn set_issuer_reachable(&self, reachable: bool) {
        self.shared.lock().licensing.issuer_reachable = reachable;
    }

    /// What is answered without a license.
    pub fn set_no_license(&self, answer: NoLicense) {
        self.shared.lock().licensing.no_license = answer;
    }
}

//! The state of `grafana_api_key`: what it shows of a key, and what it says of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tfplugin::{AttributePath, Diagnostic, Value, path};

use super::ApiKey;
use crate::grafana::{Role, RootUrl, same_root_url};
use crate::keys::{
    Condition, Expiry, Key, KeyId, KeyRef, NewKey, OrgId, diagnostics, generated_name, lifetime,
    parse_key_id,
};

/// What is remembered of a key beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyPrivate {
    /// Whether no other token is in the service account, so that it can be changed in place.
    pub(super) is_alone_in_account: bool,
    /// The planned creation: in a replacement, the removal that comes first is handed what was planned for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    followed_by: Option<String>,
    /// Root URL of the Grafana that has created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl KeyPrivate {
    /// Of a key that has just been created.
    pub(super) fn of_new(key: &Key, url: &RootUrl) -> Self {
        KeyPrivate { url: Some(url.to_string()), ..KeyPrivate::default().seen(key) }
    }

    /// Of a key that Grafana lists.
    pub(super) fn seen(self, key: &Key) -> Self {
        let is_alone_in_account = key.backend.is_alone_in_account();
        KeyPrivate { is_alone_in_account, followed_by: None, ..self }
    }

    /// Where the key was created, if that is known and another Grafana.
    pub(super) fn created_elsewhere(&self, url: &RootUrl) -> Option<&str> {
        let created = self.url.as_deref()?;
        (!same_root_url(created, &url.to_string())).then_some(created)
    }

    /// With a key of that name planned next.
    pub(super) fn before(self, org: OrgId, name: &str) -> Self {
        KeyPrivate { followed_by: Some(place(org, name)), ..self }
    }

    /// Whether a key of that name is created there next.
    pub(super) fn is_followed_by(&self, org: OrgId, name: &str) -> bool {
        self.followed_by.as_ref() == Some(&place(org, name))
    }
}

/// What only one key can have.
fn place(org: OrgId, name: &str) -> String {
    format!("{org}:{name}")
}

impl ApiKey {
    /// The key that is planned.
    pub(super) fn new_key(&self) -> NewKey {
        let prefix = self.name_prefix.known().map_or("", String::as_str);
        let name = self.name.known().cloned();
        NewKey {
            is_name_generated: name.is_none(),
            name: name.unwrap_or_else(|| generated_name(prefix)),
            role: self.role.known().copied().unwrap_or(Role::Viewer),
            lifetime: self.lifetime(),
        }
    }

    /// The state of a key that Grafana lists.
    pub(crate) fn showing(org: OrgId, key: &Key) -> Self {
        let mut state = ApiKey::default();
        state.show(org, key);
        state
    }

    /// What is known of a key before it is created.
    pub(super) fn show_new(&mut self, org: Option<OrgId>) {
        self.show_working();
        if let Some(org) = org {
            self.org_id = org.into();
        }
        if self.lifetime().is_none() && !self.seconds_to_live.is_unknown() {
            self.expiration = Value::Null;
        }
    }

    /// Takes over what Grafana shows.
    pub(super) fn show(&mut self, org: OrgId, key: &Key) {
        // It identifies the key for good, though its organization may be written in another way since.
        let is_its_id = |id: &String| {
            parse_key_id(id).is_ok_and(|(org, number)| org.is_some() && number == key.number)
        };
        if !self.id.known().is_some_and(is_its_id) {
            self.id = KeyId { org, number: key.number }.to_string().into();
        }
        self.org_id = org.into();
        self.name = key.name.clone().into();
        if let Some(role) = key.role {
            self.role = role.into();
        }
        if self.expires_at() != key.expiration {
            self.expiration = key.expiration.map(|end| end.to_string()).into();
        }
        self.backend = key.backend.as_str().into();
        self.service_account_id = key.backend.service_account_id().into();
        self.show_condition(key.condition);
    }

    /// Takes over what Grafana says of it, and looks at the clock.
    pub(super) fn show_condition(&mut self, condition: Condition) {
        let window = self.early_rotation_window_seconds.known().copied().unwrap_or(0);
        let expiry = Expiry::of(self.expires_at(), window);
        let Condition { has_expired, is_revoked, is_disabled } = condition;
        self.has_expired = (has_expired || expiry.has_expired).into();
        self.ready_for_rotation = (has_expired || is_revoked || expiry.ready_for_rotation).into();
        self.is_revoked = is_revoked.into();
        self.is_disabled = is_disabled.into();
    }

    /// Looks at the clock alone.
    pub(super) fn show_time(&mut self) {
        let [is_revoked, is_disabled] =
            [&self.is_revoked, &self.is_disabled].map(|attribute| *attribute == Value::Known(true));
        self.show_condition(Condition { has_expired: false, is_revoked, is_disabled });
    }

    /// As a new key is.
    pub(super) fn show_working(&mut self) {
        let attributes = [
            &mut self.has_expired,
            &mut self.ready_for_rotation,
            &mut self.is_revoked,
            &mut self.is_disabled,
        ];
        attributes.into_iter().for_each(|attribute| *attribute = false.into());
    }

    /// The attribute that says that the key is to be replaced, as the last refresh found it. The clock has no say here:
    /// plan and apply must come to the same.
    pub(super) fn is_due(&self) -> Option<AttributePath> {
        let reasons = [
            (path!(has_expired), &self.has_expired),
            (path!(is_revoked), &self.is_revoked),
            (path!(ready_for_rotation), &self.ready_for_rotation),
        ];
        reasons.into_iter().find(|(_, holds)| **holds == Value::Known(true)).map(|(path, _)| path)
    }

    /// What is wrong with a configuration.
    pub(super) fn mistake(&self) -> Option<Diagnostic> {
        let window = self.early_rotation_window_seconds.known().copied().unwrap_or(0);
        let lifetime = self.lifetime();
        if let Some(lifetime) = lifetime
            && window > 0
            && window >= lifetime
        {
            return Some(diagnostics::window_too_long(window, lifetime));
        }
        if self.delete_on_destroy != Value::Known(false) {
            return None;
        }
        if lifetime.is_none() && !self.seconds_to_live.is_unknown() {
            return Some(diagnostics::left_without_end());
        }
        (window > 0 && self.name.is_known()).then(diagnostics::left_with_fixed_name)
    }

    pub(super) fn lifetime(&self) -> Option<i64> {
        lifetime(self.seconds_to_live.known().copied())
    }

    /// The key, and its organization: that of `org_id`, else the one in `id`. In a state of grafana/grafana 1.x neither may
    /// say it: then it is the default one.
    pub(super) fn key_ref(&self) -> Result<(Option<OrgId>, KeyRef), Diagnostic> {
        let id = self.id.known().map_or("", String::as_str);
        let (org, number) = parse_key_id(id).map_err(diagnostics::unexpected_id)?;
        let org = self.org_id.known().copied().or(org);
        let key = KeyRef {
            number,
            name: self.name.known().cloned(),
            account: self.service_account_id.known().copied(),
            secret: self.key.known().cloned().map(Into::into),
        };
        Ok((org, key))
    }

    /// `expiration` in whatever spelling: the state may come from another provider.
    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        self.expiration.known()?.parse().ok()
    }

    /// When the key ends by itself, if that is to come and destroying it leaves it until then.
    pub(super) fn left_until(&self) -> Option<Timestamp> {
        let works = Value::Known(true) != self.has_expired && Value::Known(true) != self.is_revoked;
        let is_left = works && self.delete_on_destroy == Value::Known(false);
        self.expires_at().filter(|end| is_left && *end > Timestamp::now())
    }
}

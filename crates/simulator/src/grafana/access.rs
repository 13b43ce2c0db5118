//! Who signed in, and what they may do.

use std::collections::BTreeSet;

use super::Role;

/// What stands behind a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    User(i64),
    /// An API key or token, by its id.
    Key,
}

#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub(super) who: Who,
    /// The organization acted in, which need not exist.
    pub(super) organization: i64,
    /// `None`: no member of the organization.
    pub(super) role: Option<Role>,
    pub(super) server_admin: bool,
    pub(super) permissions: BTreeSet<String>,
}

impl SignedIn {
    /// By server administration, role, or a permission of one's own. Licensing is for users only.
    pub(super) fn allows(&self, permission: &str) -> bool {
        let area = permission.split_once(':').map_or(permission, |(area, _)| area);
        let granted = match area {
            "licensing" | "users" => self.server_admin,
            "orgs" if permission == "orgs:create" => self.server_admin,
            "orgs" => self.role >= Some(Role::Viewer),
            "apikeys" | "serviceaccounts" => self.role == Some(Role::Admin),
            _ => false,
        };
        granted || self.permissions.contains(permission)
    }

    /// Nobody hands out a role above their own.
    pub(super) fn may_grant(&self, role: Role) -> bool {
        self.role >= Some(role) || self.server_admin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_in(role: Option<Role>, server_admin: bool, permissions: &[&str]) -> SignedIn {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        SignedIn { who: Who::User(1), organization: 1, role, server_admin, permissions }
    }

    #[test]
    fn roles_server_administration_and_single_permissions_count() {
        let admin = signed_in(Some(Role::Admin), false, &[]);
        assert!(admin.allows("apikeys:create") && admin.allows("orgs:read"));
        assert!(!admin.allows("licensing:read") && !admin.allows("orgs:create"));

        let viewer = signed_in(Some(Role::Viewer), false, &["licensing:read"]);
        assert!(viewer.allows("orgs:read") && viewer.allows("licensing:read"));
        assert!(!viewer.allows("licensing:write") && !viewer.allows("apikeys:read"));

        let outsider = signed_in(None, true, &[]);
        assert!(outsider.allows("licensing:delete") && !outsider.allows("apikeys:read"));
    }
}

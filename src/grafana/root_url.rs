//! The address of an instance.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// Root URL of an instance: `http` or `https`, a host, and the sub-path if there is one. Two are
/// equal if they are the same address: case of scheme and host, a default port and slashes at the
/// end make no difference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RootUrl(Url);

/// How many seconds a key of Amazon Managed Grafana, which must have a lifetime, may live at most: 30 days.
pub const LONGEST_MANAGED_LIFETIME: i64 = 2_592_000;

/// A text that is not a root URL. It is not quoted: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be the root URL of a Grafana instance, such as `https://grafana.example.com/`, but {0}"
)]
pub struct InvalidRootUrl(String);

impl RootUrl {
    /// The address as a URL, whose path ends in `/`.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether it is the address that Amazon Managed Grafana gives to a workspace.
    #[must_use]
    pub fn is_managed_workspace(&self) -> bool {
        let labels: Vec<_> = self.0.host_str().unwrap_or_default().split('.').collect();
        matches!(labels[..], [id, "grafana-workspace", _, "amazonaws", _, ..] if id.starts_with("g-"))
    }
}

impl FromStr for RootUrl {
    type Err = InvalidRootUrl;

    /// Reads a root URL; white space around it is ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |why: &str| InvalidRootUrl(why.to_owned());
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if !text.contains("://") {
            return Err(wrong("does not begin with `https://` or `http://`"));
        }
        let mut url =
            Url::parse(text).map_err(|error| wrong(&format!("is not a URL ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            let scheme = url.scheme();
            return Err(wrong(&format!("begins with `{scheme}://`, not `https://` or `http://`")));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("has a user or password in it, which belong in `auth`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has a `?` or `#` part"));
        }
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl fmt::Display for RootUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// Whether two texts are the same root URL. Texts that are not root URLs are compared as they are.
#[must_use]
pub fn same_root_url(one: &str, other: &str) -> bool {
    match (one.parse::<RootUrl>(), other.parse::<RootUrl>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one.trim() == other.trim(),
    }
}

/// A text that may be a root URL, to be shown: without a user and a password in it. Of what is no URL with a
/// host, all before the last `@` but the scheme is left out.
#[must_use]
pub fn without_userinfo(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() && url.username().is_empty() && url.password().is_none() => {
            text.to_owned()
        }
        Ok(mut url) if url.has_host() => {
            // Neither can fail for a URL with a host.
            let _ = (url.set_username(""), url.set_password(None));
            url.into()
        }
        _ => {
            let Some((before, host)) = text.rsplit_once('@') else { return text.to_owned() };
            match before.split_once("://") {
                Some((scheme, _)) => format!("{scheme}://{host}"),
                None => host.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_as_a_root() {
        for (text, root) in [
            ("http://localhost:3000", "http://localhost:3000/"),
            (" https://host/grafana ", "https://host/grafana/"),
            ("HTTPS://Host/a%20b//", "https://host/a%20b/"),
        ] {
            assert_eq!(text.parse::<RootUrl>().unwrap().to_string(), root);
        }
    }

    #[test]
    fn the_address_of_a_managed_workspace_is_recognised() {
        let is_managed = |text: &str| text.parse::<RootUrl>().unwrap().is_managed_workspace();
        assert!(is_managed("https://g-0123456789.grafana-workspace.eu-central-1.amazonaws.com"));
        assert!(is_managed("https://g-0123456789.grafana-workspace.cn-north-1.amazonaws.com.cn/"));
        for other in [
            "https://grafana-workspace.example.com/g-0.grafana-workspace.",
            "http://g-0.grafana-workspace.svc.cluster.local:3000",
            "https://grafana.grafana-workspace.eu-central-1.amazonaws.com",
        ] {
            assert!(!is_managed(other), "{other}");
        }
    }

    #[test]
    fn wrong_ones_are_told_apart_without_quoting_them() {
        for (text, part) in [
            ("", "is empty"),
            ("grafana.example.com", "does not begin with"),
            ("localhost:3000", "does not begin with"),
            ("ftp://host", "begins with `ftp://`"),
            ("https://", "is not a URL"),
            ("https://admin:hunter2@host/", "belong in `auth`"),
            ("https://host/?orgId=1", "has a `?`"),
        ] {
            let error = text.parse::<RootUrl>().unwrap_err().to_string();
            assert!(error.contains(part) && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn they_are_shown_without_a_password() {
        assert_eq!(without_userinfo("https://a:hunter2@host/x"), "https://host/x");
        assert_eq!(without_userinfo("https://Host"), "https://Host");
        assert_eq!(without_userinfo("none"), "none");
        for text in [
            "https://a:hunter2@host\u{a0}",
            "https://a:hunter2@ho st/x",
            "https://a:hunter2@host:99999/",
            "https://a:hunter2@",
            "admin:hunter2@host",
            "a:hunter2@host://x",
        ] {
            assert!(!without_userinfo(text).contains("hunter2"), "{text}");
        }
        assert_eq!(without_userinfo("https://a:hunter2@ho st/x"), "https://ho st/x");
    }

    #[test]
    fn they_are_compared_as_addresses() {
        for (one, other, same) in [
            ("https://play.grafana.org/", "HTTPS://Play.Grafana.org", true),
            ("https://a:443/x/", "https://a/x", true),
            ("http://a:80", "http://a/", true),
            ("http://a", "https://a", false),
            ("https://a/x", "https://a/X", false),
            ("https://a:3000/", "https://a/", false),
            ("none", "none ", true),
            ("none", "https://none", false),
        ] {
            assert_eq!(same_root_url(one, other), same, "{one} {other}");
        }
    }
}

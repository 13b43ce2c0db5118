//! How users name a workspace.

use std::fmt;
use std::str::FromStr;

/// Id of a workspace: `g-` and ten hexadecimal digits, such as `g-0123456789`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceId(String);

tfplugin::text_type!(WorkspaceId);

impl WorkspaceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WorkspaceId {
    type Err = String;

    fn from_str(id: &str) -> Result<Self, String> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match id.strip_prefix("g-") {
            Some(digits) if digits.len() == 10 && digits.bytes().all(is_hex) => {
                Ok(WorkspaceId(id.to_owned()))
            }
            _ => Err(format!(
                "Expected a workspace ID, which is `g-` and ten digits of 0 to 9 and a to f such as \
                 `g-0123456789`, but got {id:?}."
            )),
        }
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A workspace and perhaps its region, as an import names them: `g-0123456789` or
/// `g-0123456789@eu-central-1`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WorkspaceAddress {
    pub(crate) id: WorkspaceId,
    /// That of the provider if absent.
    pub(crate) region: Option<String>,
}

impl FromStr for WorkspaceAddress {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, String> {
        let (id, region) = match address.split_once('@') {
            Some((id, region)) => (id, Some(region.to_owned())),
            None => (address, None),
        };
        let id = id.parse::<WorkspaceId>();
        let id =
            id.map_err(|why| format!("{why} A region may follow: `g-0123456789@eu-central-1`."))?;
        Ok(Self { id, region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_may_follow_the_id() {
        let id: WorkspaceId = "g-0123456789".parse().unwrap();
        let alone = WorkspaceAddress { id: id.clone(), region: None };
        assert_eq!("g-0123456789".parse(), Ok(alone));
        let elsewhere = WorkspaceAddress { id, region: Some("eu-west-1".to_owned()) };
        assert_eq!("g-0123456789@eu-west-1".parse(), Ok(elsewhere));
        for wrong in ["metrics", "g-012345678", "g-012345678G", "", "@eu-west-1"] {
            assert!(
                wrong.parse::<WorkspaceAddress>().unwrap_err().contains("g-0123456789@"),
                "{wrong}"
            );
        }
    }
}

//! Terraform's CLI configuration, which says where providers come from.

use std::path::{Path, PathBuf};

use crate::{error::Error, provider::ProviderUnderTest};

/// Where the providers' programs are laid out, and how Terraform is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Installation {
    /// `dev_overrides`: no `init` is needed, and versions do not matter.
    Overrides,
    /// `filesystem_mirror`: `init` installs from it and writes a lock file.
    Mirror,
}

/// Lays the providers out below `directory` and returns the text of the CLI configuration.
pub(crate) fn lay_out(
    installation: Installation,
    providers: &[ProviderUnderTest],
    directory: &Path,
    opentofu: bool,
) -> Result<String, Error> {
    match installation {
        Installation::Overrides => {
            let mut overrides = Vec::new();
            for (number, provider) in providers.iter().enumerate() {
                overrides.extend(
                    provider.lay_out_override(&directory.join(number.to_string()), opentofu)?,
                );
            }
            Ok(overrides_config(&overrides))
        }
        Installation::Mirror => {
            let mut addresses = Vec::new();
            for provider in providers {
                addresses.extend(provider.lay_out_mirror(directory, opentofu)?);
            }
            Ok(mirror_config(directory, &addresses))
        }
    }
}

fn overrides_config(overrides: &[(String, PathBuf)]) -> String {
    let entry = |(address, directory): &(String, PathBuf)| {
        format!("    {} = {}\n", quoted(address), quoted(&directory.to_string_lossy()))
    };
    let entries: String = overrides.iter().map(entry).collect();
    format!("provider_installation {{\n  dev_overrides {{\n{entries}  }}\n  direct {{}}\n}}\n")
}

fn mirror_config(directory: &Path, addresses: &[String]) -> String {
    let list = addresses.iter().map(|address| quoted(address)).collect::<Vec<_>>().join(", ");
    let path = quoted(&directory.to_string_lossy());
    format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n    include = [{list}]\n  }}\n  \
         direct {{\n    exclude = [{list}]\n  }}\n}}\n"
    )
}

/// A string of the configuration's language; its escapes are those of JSON, and it has no templates.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_name_a_directory_for_each_address() {
        let overrides =
            [("a.io/b/c".to_owned(), PathBuf::from(r"C:\x")), ("d.io/e/f".to_owned(), "/y".into())];
        assert_eq!(
            overrides_config(&overrides),
            "provider_installation {\n  dev_overrides {\n    \"a.io/b/c\" = \"C:\\\\x\"\n    \"d.io/e/f\" = \"/y\"\n  \
             }\n  direct {}\n}\n"
        );
    }

    #[test]
    fn a_mirrored_provider_comes_from_nowhere_else() {
        let config = mirror_config(Path::new("/m"), &["a.io/b/c".to_owned()]);
        assert!(config.contains("path = \"/m\"\n    include = [\"a.io/b/c\"]"), "{config}");
        assert!(config.contains("direct {\n    exclude = [\"a.io/b/c\"]"), "{config}");
    }
}

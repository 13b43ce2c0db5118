//! The examples of a type, in the registry's layout: `examples/KIND/NAME/…`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;

/// What stands in one directory of `examples/`.
#[derive(Default, Serialize)]
pub struct Examples {
    /// The configurations, the main one first.
    pub usage: Vec<String>,
    /// What Terraform says when it plans the main one; a test writes it.
    pub plan: Option<String>,
    /// An `import` block with an `id`.
    pub import_by_id: Option<String>,
    /// An `import` block with an `identity`.
    pub import_by_identity: Option<String>,
    /// The `terraform import` command.
    pub import_command: Option<String>,
}

/// The examples in `directory`, whose main file is `main`.
///
/// # Errors
/// If there is no main file, or one cannot be read.
pub fn of(directory: &Path, main: &str) -> Result<Examples> {
    let optional = |name: &str| match directory.join(name) {
        path if path.exists() => read(&path).map(Some),
        _ => Ok(None),
    };
    let Some(first) = optional(main)? else {
        bail!("{} is missing: every type has an example", directory.join(main).display());
    };
    let mut usage = vec![first];
    for path in further(directory, main)? {
        usage.push(read(&path)?);
    }
    Ok(Examples {
        usage,
        plan: optional("plan.txt")?,
        import_by_id: optional("import.tf")?,
        import_by_identity: optional("import-by-identity.tf")?,
        import_command: optional("import.sh")?,
    })
}

/// `resource-….tf` beside `resource.tf`, and so on.
fn further(directory: &Path, main: &str) -> Result<Vec<PathBuf>> {
    let stem = main.split('.').next().unwrap_or(main);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(&format!("{stem}-")) && name.ends_with(".tf") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text.trim_end().to_owned())
}

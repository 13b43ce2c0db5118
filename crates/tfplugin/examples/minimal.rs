//! A whole provider in one file: files in a directory, and a function.
//!
//! ```terraform
//! provider "minimal" {
//!   directory = "/tmp/notes"
//! }
//!
//! resource "minimal_file" "greeting" {
//!   name    = "greeting.txt"
//!   content = "Hello, world!"
//! }
//!
//! output "words" {
//!   value = provider::minimal::count_words(minimal_file.greeting.content)
//! }
//! ```
//!
//! To try it: `cargo build -p tfplugin --example minimal`, copy `target/debug/examples/minimal` to
//! `terraform-provider-minimal` in a directory of its own, and name that directory in `dev_overrides`
//! of Terraform's CLI configuration, for `example/minimal`.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tfplugin::function::{Function, FunctionError};
use tfplugin::{
    At, Context, Diagnostic, Done, ImportTarget, IntoDiagnostic, NoIdentity, Offers, Outcome,
    Parameters, Provider, Resource, Run, Schema, Update, Value, async_trait, path,
};

/// Files in one directory.
// The struct is the schema: this comment and those of the fields are the documentation.
#[derive(Schema)]
#[provider]
struct Config {
    /// The directory, which must exist.
    #[attr(required)]
    directory: Value<String>,
}

/// A file.
#[derive(Schema)]
#[resource("minimal_file")]
struct File {
    /// The file's name, which is what it is imported by.
    // The provider sets it, and it stays what it is when something else changes.
    #[attr(computed, use_state_for_unknown)]
    id: Value<String>,
    /// Its name in the provider's directory; another name is another file.
    #[attr(required, replace, length(1..=255), validate = plain_name)]
    name: Value<String>,
    /// What is in it.
    #[attr(required)]
    content: Value<String>,
    /// Its length in bytes.
    // Not `keep`: shown as "known after apply" whenever something changes.
    #[attr(computed)]
    bytes: Value<i64>,
}

/// A rule of our own: it is checked before anything is planned, and its error points at the attribute.
fn plain_name(name: &String) -> Result<(), String> {
    match Path::new(name).file_name() {
        Some(plain) if plain == name.as_str() => Ok(()),
        _ => Err(format!("Expected a name without directories, but got {name:?}.")),
    }
}

/// What the resource works with: made from what `configure` made, below.
struct Files {
    directory: PathBuf,
}

/// What went wrong with a file. Errors of clients get words for people once, here, and `?` does the rest.
struct FileError(PathBuf, io::Error);

impl IntoDiagnostic for FileError {
    fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::error("No access to the file", format!("{}: {}.", self.0.display(), self.1))
    }
}

impl Files {
    fn path(&self, file: &File) -> PathBuf {
        self.directory.join(file.name.known().map_or("", String::as_str))
    }

    fn write(&self, file: File) -> Result<File, FileError> {
        let path = self.path(&file);
        let content = file.content.known().map_or("", String::as_str);
        std::fs::write(&path, content).map_err(|error| FileError(path, error))?;
        let bytes = Value::Known(content.len() as i64);
        Ok(File { id: file.name.clone(), bytes, ..file })
    }
}

#[async_trait]
impl Resource for Files {
    type Model = File;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: File, _: &Context) -> Outcome<File> {
        Ok(self.write(plan).at(path!(name))?.into())
    }

    async fn read(&self, state: File, _: &Context) -> Outcome<Option<File>> {
        let path = self.path(&state);
        match std::fs::read_to_string(&path) {
            // `None` means that it is gone: Terraform plans to create it again.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Done::new(None)),
            // Failing to find out is an error, and the state stays as it was.
            Err(error) => Err(FileError(path, error))?,
            Ok(content) => {
                let bytes = Value::Known(content.len() as i64);
                Ok(Done::new(Some(File { content: content.into(), bytes, ..state })))
            }
        }
    }

    async fn delete(&self, state: File, _: &Context) -> Outcome<()> {
        let path = self.path(&state);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError(path, error))?,
            _ => Ok(Done::new(())),
        }
    }

    /// `terraform import minimal_file.greeting greeting.txt`; `read` completes it.
    async fn import(&self, target: ImportTarget<NoIdentity>, _: &Context) -> Outcome<File> {
        let ImportTarget::Id(name) = target;
        let (id, name) = (name.clone().into(), name.into());
        Ok(File { id, name, content: Value::Null, bytes: Value::Null }.into())
    }
}

#[async_trait]
impl Update for Files {
    async fn update(&self, _prior: File, plan: File, _: &Context) -> Outcome<File> {
        Ok(self.write(plan)?.into())
    }
}

/// Counts the words in a text.
#[derive(Parameters)]
#[function("count_words")]
struct CountWords {
    /// The text.
    text: String,
}

struct WordCounter;

impl Function for WordCounter {
    type Parameters = CountWords;
    type Return = i64;

    fn call(&self, CountWords { text }: CountWords) -> Result<i64, FunctionError> {
        Ok(text.split_whitespace().count() as i64)
    }
}

/// The provider: what it is called, what it offers, and what its configuration makes.
struct Minimal;

#[async_trait]
impl Provider for Minimal {
    type Config = Config;
    type Configured = PathBuf;

    fn address(&self) -> &str {
        "registry.terraform.io/example/minimal"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn offers(&self) -> Offers<PathBuf> {
        Offers::new()
            .resource(|directory: &PathBuf| Files { directory: directory.clone() })
            .function(WordCounter)
    }

    async fn configure(&self, config: Config, _: &Run) -> Outcome<PathBuf> {
        // While Terraform plans, the directory may not be known yet: only what needs it will complain.
        let directory = PathBuf::from(config.directory.into_known().unwrap_or_default());
        if !directory.as_os_str().is_empty() && !directory.is_dir() {
            let detail = format!("{} is not a directory.", directory.display());
            Err(Diagnostic::error("No such directory", detail).at(path!(directory)))?;
        }
        Ok(directory.into())
    }
}

fn main() -> ExitCode {
    tfplugin::serve(Minimal, &["minimal"])
}

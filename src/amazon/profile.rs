//! The shared config and credentials files, checked before the SDK reads them: it passes over
//! files that it cannot read and profiles that do not exist.

use std::io;
use std::path::PathBuf;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_runtime::fs_util;
use aws_types::os_shim_internal::{Env, Fs};

use super::error::{Error, ErrorKind};
use super::retry::causes;
use super::settings::{Settings, given};

const DEFAULT: &str = "default";

/// The two files: variable that names it, where it is otherwise.
const FILES: [(&str, &str); 2] =
    [("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")];

/// Fails with [`ErrorKind::Profile`] if a file is there and cannot be read or parsed, or if the
/// profile asked for does not exist. Settings that need no profile are not checked.
pub(super) async fn check(settings: &Settings) -> Result<(), Error> {
    if settings.access_key().is_some() && settings.profile().is_none() {
        return Ok(());
    }
    for (variable, default) in FILES {
        readable(variable, default).await?;
    }
    let environment = std::env::var("AWS_PROFILE").ok();
    let (asked, by) = match (settings.profile(), given(environment.as_deref())) {
        (Some(profile), _) => (profile, "`profile` in the provider's `aws`"),
        (None, Some(profile)) => (profile, "the environment variable AWS_PROFILE"),
        (None, None) => (DEFAULT, "default"),
    };
    let profiles = parse(asked).await?;
    if asked == DEFAULT || profiles.get_profile(asked).is_some() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Profile, unknown(asked, by, &profiles)))
}

async fn parse(profile: &str) -> Result<ProfileSet, Error> {
    let files = EnvConfigFiles::default();
    let profile = profile.to_owned().into();
    aws_config::profile::load(&Fs::real(), &Env::real(), &files, Some(profile)).await.map_err(
        |error| {
            let reasons: Vec<String> = causes(&error).map(ToString::to_string).collect();
            let reasons = reasons.join(": ").replace('\n', " ");
            let message = format!("The AWS config files cannot be understood: {reasons}.");
            Error::new(ErrorKind::Profile, message)
        },
    )
}

async fn readable(variable: &str, default: &str) -> Result<(), Error> {
    let named = std::env::var(variable).ok();
    let Some(path) = expanded(given(named.as_deref()).unwrap_or(default)) else {
        return Ok(());
    };
    match tokio::fs::read_to_string(&path).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            let message = format!(
                "The AWS config file {} cannot be read: {error}. \
                 The environment variable {variable} can name another one.",
                path.display()
            );
            Err(Error::new(ErrorKind::Profile, message))
        }
    }
}

fn expanded(path: &str) -> Option<PathBuf> {
    match path.strip_prefix("~/") {
        Some(rest) => {
            let home = fs_util::home_dir(&Env::real(), fs_util::Os::real())?;
            Some(PathBuf::from(home).join(rest))
        }
        None => Some(PathBuf::from(path)),
    }
}

fn unknown(asked: &str, by: &str, profiles: &ProfileSet) -> String {
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = match known.as_slice() {
        [] => "there are none".to_owned(),
        known => format!("there are {}", known.join(", ")),
    };
    format!(
        "The AWS profile `{asked}`, asked for by {by}, is in neither the shared config file \
         nor the shared credentials file; {known}."
    )
}

//! Which region calls go to.

use std::fmt;
use std::str::FromStr;

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;

use super::connections::instance_metadata;
use super::error::{Error, ErrorKind};
use super::profile::Profiles;
use super::settings::{Settings, given};

/// The region of calls that name none: the provider's, the environment's, the profile's, then the
/// one of the machine.
pub(super) async fn default(settings: &Settings) -> Result<Region, Error> {
    let profiles = Profiles::load(settings).await?;
    if let Some(region) = configured(settings, &profiles).await? {
        return Ok(region);
    }
    let metadata =
        ImdsRegionProvider::builder().imds_client(instance_metadata(&settings.redactor)).build();
    match metadata.region().await {
        Some(region) => region.as_ref().parse(),
        None => Err(Error::new(ErrorKind::Region, missing(settings))),
    }
}

/// The region that settings, environment or profile name, without asking the machine.
pub(super) async fn configured(
    settings: &Settings,
    profiles: &Profiles,
) -> Result<Option<Region>, Error> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let environment = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    if let Some(region) = settings.region().or(environment.as_deref()) {
        return region.parse().map(Some);
    }
    let mut in_profile = ProfileFileRegionProvider::builder().profile_files(profiles.files.clone());
    if let Some(profile) = settings.profile() {
        in_profile = in_profile.profile_name(profile);
    }
    let region = in_profile.build().region().await;
    region.map(|region| region.as_ref().parse()).transpose()
}

/// An AWS region, such as `eu-central-1`: a name that can be part of a host name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(String);

impl FromStr for Region {
    type Err = Error;

    /// Fails with [`ErrorKind::Region`] for a name that cannot be one.
    fn from_str(name: &str) -> Result<Self, Error> {
        let parts: Vec<&str> = name.split('-').collect();
        let is_word = |part: &&str| {
            let mut bytes = part.bytes();
            !part.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let ends_in_number = parts.last().is_some_and(is_number);
        let is_region = (3..=6).contains(&parts.len())
            && parts.iter().all(is_word)
            && ends_in_number
            && name.len() < 64;
        if is_region {
            return Ok(Region(name.to_owned()));
        }
        let message = match name.strip_suffix(|last: char| last.is_ascii_lowercase()) {
            Some(region) if region.parse::<Region>().is_ok() => format!(
                "`{name}` is an availability zone, not an AWS region; its region is `{region}`."
            ),
            _ => format!("`{name}` is not an AWS region. A region is named like `eu-central-1`."),
        };
        Err(Error::new(ErrorKind::Region, message))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Region> for aws_config::Region {
    fn from(region: &Region) -> Self {
        aws_config::Region::new(region.0.clone())
    }
}

/// Checks that `name` can be a region. An empty one counts as absent.
///
/// Fails with [`ErrorKind::Region`].
pub fn is_region(name: &str) -> Result<(), Error> {
    given(Some(name)).map_or(Ok(()), |name| name.parse::<Region>().map(drop))
}

fn missing(settings: &Settings) -> String {
    let profile = match settings.profile() {
        Some(profile) => format!("the profile `{profile}`"),
        None => "the profile".to_owned(),
    };
    format!(
        "No AWS region is known. Set `region` of the resource or in the provider's `aws`, \
         the environment variable AWS_REGION, or `region` in {profile}. \
         Instance metadata gave none either."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_every_partition_are_accepted() {
        for name in [
            "eu-central-1",
            "us-gov-west-1",
            "cn-north-1",
            "us-iso-east-1",
            "eusc-de-east-1",
            "ap-southeast-7",
            "mx-central-1",
        ] {
            assert_eq!(name.parse::<Region>().expect(name).to_string(), name);
        }
    }

    #[test]
    fn what_cannot_be_a_region_is_refused() {
        for name in [
            "Frankfurt",
            "eu_central_1",
            "EU-CENTRAL-1",
            "eu-central",
            "eu-central-1.evil.example",
            "a--1",
            "eu-central-1 ",
        ] {
            let error = name.parse::<Region>().expect_err(name);
            assert_eq!(error.kind(), &ErrorKind::Region, "{name}");
            assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
        }
    }

    #[test]
    fn an_attribute_may_be_empty() {
        assert!(is_region("eu-central-1").is_ok() && is_region("").is_ok());
        assert!(is_region("Frankfurt").is_err());
    }

    #[test]
    fn for_an_availability_zone_its_region_is_named() {
        let error = "eu-central-1b".parse::<Region>().expect_err("a zone");
        assert!(error.to_string().contains("its region is `eu-central-1`"), "{error}");
    }
}

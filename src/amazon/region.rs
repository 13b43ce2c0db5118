//! Which region calls go to.

use aws_config::Region;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;

use super::error::{Error, ErrorKind};
use super::settings::{Settings, given};
use super::{credentials, profile, sign_in};

/// The region of calls that name none: the provider's, the environment's, the profile's, then the
/// one of the machine.
pub(super) async fn default(settings: &Settings) -> Result<Region, Error> {
    if let Some(region) = configured(settings).await? {
        return Ok(region);
    }
    let metadata =
        ImdsRegionProvider::builder().imds_client(credentials::instance_metadata()).build();
    match metadata.region().await {
        Some(region) => checked(region.as_ref()),
        None => Err(Error::new(ErrorKind::Region, missing(settings))),
    }
}

/// The region that settings, environment or profile name, without asking the machine.
pub(super) async fn configured(settings: &Settings) -> Result<Option<Region>, Error> {
    profile::check(settings).await?;
    let environment = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if let Some(region) = settings.region().or(given(environment.as_deref())) {
        return checked(region).map(Some);
    }
    let mut in_profile =
        ProfileFileRegionProvider::builder().configure(&sign_in::provider_config());
    if let Some(profile) = settings.profile() {
        in_profile = in_profile.profile_name(profile);
    }
    let region = in_profile.build().region().await;
    region.map(|region| checked(region.as_ref())).transpose()
}

/// `name` as a region, if it can be one: it becomes part of a host name.
pub(super) fn checked(name: &str) -> Result<Region, Error> {
    let parts: Vec<&str> = name.split('-').collect();
    let is_word = |part: &&str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let numbered = parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if (3..=6).contains(&parts.len()) && parts.iter().all(is_word) && numbered && name.len() < 64 {
        return Ok(Region::new(name.to_owned()));
    }
    let hint = match name.strip_suffix(|last: char| last.is_ascii_lowercase()) {
        Some(region) if checked(region).is_ok() => {
            format!(" That is an availability zone; its region is `{region}`.")
        }
        _ => " A region is named like `eu-central-1`.".to_owned(),
    };
    Err(Error::new(ErrorKind::Region, format!("`{name}` is not an AWS region.{hint}")))
}

/// Checks that `name` can be a region. An empty one counts as absent.
#[expect(clippy::ptr_arg, reason = "a validator takes what the attribute holds")]
pub fn is_region(name: &String) -> Result<(), String> {
    match given(Some(name)).map(checked) {
        Some(Err(error)) => Err(error.message().to_owned()),
        _ => Ok(()),
    }
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
        let regions = [
            "eu-central-1",
            "us-gov-west-1",
            "cn-north-1",
            "us-iso-east-1",
            "eusc-de-east-1",
            "ap-southeast-7",
            "mx-central-1",
        ];
        for region in regions {
            assert_eq!(
                checked(region).ok().map(|region| region.to_string()),
                Some(region.to_owned())
            );
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
            let error = checked(name).expect_err(name);
            assert_eq!(error.kind(), &ErrorKind::Region, "{name}");
            assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
        }
    }

    #[test]
    fn an_attribute_is_judged_alike_and_may_be_empty() {
        let judge = |name: &str| is_region(&name.to_owned());
        assert_eq!((judge("eu-central-1"), judge("")), (Ok(()), Ok(())));
        assert!(judge("Frankfurt").expect_err("no region").contains("`Frankfurt`"));
    }

    #[test]
    fn an_availability_zone_is_told_its_region() {
        let error = checked("eu-central-1b").expect_err("a zone");
        assert!(error.to_string().contains("its region is `eu-central-1`"), "{error}");
    }
}

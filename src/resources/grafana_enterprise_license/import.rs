//! Taking over a license that is there.

use tfplugin::{Context, Diagnostic, path};

use super::instance::LicensedInstance;
use super::observation::{Answers, Observation, look};
use super::token::Remembered;
use super::{EnterpriseLicense, EnterpriseLicenses, is_root_url};
use crate::claims::ClaimAttributes;
use crate::grafana::same_root_url;
use crate::resources::holders;

impl EnterpriseLicenses {
    pub(super) async fn import_license(
        &self,
        url: String,
        cx: &Context<Remembered>,
    ) -> Result<EnterpriseLicense, Diagnostic> {
        let url = url.trim().to_owned();
        is_root_url(&url).map_err(|why| {
            Diagnostic::error("Import by the instance's URL", why).at(path!(instance))
        })?;
        let reached = LicensedInstance::connect_in_time(&self.grafana, cx).await?;
        holders::mark(cx);
        let app_url = &reached.instance.app_url;
        if !same_root_url(&url, app_url) {
            let detail = format!(
                "The license of {url} is to be imported, but the instance that the provider is configured for has the root URL {app_url}. \
                 Import {app_url}, or point the provider's `url` at the other instance."
            );
            return Err(Diagnostic::error("Another instance answers", detail).at(path!(instance)));
        }
        let observation = match look(&reached.licensing, cx).await? {
            Answers::Agree(observation) if observation.claims.is_some() => observation,
            Answers::Agree(_) => return Err(nothing_to_import(app_url)),
            Answers::Differ(tally) => {
                let detail = format!(
                    "Answers about the license of {app_url} differ: {tally}. Import it when every node of the instance shows the same."
                );
                return Err(Diagnostic::error("The license is not clear", detail));
            }
        };
        Ok(imported(url, &observation, cx))
    }
}

fn nothing_to_import(app_url: &str) -> Diagnostic {
    let detail = format!(
        "{app_url} has no license. To install one, leave the import out and give its token."
    );
    Diagnostic::error("Nothing to import", detail)
}

/// The state of a license that is there, of the instance at that URL.
pub(crate) fn state_of(url: String, observation: &Observation) -> EnterpriseLicense {
    let mut state = EnterpriseLicense {
        id: url.clone().into(),
        instance: url.into(),
        valid: observation.valid.into(),
        ..EnterpriseLicense::default()
    };
    if let Some(claims) = &observation.claims {
        state.show(claims);
        state.status = claims.status.into();
    }
    state
}

fn imported(url: String, observation: &Observation, cx: &Context<Remembered>) -> EnterpriseLicense {
    if let Some(claims) = &observation.claims {
        Remembered::license(cx, claims);
    }
    state_of(url, observation)
}

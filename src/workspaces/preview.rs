//! What a plan can know of a workspace that is to get a license.

use tfplugin::{Diagnostic, IntoDiagnostic, Limits, Value, path};

use super::{Workspaces, diagnostics};
use crate::amazon::{Error, Region, Workspace};
use crate::slots::Holding;

/// Where a planned license goes.
pub(crate) struct PlannedPlace<'a> {
    /// Id of the workspace; empty while it is unknown.
    pub(crate) id: &'a str,
    /// As configured: that of the provider if null.
    pub(crate) region: &'a Value<String>,
    /// Id and region before: none for a create and for the second half of a replacement.
    pub(crate) prior: Option<(&'a str, &'a Value<String>)>,
}

impl Workspaces {
    /// Registers a planned license in its slot; warnings for a reviewer as of [`Workspaces::preview`].
    pub(crate) async fn plan(
        &self,
        place: &PlannedPlace<'_>,
        holding: &mut Holding,
        limits: &Limits,
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let PlannedPlace { id, region, prior } = *place;
        let mut warnings = Vec::new();
        match prior {
            None if id.is_empty() => {}
            None => {
                if self.slot(id).plan_creation(id, holding).removal {
                    warnings.push(diagnostics::order_is_open(id));
                }
            }
            Some((prior_id, _)) if prior_id != id => {
                self.slot(prior_id).plan_removal(prior_id, holding);
            }
            Some((_, prior_region)) => {
                self.slot(id).plan_to_stay(id, holding);
                if holding.must_reassert() {
                    warnings.push(diagnostics::reasserted(id));
                }
                if region.is_null() || prior_region.is_null() || region == prior_region {
                    return Ok(warnings);
                }
            }
        }
        // Of a replacement, Terraform shows only what is said of its first half.
        warnings.extend(self.preview(region, id, limits).await?);
        Ok(warnings)
    }

    /// Looks at the workspace that a planned license goes to. What a reviewer should know of it comes
    /// as warnings, once for each workspace: what the license costs, that it is there already, or why
    /// AWS could not be asked. The id is empty while it is unknown.
    ///
    /// # Errors
    /// When there is no such workspace, or it takes no license: a replacement would remove the present
    /// license first.
    async fn preview(
        &self,
        region: &Value<String>,
        id: &str,
        limits: &Limits,
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let place = format!("{id} {region:?}");
        if self.previewed().contains(&place) {
            return Ok(Vec::new());
        }
        let amazon = self.amazon.amazon().ok();
        let place_of = |workspace: &Workspace, region: &Region| {
            amazon.as_ref().map_or_else(
                || workspace.id.clone(),
                |amazon| diagnostics::place(workspace, region, amazon),
            )
        };
        let warnings = match self.describe_if_known(region, id, limits).await? {
            None => vec![diagnostics::costs(None)],
            Some(Ok((_, workspace))) if workspace.is_unusable() => {
                return Err(diagnostics::takes_no_license(&workspace).at(path!(workspace_id)));
            }
            Some(Ok((region, workspace))) if workspace.license_type.is_some() => {
                vec![diagnostics::adopted(&place_of(&workspace, &region))]
            }
            Some(Ok((region, workspace))) => {
                vec![diagnostics::costs(Some(place_of(&workspace, &region)))]
            }
            Some(Err(error)) if error.is_not_found() => {
                return Err(error.into_diagnostic().at(path!(workspace_id)));
            }
            Some(Err(error)) => {
                vec![diagnostics::not_previewed(id, &error), diagnostics::costs(None)]
            }
        };
        self.previewed().insert(place);
        let is_news = !self.slot(id).has_holder();
        Ok(if is_news { warnings } else { Vec::new() })
    }

    /// `None` while the region, the id or the provider's `aws` is unknown.
    async fn describe_if_known(
        &self,
        region: &Value<String>,
        id: &str,
        limits: &Limits,
    ) -> Result<Option<Result<(Region, Workspace), Error>>, Diagnostic> {
        let Ok(amazon) = self.amazon.amazon() else { return Ok(None) };
        if id.is_empty() || region.is_unknown() {
            return Ok(None);
        }
        let amazon = amazon.within(Some(limits.deadline()));
        let describing = async {
            let region = amazon.region(region.known().map(String::as_str)).await?;
            let workspace = amazon.describe_workspace(Some(&region), id).await?;
            Ok((region, workspace))
        };
        // Types of futures nest only so deep.
        limits.wait(Box::pin(describing)).await.map(Some).map_err(IntoDiagnostic::into_diagnostic)
    }
}

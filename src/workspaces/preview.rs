//! What a plan can know of a workspace that is to get a license.

use std::time::Duration;

use tfplugin::{Diagnostic, Interrupted, IntoDiagnostic, Limits, Value, path};

use super::{Workspaces, plan_diagnostics};
use crate::access::ahead;
use crate::amazon::{Error, LicenseType, Region, Workspace};
use crate::diagnostics::loss::not_creatable_again;
use crate::slots::Holding;

/// The license of one workspace in a state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PriorLicense<'a> {
    pub(crate) workspace_id: &'a str,
    pub(crate) name: Option<&'a str>,
    /// Null in a state that was moved here and not read yet.
    pub(crate) region: &'a Value<String>,
    pub(crate) license_type: &'a str,
}

/// A planned license.
pub(crate) struct PlannedLicense<'a> {
    /// Id of the workspace; empty while it is unknown.
    pub(crate) workspace_id: &'a str,
    /// As configured: that of the provider if null.
    pub(crate) region: &'a Value<String>,
    pub(crate) license_type: &'a str,
    /// None for a create and for the second half of a replacement.
    pub(crate) prior: Option<PriorLicense<'a>>,
}

impl PlannedLicense<'_> {
    /// The region in which the state has the workspace, if the plan looks for the same one in another.
    fn is_elsewhere(&self) -> Option<&str> {
        let prior = self.prior.filter(|prior| prior.workspace_id == self.workspace_id)?;
        let before = prior.region.known()?;
        (!self.region.is_null() && self.region != prior.region).then_some(before)
    }
}

/// What was found out for a plan.
#[derive(Default)]
pub(crate) struct Preview {
    /// That of the workspace, if it is known.
    pub(crate) region: Option<Region>,
    /// For a reviewer.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Workspaces {
    /// Registers a planned license in its slot, and looks at the workspace that it goes to. What a reviewer
    /// should know comes as warnings: what the license costs, that it is there already, what is removed
    /// in its place, or why AWS could not be asked.
    ///
    /// # Errors
    /// When there is no such workspace, or it takes no license: a replacement would remove the present
    /// license first. A warning where the license was lost with the workspace.
    pub(crate) async fn plan(
        &self,
        planned: &PlannedLicense<'_>,
        holding: &mut Holding,
        limits: &Limits,
    ) -> Result<Preview, Diagnostic> {
        let PlannedLicense { workspace_id: id, license_type, prior, .. } = *planned;
        let (mut warnings, mut loss) = (Vec::new(), false);
        // Of a replacement, Terraform shows only what is said of its first half.
        match prior {
            None if id.is_empty() => {}
            None => {
                let before = self.slot(id).plan_creation(id, holding);
                if before.removal {
                    warnings.push(plan_diagnostics::order_is_open(id));
                }
                loss = before.loss;
            }
            Some(prior) if prior.workspace_id != id => {
                warnings.extend(self.plan_removal(&prior, holding));
            }
            Some(prior) => {
                self.slot(id).plan_to_stay(id, holding);
                if holding.must_reassert() {
                    warnings.push(plan_diagnostics::reasserted(id));
                }
                if planned.is_elsewhere().is_none() && prior.license_type == license_type {
                    return Ok(Preview { warnings, ..Preview::default() });
                }
            }
        }
        match self.preview(planned, holding.known_mark(), limits).await {
            Ok(mut preview) => {
                warnings.append(&mut preview.warnings);
                Ok(Preview { warnings, ..preview })
            }
            Err(why) if loss => {
                warnings.push(not_creatable_again(why));
                Ok(Preview { warnings, ..Preview::default() })
            }
            Err(why) => Err(why),
        }
    }

    /// Registers a planned removal; what it stops as a warning, unless others have the license too.
    pub(crate) fn plan_removal(
        &self,
        prior: &PriorLicense<'_>,
        holding: &mut Holding,
    ) -> Option<Diagnostic> {
        let id = prior.workspace_id;
        let is_removed = self.slot(id).plan_removal(id, holding);
        let place = self.place(id, prior.name, prior.region.known());
        is_removed.then(|| plan_diagnostics::removes(&place))
    }

    /// The workspace as messages name it; the id is empty while it is unknown.
    fn place(&self, id: &str, name: Option<&str>, region: Option<&String>) -> String {
        let workspace = match id {
            "" => "the workspace".to_owned(),
            id => format!("workspace {id}"),
        };
        let amazon = self.amazon.amazon().ok();
        let name = name.zip(amazon).map(|(name, amazon)| format!(" ({})", amazon.quote(name)));
        let region = region.map(|region| format!(" in {region}"));
        [Some(workspace), name, region].into_iter().flatten().collect()
    }

    async fn preview(
        &self,
        planned: &PlannedLicense<'_>,
        mark: Option<&str>,
        limits: &Limits,
    ) -> Result<Preview, Diagnostic> {
        let PlannedLicense { workspace_id: id, license_type, prior, .. } = *planned;
        let (region, described) = self.describe(planned, limits).await?;
        let place = |name: Option<&str>| {
            self.place(id, name, region.as_ref().map(Region::to_string).as_ref())
        };
        let warnings = match described {
            None => vec![plan_diagnostics::costs(&place(None), None)],
            Some(Err(Unseen::Refused(error))) if error.is_not_found() => {
                return Err(error.into_diagnostic().at(path!(workspace_id)));
            }
            Some(Err(why)) => {
                if let Some(before) = planned.is_elsewhere() {
                    return Err(plan_diagnostics::region_not_checked(id, before, &why));
                }
                let unchecked = plan_diagnostics::not_previewed(id, prior.is_some(), &why);
                vec![unchecked, plan_diagnostics::costs(&place(None), None)]
            }
            Some(Ok(workspace)) if workspace.is_unusable() => {
                return Err(plan_diagnostics::takes_no_license(&workspace).at(path!(workspace_id)));
            }
            Some(Ok(workspace)) => {
                let place = place(workspace.name.as_deref());
                let warning = match &workspace.license_type {
                    Some(present) if present.as_str() == license_type => {
                        plan_diagnostics::adopted(&place)
                    }
                    present => {
                        let quote = |present: &LicenseType| {
                            let amazon = self.amazon.amazon().ok()?;
                            Some((&workspace, amazon.quote(present.as_str())))
                        };
                        plan_diagnostics::costs(&place, present.as_ref().and_then(quote))
                    }
                };
                vec![warning]
            }
        };
        // Others of this state have the license, and nothing is new.
        let is_known = prior.is_none_or(|prior| prior.workspace_id != id)
            && !id.is_empty()
            && self.slot(id).has_holder();
        let holder = prior.map(|_| mark.unwrap_or_default());
        let is_news = !is_known && self.told().is_news(id, holder);
        let warnings = if is_news { warnings } else { Vec::new() };
        Ok(Preview { region, warnings })
    }

    /// The region and the workspace, as far as they are known: neither while the provider's `aws` is unknown.
    async fn describe(
        &self,
        planned: &PlannedLicense<'_>,
        limits: &Limits,
    ) -> Result<(Option<Region>, Option<Result<Workspace, Unseen>>), Diagnostic> {
        let Ok(amazon) = self.amazon.amazon() else { return Ok((None, None)) };
        if planned.region.is_unknown() {
            return Ok((None, None));
        }
        // The apply removes the present license before it finds out about another workspace, or another region.
        let is_moved = planned.is_elsewhere().is_some()
            || planned.prior.is_some_and(|prior| prior.workspace_id != planned.workspace_id);
        let limits = if is_moved { limits.clone() } else { ahead(limits) };
        let amazon = amazon.within(Some(limits.deadline()));
        let mut region = None;
        let describing = async {
            let named = planned.region.known().map(String::as_str);
            let region = region.insert(amazon.region(named).await?);
            match planned.workspace_id {
                "" => Ok(None),
                id => amazon.describe_workspace(Some(region), id).await.map(Some),
            }
        };
        // Types of futures nest only so deep.
        let described = match limits.wait(Box::pin(describing)).await {
            Ok(described) => described.map_err(Unseen::Refused),
            Err(Interrupted::TimedOut(after)) => {
                Err(Unseen::OutOfTime { after, held_up: amazon.held_up() })
            }
            Err(stopped) => return Err(stopped.into_diagnostic()),
        };
        Ok((region, described.transpose()))
    }
}

/// Why a workspace was not seen.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unseen {
    #[error("{0}")]
    Refused(Error),
    #[error("A plan waits {after:?} for AWS.{}", held_up.iter().map(|why| format!(" {why}")).collect::<String>())]
    OutOfTime { after: Duration, held_up: Option<String> },
}

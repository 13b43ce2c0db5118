//! Putting a license on a workspace and taking it off, with the waits around both.
//!
//! AWS accepts and works afterwards, so everything here looks at the workspace first, calls, and
//! then looks until the workspace has settled.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tfplugin::{Interrupted, Limits};

use crate::amazon::{Amazon, Error, ErrorKind, Pauses, Region, Workspace, WorkspaceStatus};
use crate::http::CarriedOut;

/// What is to be done with one workspace.
pub(crate) struct Association<'a> {
    pub(crate) amazon: Amazon,
    pub(crate) region: Region,
    pub(crate) workspace_id: String,
    pub(crate) cx: &'a Limits,
}

/// When a license that is there already is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adopting {
    /// When it is seen.
    AtOnce,
    /// When it is seen twice. Another configuration of the provider is another process, and may be
    /// about to remove it: a rename from one alias to another begins both at the same time.
    AfterASecondLook,
}

/// How an association that AWS accepted ended.
pub(crate) enum Ended {
    /// The license is on the workspace.
    Done(Box<Workspace>),
    /// In a status that says so.
    Failed(Box<Workspace>),
    /// Not yet, as far as is known.
    Unfinished { last: Box<Workspace>, why: Trouble },
}

/// How a removal ended.
pub(crate) enum Removal {
    /// There is no license, or no workspace.
    Done,
    /// The license was removed, and somebody has put one there anew since.
    PutAnew,
    /// There is a license of another type, which is left alone.
    NotOurs(String),
    /// In a status that says so.
    Failed(Box<Workspace>),
    /// Not yet, as far as is known.
    Unfinished { last: Box<Workspace>, why: Trouble },
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// AWS refused it, or could not be asked.
    Aws(Error),
    /// The user or the clock ended it.
    Interrupted(Interrupted),
    /// The same, while the workspace was busy with another change.
    Busy(Box<Workspace>, Interrupted),
    /// The workspace is in a status in which AWS changes nothing.
    Unchangeable(Box<Workspace>),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Aws(error)
    }
}

impl From<Interrupted> for Trouble {
    fn from(interrupted: Interrupted) -> Self {
        Trouble::Interrupted(interrupted)
    }
}

impl Association<'_> {
    /// The workspace as it is now.
    pub(crate) async fn describe(&self) -> Result<Workspace, Error> {
        self.amazon.describe_workspace(Some(&self.region), &self.workspace_id).await
    }

    /// Puts the license on the workspace, unless it is there with that token.
    pub(crate) async fn associate(
        &self,
        license_type: &str,
        token: Option<&SecretString>,
        mut adopting: Adopting,
    ) -> Result<Ended, Trouble> {
        let mut pauses = Pauses::default();
        let is_begun = |now: &Workspace| is_begun(now, license_type, token);
        loop {
            let workspace = self.settled().await?;
            if is_in_place(&workspace, license_type, token) {
                let looks_again = adopting == Adopting::AfterASecondLook
                    && self.cx.sleep(SECOND_LOOK).await.is_ok();
                if !looks_again {
                    return Ok(Ended::Done(workspace.into()));
                }
                adopting = Adopting::AtOnce;
                continue;
            }
            let (region, id) = (Some(&self.region), self.workspace_id.as_str());
            let call = self.amazon.associate_license(region, id, license_type, token);
            let accepted = match self.unless_interrupted(call).await {
                Ok(Ok(accepted)) => accepted,
                Err(interrupted) => match self.last_look(is_begun).await {
                    Some(begun) => begun,
                    None => return Err(interrupted.into()),
                },
                Ok(Err(error)) => match self.after_refusal(error, is_begun, &mut pauses).await? {
                    Some(accepted) => accepted,
                    None => continue,
                },
            };
            let has_license =
                |now: &Workspace| now.is_ready() && license_type_of(now) == Some(license_type);
            return Ok(self.wait_until(accepted, has_license).await);
        }
    }

    /// Takes the license off the workspace, if it is there and of that type.
    pub(crate) async fn remove(&self, license_type: &str) -> Result<Removal, Trouble> {
        let mut pauses = Pauses::default();
        loop {
            let workspace = match self.settled().await {
                Err(Trouble::Aws(error)) if error.is_not_found() => return Ok(Removal::Done),
                Err(Trouble::Unchangeable(gone)) if gone.license_type.is_none() => {
                    return Ok(Removal::Done);
                }
                settled => settled?,
            };
            match license_type_of(&workspace) {
                None => return Ok(Removal::Done),
                Some(other) if other != license_type => {
                    return Ok(Removal::NotOurs(other.to_owned()));
                }
                Some(_) => {}
            }
            let (region, id) = (Some(&self.region), self.workspace_id.as_str());
            let call = self.amazon.disassociate_license(region, id, license_type);
            let accepted = match self.unless_interrupted(call).await? {
                Ok(accepted) => accepted,
                Err(error) => match self.after_refused_removal(error, &mut pauses).await? {
                    Some(accepted) => accepted,
                    None => continue,
                },
            };
            let mut was_busy = accepted.is_busy();
            let is_over = |now: &Workspace| {
                let is_ready = now.is_ready();
                let over = (is_ready && (now.license_type.is_none() || was_busy))
                    || now.status == WorkspaceStatus::Upgrading;
                was_busy |= now.is_busy();
                over
            };
            return Ok(match self.wait_until(accepted, is_over).await {
                Ended::Done(now) if now.license_type.is_none() && now.is_ready() => Removal::Done,
                Ended::Done(_) => Removal::PutAnew,
                Ended::Failed(workspace) => Removal::Failed(workspace),
                Ended::Unfinished { why: Trouble::Aws(error), .. } if error.is_not_found() => {
                    Removal::Done
                }
                Ended::Unfinished { last, why } => Removal::Unfinished { last, why },
            });
        }
    }

    /// The workspace, once nothing else is under way in it.
    async fn settled(&self) -> Result<Workspace, Trouble> {
        let mut pauses = Pauses::default();
        let mut busy: Option<Workspace> = None;
        loop {
            let looked = self.cx.wait(self.describe()).await;
            match looked.map_err(|ended| while_busy(busy.take(), ended))? {
                Ok(workspace) if workspace.is_busy() => {
                    tracing::info!(
                        status = %workspace.status,
                        "waiting for the workspace to settle"
                    );
                    busy = Some(workspace);
                    let slept = self.cx.sleep(pauses.next_pause()).await;
                    slept.map_err(|ended| while_busy(busy.take(), ended))?;
                }
                Ok(workspace) if workspace.is_unusable() => {
                    return Err(Trouble::Unchangeable(workspace.into()));
                }
                Ok(workspace) => return Ok(workspace),
                Err(error) => self.pause_if_throttled(error, &mut pauses).await?,
            }
        }
    }

    /// Looks until the workspace has settled and is as wanted, or says that it will not be.
    async fn wait_until(
        &self,
        accepted: Workspace,
        mut is_wanted: impl FnMut(&Workspace) -> bool,
    ) -> Ended {
        let mut pauses = Pauses::default();
        let mut last = accepted;
        loop {
            match self.look_again(&mut pauses).await {
                Ok(now) if is_wanted(&now) => return Ended::Done(now.into()),
                Ok(now) if now.has_failed() || now.is_unusable() => {
                    return Ended::Failed(now.into());
                }
                Ok(now) => {
                    tracing::info!(status = %now.status, "AWS is at work on the license");
                    last = now;
                }
                Err(Trouble::Aws(error)) if is_passing(&error) => {
                    tracing::warn!(%error, "the workspace cannot be described at present");
                    if let Err(why) = self.cx.sleep(error.retry_after().unwrap_or_default()).await {
                        return Ended::Unfinished { last: last.into(), why: why.into() };
                    }
                }
                Err(why) => return Ended::Unfinished { last: last.into(), why },
            }
        }
    }

    /// Makes a call that changes something. When the user or the clock ends it, it is not begun or
    /// repeated any more; one that is under way is given a moment to be answered.
    async fn unless_interrupted<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, Interrupted> {
        let mut call = std::pin::pin!(call);
        match self.cx.wait(&mut call).await {
            Ok(answer) => Ok(answer),
            Err(interrupted) => tokio::time::timeout(MOMENT, call).await.map_err(|_| interrupted),
        }
    }

    /// The workspace, if a license is on it or on its way, though there is no more time: what AWS has
    /// begun must not be forgotten.
    async fn last_look(&self, is_begun: impl Fn(&Workspace) -> bool) -> Option<Workspace> {
        let now = tokio::time::timeout(MOMENT, self.describe()).await.ok()?.ok()?;
        is_begun(&now).then_some(now)
    }

    async fn look_again(&self, pauses: &mut Pauses) -> Result<Workspace, Trouble> {
        self.cx.sleep(pauses.next_pause()).await?;
        Ok(self.cx.wait(self.describe()).await??)
    }

    /// What is to be done about a refused association: wait for it all the same, because it may
    /// have been carried out, or try again (`None`).
    async fn after_refusal(
        &self,
        error: Error,
        is_begun: impl Fn(&Workspace) -> bool,
        pauses: &mut Pauses,
    ) -> Result<Option<Workspace>, Trouble> {
        if error.carried_out() == CarriedOut::Maybe {
            let now = self.look_again(pauses).await;
            return match now {
                Ok(now) if is_begun(&now) => Ok(Some(now)),
                Err(Trouble::Interrupted(_)) => {
                    self.last_look(is_begun).await.map(Some).ok_or_else(|| error.into())
                }
                _ => Err(error.into()),
            };
        }
        self.again_if_busy(error, pauses).await.map(|()| None)
    }

    async fn after_refused_removal(
        &self,
        error: Error,
        pauses: &mut Pauses,
    ) -> Result<Option<Workspace>, Trouble> {
        match self.look_again(pauses).await {
            Ok(now) if now.license_type.is_none() => Ok(None),
            Err(Trouble::Aws(gone)) if gone.is_not_found() => Ok(None),
            Ok(now) if error.carried_out() == CarriedOut::Maybe && now.is_busy() => Ok(Some(now)),
            _ => self.again_if_busy(error, pauses).await.map(|()| None),
        }
    }

    /// Pauses if the call may succeed later: AWS throttles, or another change came in between.
    async fn again_if_busy(&self, error: Error, pauses: &mut Pauses) -> Result<(), Trouble> {
        let is_contended = matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Validation);
        if is_contended && !error.asks_for_grafana_token() {
            return match self.look_again(pauses).await {
                Ok(now) if now.is_busy() => Ok(()),
                _ => Err(error.into()),
            };
        }
        self.pause_if_throttled(error, pauses).await
    }

    /// Waits as long as AWS asks for, if it does.
    async fn pause_if_throttled(&self, error: Error, pauses: &mut Pauses) -> Result<(), Trouble> {
        let wait = error.retry_after().unwrap_or_default().max(pauses.next_pause());
        if *error.kind() != ErrorKind::Throttled || wait >= self.cx.timeout() {
            return Err(error.into());
        }
        self.cx.sleep(wait).await.map_err(|_| error.into())
    }
}

/// How long is waited for an answer after the user or the clock has ended the wait.
const MOMENT: Duration = Duration::from_secs(5);

/// How long after the first look the second is.
const SECOND_LOOK: Duration = Duration::from_secs(2);

fn license_type_of(workspace: &Workspace) -> Option<&str> {
    workspace.license_type.as_ref().map(|it| it.as_str())
}

fn is_in_place(workspace: &Workspace, license_type: &str, token: Option<&SecretString>) -> bool {
    workspace.is_ready() && has(workspace, license_type, token)
}

fn has(workspace: &Workspace, license_type: &str, token: Option<&SecretString>) -> bool {
    let reported = workspace.grafana_token.as_ref().map(ExposeSecret::expose_secret);
    let is_token = |token: &SecretString| reported == Some(token.expose_secret());
    license_type_of(workspace) == Some(license_type) && token.is_none_or(is_token)
}

/// Whether the license is on the workspace with that token, or on its way: a workspace that was settled
/// before is upgrading only because of the call.
fn is_begun(workspace: &Workspace, license_type: &str, token: Option<&SecretString>) -> bool {
    workspace.status == WorkspaceStatus::Upgrading || has(workspace, license_type, token)
}

/// Why a wait for a workspace ended, which was last seen busy if it was seen.
fn while_busy(last: Option<Workspace>, ended: Interrupted) -> Trouble {
    match last {
        Some(workspace) => Trouble::Busy(workspace.into(), ended),
        None => Trouble::Interrupted(ended),
    }
}

/// Whether looking again may succeed.
fn is_passing(error: &Error) -> bool {
    use ErrorKind::*;
    matches!(error.kind(), Throttled | Internal | Connection | NoAnswer | UnexpectedAnswer)
}

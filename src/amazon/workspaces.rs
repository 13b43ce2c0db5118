//! Reading of workspaces.

use super::{Amazon, Error, Workspace, WorkspaceSummary};

impl Amazon {
    /// [DescribeWorkspace](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DescribeWorkspace.html):
    /// the workspace with this id. [`ErrorKind::NotFound`](super::ErrorKind::NotFound) if there is
    /// none in the region.
    pub async fn describe_workspace(
        &self,
        region: Option<&str>,
        id: &str,
    ) -> Result<Workspace, Error> {
        let call = self.call("DescribeWorkspace", region).await?;
        let answer = call.client.describe_workspace().workspace_id(id).send().await;
        call.workspace(answer.map_err(|error| call.failed(error))?.workspace)
    }

    /// [ListWorkspaces](https://docs.aws.amazon.com/grafana/latest/APIReference/API_ListWorkspaces.html),
    /// every page: all workspaces of the account in the region.
    pub async fn list_workspaces(
        &self,
        region: Option<&str>,
    ) -> Result<Vec<WorkspaceSummary>, Error> {
        let call = self.call("ListWorkspaces", region).await?;
        let mut found = call.client.list_workspaces().into_paginator().items().send();
        let mut workspaces = Vec::new();
        while let Some(workspace) = found.next().await {
            workspaces.push(workspace.map_err(|error| call.failed(error))?.into());
        }
        Ok(workspaces)
    }
}

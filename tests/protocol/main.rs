//! What Terraform can ask, in process over the protocol, against simulated Grafana and AWS.

mod managed_workspace_license;

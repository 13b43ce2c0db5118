//! What is sent again, and when.

use std::time::Duration;

use simulator::amazon::{Failure, Operation, Options};
use simulator::faults::Fault;
use terraform_provider_grafana::amazon::ErrorKind;
use terraform_provider_grafana::http::CarriedOut;
use tokio::time::Instant;

use crate::{start, start_with};

#[tokio::test]
async fn retry_after_is_waited_for() {
    let (service, client) = start();
    service.fail_next(Operation::DescribeWorkspace, Failure::throttling().retry_after(2));
    client.describe_workspace(None, service.workspace_id()).await.unwrap();
    let sent = service.journal().entries();
    assert_eq!(sent.len(), 2);
    let waited = sent[1].time.duration_since(sent[0].time);
    assert!(waited.as_millis() >= 2000, "{waited}");
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let (service, client) = start();
    service.fail_next(Operation::DescribeWorkspace, Failure::throttling().retry_after(3600));
    let error = client.describe_workspace(None, service.workspace_id()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(error.message().contains("3600 seconds"), "{error}");
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_left_to_the_caller() {
    let (service, client) = start();
    let client = client.within(Some(Instant::now() + Duration::from_secs(10)));
    service.fail_next(Operation::DescribeWorkspace, Failure::throttling().retry_after(60));
    service.fail_next(Operation::ListWorkspaces, Failure::throttling().retry_after(60));
    let described = client.describe_workspace(None, service.workspace_id()).await.map(drop);
    let listed = client.list_workspaces(None).await.map(drop);
    for error in [described.unwrap_err(), listed.unwrap_err()] {
        assert_eq!(error.kind(), &ErrorKind::Throttled);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
        assert!(error.message().contains("60 seconds, which is longer than"), "{error}");
    }
    assert_eq!(service.calls().len(), 2);
}

#[tokio::test]
async fn a_throttled_creation_changes_nothing_and_is_sent_again() {
    let (service, client) = start_with(Options::default());
    let operation = Operation::CreateWorkspaceServiceAccount;
    service.fail_next(operation, Failure::throttling().retry_after(0));
    service.fail_next(operation, Failure::throttling());
    let id = service.workspace_id();
    client.create_service_account(None, id, "terraform", "Admin").await.unwrap();
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_throttled_change_of_a_license_is_left_to_the_caller() {
    let (service, client) = start();
    let id = service.workspace_id();
    let throttling = || Failure::throttling().retry_after(1);
    service.fail_next(Operation::AssociateLicense, throttling());
    service.fail_next(Operation::DisassociateLicense, throttling());
    let accepted = client.associate_license(None, id, "ENTERPRISE", None).await.map(drop);
    let removed = client.disassociate_license(None, id, "ENTERPRISE").await.map(drop);
    for error in [accepted.unwrap_err(), removed.unwrap_err()] {
        assert_eq!(error.kind(), &ErrorKind::Throttled);
        assert_eq!(error.carried_out(), CarriedOut::No);
    }
    assert_eq!(service.calls().len(), 2);
}

#[tokio::test]
async fn reads_outlive_a_failing_service() {
    let (service, client) = start();
    service.fail_next(Operation::DescribeWorkspace, Failure::internal());
    service.faults().push(Fault::on("GET", "/workspaces/*").skip(1).reset_before());
    service.faults().push(Fault::on("GET", "/workspaces").html(502));
    client.describe_workspace(None, service.workspace_id()).await.unwrap();
    client.list_workspaces(None).await.unwrap();
    assert_eq!(service.journal().entries().len(), 5);
}

#[tokio::test]
async fn a_failed_change_is_not_sent_again() {
    let (service, client) = start();
    let id = service.workspace_id();
    service.fail_next(Operation::AssociateLicense, Failure::internal());
    let error = client.associate_license(None, id, "ENTERPRISE", None).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Internal);
    assert_eq!(error.carried_out(), CarriedOut::Maybe);
    service.fail_next(Operation::DisassociateLicense, Failure::internal().retry_after(0));
    client.disassociate_license(None, id, "ENTERPRISE").await.unwrap_err();
    service.fail_next(Operation::CreateWorkspaceServiceAccount, Failure::internal());
    client.create_service_account(None, id, "terraform", "Admin").await.unwrap_err();
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_wrong_clock_is_corrected() {
    let (service, client) = start();
    service.link_account(service.region());
    service.clock().set_ahead(3600);
    let id = service.workspace_id();
    client.associate_license(None, id, "ENTERPRISE", None).await.unwrap();
    service.clock().set_ahead(-3600);
    client.describe_workspace(None, id).await.unwrap();
}

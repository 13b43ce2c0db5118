"""What the official Python client makes of the simulated Amazon Managed Grafana.

Run by boto3_agrees.rs, one scenario a run; the environment leads the client to the simulator.
"""

import datetime
import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

WORKSPACE = os.environ.get("WORKSPACE")


def grafana(region=None, **more):
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
    return boto3.client("grafana", region_name=region, **{"config": once, **more})


def refused(kind, call, **arguments):
    """The whole answer to a call that has to be refused."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == kind, error
        return error.response
    raise AssertionError(f"{kind} was due, not {answer}")


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def wait_until(client, wanted):
    seen = []
    for _ in range(20):
        workspace = client.describe_workspace(workspaceId=WORKSPACE)["workspace"]
        seen.append(workspace["status"])
        if workspace["status"] == wanted:
            return workspace, seen
    raise AssertionError(f"{wanted} was due, not {seen}")


def licenses():
    client = grafana()
    enterprise = {"workspaceId": WORKSPACE, "licenseType": "ENTERPRISE"}
    error = refused("ValidationException", client.associate_license, **enterprise)
    assert error["reason"] == "OTHER", error
    assert "GrafanaLabs" in error["message"], error

    answer = client.associate_license(**enterprise, grafanaToken="token-of-grafana-labs")
    assert status(answer) == 202 and answer["workspace"]["status"] == "UPGRADING", answer
    busy = refused("ValidationException", client.disassociate_license, **enterprise)
    assert "UPGRADING" in busy["message"], busy
    workspace, seen = wait_until(client, "ACTIVE")
    assert seen == ["UPGRADING", "UPGRADING", "ACTIVE"], seen
    assert workspace["licenseType"] == "ENTERPRISE", workspace
    assert workspace["grafanaToken"] == "token-of-grafana-labs", workspace
    assert "licenseExpiration" not in workspace, workspace

    answer = client.disassociate_license(**enterprise)
    assert status(answer) == 202 and answer["workspace"]["status"] == "UPDATING", answer
    workspace, seen = wait_until(client, "ACTIVE")
    assert seen == ["UPDATING", "UPDATING", "ACTIVE"], seen
    assert "licenseType" not in workspace, workspace
    refused("ValidationException", client.disassociate_license, **enterprise)

    trial = {"workspaceId": WORKSPACE, "licenseType": "ENTERPRISE_FREE_TRIAL", "grafanaToken": "t"}
    error = refused("ValidationException", client.associate_license, **trial)
    assert "no longer offered" in error["message"], error


def failed_upgrade():
    client = grafana()
    client.associate_license(workspaceId=WORKSPACE, licenseType="ENTERPRISE", grafanaToken="t")
    workspace, _ = wait_until(client, "UPGRADE_FAILED")
    assert "licenseType" not in workspace, workspace


def description():
    workspace = grafana().describe_workspace(workspaceId=WORKSPACE)["workspace"]
    assert workspace["licenseExpiration"] == datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
    assert workspace["created"].microsecond == 250000, workspace["created"]
    assert workspace["networkAccessControl"] == {"prefixListIds": [], "vpceIds": ["vpce-1"]}
    assert workspace["tags"] == {"team": "a"}
    assert workspace["status"] == "HIBERNATING"
    model = grafana().meta.service_model.shape_for("WorkspaceDescription").members
    unset = {"degradedWorkspaceReason", "freeTrialExpiration", "grafanaToken", "kmsKeyId"}
    unset |= {"organizationRoleName", "stackSetName", "workspaceRoleArn", "licenseType"}
    assert set(model) - set(workspace) == unset, set(model) ^ set(workspace)


def paging():
    client = grafana()
    pages = list(client.get_paginator("list_workspaces").paginate(PaginationConfig={"PageSize": 10}))
    sizes = [len(page["workspaces"]) for page in pages]
    assert sizes == [10, 10, 5], sizes
    names = [item["name"] for page in pages for item in page["workspaces"]]
    assert len(set(names)) == 25, names
    assert client.list_workspaces(maxResults=100).get("nextToken") is None
    assert len(grafana("eu-central-1").list_workspaces()["workspaces"]) == 0


def api_keys():
    client = grafana()
    new = {"keyName": "key of boto3", "keyRole": "ADMIN", "secondsToLive": 2592000, "workspaceId": WORKSPACE}
    made = client.create_workspace_api_key(**new)
    assert made["keyName"] == "key of boto3" and made["key"] and made["workspaceId"] == WORKSPACE
    conflict = refused("ConflictException", client.create_workspace_api_key, **new)
    assert status(conflict) == 409, conflict
    assert (conflict["resourceId"], conflict["resourceType"]) == ("key of boto3", "API key"), conflict
    wrong = refused("ValidationException", client.create_workspace_api_key, **{**new, "keyRole": "Admin"})
    assert wrong["reason"] == "FIELD_VALIDATION_FAILED", wrong
    assert wrong["fieldList"][0]["name"] == "keyRole", wrong
    named = {"keyName": "key of boto3", "workspaceId": WORKSPACE}
    gone = client.delete_workspace_api_key(**named)
    assert status(gone) == 200 and gone["keyName"] == "key of boto3", gone
    missing = refused("ResourceNotFoundException", client.delete_workspace_api_key, **named)
    assert missing["resourceId"] == "key of boto3", missing


def service_accounts():
    client = grafana()
    here = {"workspaceId": WORKSPACE}
    ids = []
    for number in range(3):
        made = client.create_workspace_service_account(name=f"sa {number}", grafanaRole="EDITOR", **here)
        assert made["grafanaRole"] == "EDITOR", made
        ids.append(made["id"])
    refused("ConflictException", client.create_workspace_service_account, name="sa 0", grafanaRole="ADMIN", **here)
    pages = client.get_paginator("list_workspace_service_accounts").paginate(PaginationConfig={"PageSize": 2}, **here)
    listed = [account for page in pages for account in page["serviceAccounts"]]
    assert [account["id"] for account in listed] == ids, listed
    assert listed[0] == {"id": ids[0], "name": "sa 0", "isDisabled": "false", "grafanaRole": "EDITOR"}, listed

    account = {"serviceAccountId": ids[0], **here}
    tokens = []
    for number in range(3):
        made = client.create_workspace_service_account_token(name=f"t{number}", secondsToLive=3600, **account)
        assert made["serviceAccountToken"]["key"].startswith("glsa_"), made["serviceAccountToken"]["name"]
        tokens.append(made["serviceAccountToken"]["id"])
    pages = client.get_paginator("list_workspace_service_account_tokens").paginate(PaginationConfig={"PageSize": 2}, **account)
    listed = [token for page in pages for token in page["serviceAccountTokens"]]
    assert [token["id"] for token in listed] == tokens, listed
    life = listed[0]["expiresAt"] - listed[0]["createdAt"]
    assert abs(life - datetime.timedelta(hours=1)) < datetime.timedelta(seconds=2), listed
    gone = client.delete_workspace_service_account_token(tokenId=tokens[0], **account)
    assert gone["tokenId"] == tokens[0], gone
    refused("ResourceNotFoundException", client.delete_workspace_service_account_token, tokenId=tokens[0], **account)
    assert client.delete_workspace_service_account(**account)["serviceAccountId"] == ids[0]
    refused("ResourceNotFoundException", client.list_workspace_service_account_tokens, **account)


def no_service_accounts():
    client = grafana()
    error = refused("ValidationException", client.list_workspace_service_accounts, workspaceId=WORKSPACE)
    assert error["reason"] == "OTHER", error


def errors():
    """The script of boto3_agrees.rs: throttled, failed, denied, over quota, then as usual."""
    client = grafana()
    describe = {"workspaceId": WORKSPACE}
    throttled = refused("ThrottlingException", client.describe_workspace, **describe)
    assert status(throttled) == 429 and throttled["retryAfterSeconds"] == 7, throttled
    failed = refused("InternalServerException", client.describe_workspace, **describe)
    assert status(failed) == 500 and failed["retryAfterSeconds"] == 1, failed
    denied = refused("AccessDeniedException", client.describe_workspace, **describe)
    assert status(denied) == 403, denied
    new = {"keyName": "k", "keyRole": "ADMIN", "secondsToLive": 60, "workspaceId": WORKSPACE}
    full = refused("ServiceQuotaExceededException", client.create_workspace_api_key, **new)
    assert status(full) == 402 and full["quotaCode"] == "L-1" and full["serviceCode"] == "grafana", full
    missing = refused("ResourceNotFoundException", client.describe_workspace, workspaceId="g-0000000000")
    assert (missing["resourceId"], missing["resourceType"]) == ("g-0000000000", "workspace"), missing
    invalid = refused("ValidationException", client.describe_workspace, workspaceId="grafana")
    assert invalid["fieldList"][0]["name"] == "workspaceId", invalid
    elsewhere = refused("ResourceNotFoundException", grafana("eu-central-1").describe_workspace, **describe)
    assert status(elsewhere) == 404, elsewhere
    assert client.describe_workspace(**describe)["workspace"]["id"] == WORKSPACE


def retries():
    """Throttled twice: the client's own retries get through."""
    client = boto3.client("grafana", config=Config(retries={"mode": "standard"}))
    answer = client.describe_workspace(workspaceId=WORKSPACE)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2, answer


def wrong_credentials():
    key = os.environ["AWS_ACCESS_KEY_ID"]
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    liar = grafana(aws_access_key_id=key, aws_secret_access_key="wrong")
    error = refused("InvalidSignatureException", liar.list_workspaces)
    assert status(error) == 403 and secret not in json.dumps(error, default=str), error
    stranger = grafana(aws_access_key_id="AKIASTRANGER", aws_secret_access_key=secret)
    refused("UnrecognizedClientException", stranger.list_workspaces)
    temporary = grafana(aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token="t")
    refused("UnrecognizedClientException", temporary.list_workspaces)


def expired_credentials():
    refused("ExpiredTokenException", grafana().list_workspaces)


def sign_in():
    """Whatever the environment says where credentials come from, they open the service."""
    session = boto3.Session()
    assert session.get_credentials().method == os.environ["METHOD"], session.get_credentials().method
    ids = [item["id"] for item in grafana().list_workspaces()["workspaces"]]
    assert ids == [WORKSPACE], ids


def caller():
    identity = boto3.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012", identity
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/simulator", identity
    role = {"RoleArn": os.environ["ROLE"], "RoleSessionName": "boto3"}
    denied = refused("AccessDenied", boto3.client("sts").assume_role, **role)
    assert "sts:AssumeRole" in denied["Error"]["Message"], denied
    assumed = boto3.client("sts").assume_role(**role, ExternalId="tenant-7")
    life = assumed["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=58) < life < datetime.timedelta(minutes=61), life


globals()[sys.argv[1]]()

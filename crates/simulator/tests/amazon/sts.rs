//! The Security Token Service, and its credentials at the service they are for.

use simulator::amazon::{Amazon, Credential, Endpoint, Options, Principal, Role, Sts};

use crate::client::{Answer, Client, http};

const ROLE: &str = "arn:aws:iam::123456789012:role/licenses";

struct Setup {
    amazon: Amazon,
    sts: Sts,
    client: Client,
}

impl Setup {
    fn start(role: Role) -> Self {
        let amazon = Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() })
            .expect("a start");
        let sts = Sts::start(&amazon).expect("a start");
        sts.add_role(role);
        let client = Client { url: sts.url(), service: "sts".into(), ..Client::new(&amazon) };
        Self { amazon, sts, client }
    }

    fn assume(&self, more: &str) -> Answer {
        assume(&self.client, more)
    }

    /// A client of the workspaces with the credentials of an answer.
    fn with_credentials_of(&self, answer: &Answer) -> Client {
        Client {
            access_key: element(answer, "AccessKeyId"),
            secret: element(answer, "SecretAccessKey"),
            session_token: Some(element(answer, "SessionToken")),
            ..Client::new(&self.amazon)
        }
    }

    fn web_identity(&self, token: &str, role: &str) -> Answer {
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", "pod"),
            ("WebIdentityToken", token),
        ];
        Answer::of(http().post(self.sts.url()).form(&form).send().expect("an answer"))
    }
}

fn assume(client: &Client, more: &str) -> Answer {
    let body = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={ROLE}&{more}");
    client.send("POST", "/", &[("content-type", "application/x-www-form-urlencoded")], &body)
}

fn element(answer: &Answer, name: &str) -> String {
    let (_, rest) =
        answer.text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{}", answer.text));
    rest.split_once('<').expect("an end").0.to_owned()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, element(answer, "Code"))
}

#[test]
fn an_assumed_role_acts_with_its_permissions() {
    let setup = Setup::start(Role::new(ROLE).allow("grafana:ListWorkspaces"));
    let assumed = setup.assume("RoleSessionName=terraform");
    assert_eq!((assumed.status, assumed.header("content-type")), (200, "text/xml"));
    assert!(
        assumed
            .text
            .contains(r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#)
    );
    let arn = "arn:aws:sts::123456789012:assumed-role/licenses/terraform";
    assert_eq!(element(&assumed, "Arn"), arn);
    let end: jiff::Timestamp = element(&assumed, "Expiration").parse().expect("a time");
    let life = end.duration_since(setup.amazon.clock().now()).as_mins();
    assert!((58..=60).contains(&life), "{life}");

    let session = setup.with_credentials_of(&assumed);
    assert!(session.access_key.starts_with("ASIA"));
    assert_eq!(session.get("/workspaces").status, 200);
    let denied = session.get(&format!("/workspaces/{}", setup.amazon.workspace_id()));
    assert!(denied.message().contains(arn), "{}", denied.text);
    setup.amazon.clock().set_ahead(3601);
    assert_eq!(session.get("/workspaces").error(), "InvalidSignatureException");
    let now = Client { time: session.time + std::time::Duration::from_secs(3601), ..session };
    assert_eq!(now.get("/workspaces").error(), "ExpiredTokenException");
}

#[test]
fn an_external_id_is_checked_where_it_is_demanded() {
    let setup = Setup::start(Role::new(ROLE).external_id("tenant-7"));
    for wrong in ["", "&ExternalId=tenant-8"] {
        let refused = setup.assume(&format!("RoleSessionName=terraform{wrong}"));
        assert_eq!(code(&refused), (403, "AccessDenied".into()));
        assert_eq!(
            element(&refused, "Message"),
            format!(
                "User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
            )
        );
    }
    assert_eq!(setup.assume("RoleSessionName=terraform&ExternalId=tenant-7").status, 200);
}

#[test]
fn roles_that_are_not_there_or_not_allowed_look_the_same() {
    let setup = Setup::start(Role::new("arn:aws:iam::123456789012:role/other"));
    assert_eq!(code(&setup.assume("RoleSessionName=terraform")), (403, "AccessDenied".into()));
    setup.sts.add_role(Role::new(ROLE));
    let poor = Credential::new("AKIAPOOR", "s")
        .of(Principal::user("poor").allow("grafana:ListWorkspaces"));
    setup.amazon.add_credentials(poor.clone());
    let poor = setup.client.clone().with(&poor);
    assert_eq!(code(&assume(&poor, "RoleSessionName=terraform")), (403, "AccessDenied".into()));
}

#[test]
fn session_names_and_lives_have_limits() {
    let setup = Setup::start(Role::new(ROLE));
    for wrong in [
        "",
        "RoleSessionName=x",
        "RoleSessionName=a%20b",
        "RoleSessionName=ok&DurationSeconds=899",
        "RoleSessionName=ok&DurationSeconds=3601",
    ] {
        assert_eq!(code(&setup.assume(wrong)), (400, "ValidationError".into()), "{wrong}");
    }
    setup.sts.add_role(Role::new(ROLE).longest_session(7200));
    let assumed = setup.assume("RoleSessionName=ok&DurationSeconds=7200");
    assert_eq!(assumed.status, 200);
    let chained = Client {
        url: setup.sts.url(),
        service: "sts".into(),
        ..setup.with_credentials_of(&assumed)
    };
    assert_eq!(assume(&chained, "RoleSessionName=ok").status, 200);
    let refused = assume(&chained, "RoleSessionName=ok&DurationSeconds=7200");
    assert!(element(&refused, "Message").contains("role chaining"), "{}", refused.text);
}

#[test]
fn signatures_are_verified_in_the_words_of_the_query_protocol() {
    let setup = Setup::start(Role::new(ROLE));
    let liar = Client { secret: "wrong".into(), ..setup.client.clone() };
    assert_eq!(
        code(&assume(&liar, "RoleSessionName=terraform")),
        (403, "SignatureDoesNotMatch".into())
    );
    let stranger = Client { access_key: "AKIASTRANGER".into(), ..setup.client.clone() };
    assert_eq!(
        code(&assume(&stranger, "RoleSessionName=terraform")),
        (403, "InvalidClientTokenId".into())
    );
    let unsigned =
        http().post(setup.sts.url()).body("Action=GetCallerIdentity").send().expect("an answer");
    assert_eq!(code(&Answer::of(unsigned)), (403, "MissingAuthenticationToken".into()));
    setup.amazon.credentials().expire(&setup.client.access_key);
    assert_eq!(code(&setup.assume("RoleSessionName=terraform")), (403, "ExpiredToken".into()));
}

#[test]
fn the_caller_is_told_who_it_is() {
    let setup = Setup::start(Role::new(ROLE));
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = setup.client.send("POST", "/", &[], body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(element(&answer, "Arn"), "arn:aws:iam::123456789012:user/simulator");
    assert_eq!(element(&answer, "Account"), "123456789012");
    let unknown = setup.client.send("POST", "/", &[], "Action=GetSessionToken");
    assert_eq!(code(&unknown), (400, "InvalidAction".into()));
}

#[test]
fn a_web_identity_assumes_the_roles_that_trust_it() {
    let setup = Setup::start(Role::new(ROLE).trust_subject("system:serviceaccount:ns:sa"));
    setup.sts.add_role(Role::new("arn:aws:iam::123456789012:role/other"));
    setup.sts.add_web_identity("jwt", "system:serviceaccount:ns:sa");
    let assumed = setup.web_identity("jwt", ROLE);
    assert_eq!(element(&assumed, "SubjectFromWebIdentityToken"), "system:serviceaccount:ns:sa");
    assert_eq!(setup.with_credentials_of(&assumed).get("/workspaces").status, 200);

    assert_eq!(
        code(&setup.web_identity("jwt", "arn:aws:iam::123456789012:role/other")),
        (403, "AccessDenied".into())
    );
    assert_eq!(code(&setup.web_identity("other", ROLE)), (400, "InvalidIdentityToken".into()));
    setup.sts.expire_web_identity("jwt");
    assert_eq!(code(&setup.web_identity("jwt", ROLE)), (400, "ExpiredTokenException".into()));
}

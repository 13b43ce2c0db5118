//! What can happen to a request, or to the run that sends it.

use std::time::Duration;

use simulator::faults::Fault;
use simulator::journal::Entry;

use super::operation::Operation;
use super::worlds::{Service, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The answer comes later than anybody waits for it.
    Slow,
    /// 429, and a second to wait.
    Throttled,
    /// 429 for ever, and an hour to wait.
    ThrottledForLong,
    /// 503, and a second to wait.
    Busy,
    /// 500.
    Fails,
    /// 500 for ever, with everything that was sent in the answer.
    FailsForEver,
    /// The request does not arrive.
    Lost,
    /// It is carried out and its answer does not arrive.
    AnswerLost,
    /// It is carried out and half of its answer arrives.
    Truncated,
    /// A page of a proxy, with 200.
    Html,
    /// A gateway answers in the server's place once the request is carried out.
    GatewayTimeout,
    /// 401 from here on.
    Unauthorized,
    /// Nobody has vouched for the server's certificate.
    Untrusted,
    /// There is no such host.
    NoHost,
    /// AWS throttles for ever.
    AwsThrottles,
    /// AWS finds the signature too old.
    ClockSkew,
    /// AWS finds the credentials expired.
    ExpiredCredentials,
    /// What AWS has accepted fails.
    StatusFails,
    /// What AWS has accepted never ends.
    StatusNeverEnds,
    /// Ctrl-C while the request waits for its answer.
    Stopped,
    /// The provider is killed before the request is carried out.
    KilledBefore,
    /// The provider is killed, and the request is carried out.
    KilledAfter,
    /// Somebody else's license takes the place right before it.
    Installed,
    /// Somebody else removes what is in the place right before it.
    Removed,
}

use Event::*;

pub const ALL: [Event; 24] = [
    Slow,
    Throttled,
    ThrottledForLong,
    Busy,
    Fails,
    FailsForEver,
    Lost,
    AnswerLost,
    Truncated,
    Html,
    GatewayTimeout,
    Unauthorized,
    Untrusted,
    NoHost,
    AwsThrottles,
    ClockSkew,
    ExpiredCredentials,
    StatusFails,
    StatusNeverEnds,
    Stopped,
    KilledBefore,
    KilledAfter,
    Installed,
    Removed,
];

/// Longer than a request may take where answers are slow, and than an operation may.
pub const LATE: Duration = Duration::from_secs(7);

impl Event {
    /// Whether it can happen to that operation there.
    pub fn fits(self, world: &dyn World, operation: Operation) -> bool {
        let (is_aws, is_license) = (world.service() == Service::Amazon, world.has_slot());
        // A call to AWS that no `timeouts` of a resource bound is given up after half a minute.
        let changes_license = is_aws && is_license && operation.changes();
        let needs_haste = is_aws && (self == Slow || is_license && self == StatusNeverEnds)
            || changes_license && self == AwsThrottles;
        if needs_haste != world.is_hasty() {
            return false;
        }
        match self {
            Unauthorized => !is_aws,
            AwsThrottles | ClockSkew | ExpiredCredentials => is_aws,
            // Nobody but a sign-in and a change of a license waits for a status.
            StatusFails | StatusNeverEnds => is_aws && (!is_license || operation.changes()),
            // A request that only reads is carried out or not to the same effect.
            AnswerLost | GatewayTimeout | KilledAfter if !operation.sends_changes() => false,
            KilledBefore | KilledAfter => !world.signs_in_with_aws(),
            Installed | Removed => is_license && operation.changes(),
            _ => true,
        }
    }

    /// Whether it can leave behind what nobody knows of: then every change meets it.
    fn may_leave_something(self) -> bool {
        matches!(self, Lost | AnswerLost | Truncated | GatewayTimeout) || self.kills()
    }

    /// Whether the short form tries it there: where there are several generations, they take turns.
    pub fn is_due(self, world: &dyn World, operation: Operation) -> bool {
        let (number, of) = world.turn();
        let is_turn = (self as usize + operation as usize) % of == number;
        // A replacement destroys and creates, and an update leaves nothing.
        let leaves = matches!(operation, Operation::Create | Operation::Destroy);
        is_turn || leaves && self.may_leave_something()
    }

    /// Whether it is tried at that request: at all of them, or at those that matter.
    pub fn is_at(self, requests: &[Entry], at: usize, all: bool) -> bool {
        let is_read = requests[at].method == "GET";
        let is_first = at == 0;
        let change = requests.iter().position(|entry| entry.method != "GET").unwrap_or(0);
        match self {
            // Before any request, or after all.
            Untrusted | NoHost | StatusFails | StatusNeverEnds => is_first,
            AnswerLost | KilledAfter | GatewayTimeout if is_read => false,
            Installed | Removed => all || is_near_a_change(requests, at),
            _ if self.may_leave_something() && !is_read => true,
            _ => all || at == change,
        }
    }

    /// As people call it.
    pub fn words(self) -> &'static str {
        match self {
            Slow => "latency beyond the time limit",
            Throttled => "429, `Retry-After: 1`",
            ThrottledForLong => "429 for ever, `Retry-After: 3600`",
            Busy => "503, `Retry-After: 1`",
            Fails => "500 once",
            FailsForEver => "500 for ever, which repeats what was sent",
            Lost => "reset before the request is applied",
            AnswerLost => "reset after it is applied",
            Truncated => "half of the body",
            Html => "HTML with 200",
            GatewayTimeout => "504 of a gateway, once it is applied",
            Unauthorized => "401 in the middle of a run",
            Untrusted => "untrusted certificate",
            NoHost => "no such host",
            AwsThrottles => "AWS throttles for ever",
            ClockSkew => "AWS: clock skew",
            ExpiredCredentials => "AWS: credentials expired",
            StatusFails => "AWS: the status fails",
            StatusNeverEnds => "AWS: the status never ends",
            Stopped => "Ctrl-C during the wait for an answer",
            KilledBefore => "SIGKILL before the request is applied",
            KilledAfter => "SIGKILL after it is applied",
            Installed => "somebody else installs a license right before",
            Removed => "somebody else removes it right before",
        }
    }

    pub fn kills(self) -> bool {
        matches!(self, KilledBefore | KilledAfter)
    }

    /// Whether the run meets it in place of the server.
    pub fn is_elsewhere(self) -> bool {
        matches!(self, Untrusted | NoHost)
    }

    pub fn is_of_others(self) -> bool {
        matches!(self, Installed | Removed)
    }

    /// What happens to a request; `None` if it is none.
    pub fn fault(self, request: usize) -> Option<Fault> {
        let fault = Fault::on("*", "/**").skip(request);
        let aws = |fault: Fault, status, kind, message| {
            let body = format!(r#"{{"message":"{message}"}}"#);
            let fault = fault.status(status).body("application/json", body);
            fault.header("x-amzn-errortype", kind).always()
        };
        Some(match self {
            Slow => fault.delay(LATE),
            Throttled => fault.status(429).retry_after("1"),
            ThrottledForLong => fault.status(429).retry_after("3600").always(),
            Busy => fault.status(503).retry_after("1"),
            Fails => fault.status(500),
            FailsForEver => fault.echo().always(),
            Lost | KilledBefore => fault.reset_before(),
            AnswerLost | KilledAfter => fault.reset_after(),
            Truncated => fault.truncate(),
            Html => fault.html(200),
            GatewayTimeout => fault.html(504).carried_out(),
            Unauthorized => fault.status(401).always(),
            AwsThrottles => aws(fault, 429, "ThrottlingException", "Rate exceeded"),
            ClockSkew => {
                let late =
                    "Signature expired: 20261126T000000Z is now earlier than 20261126T001000Z";
                aws(fault, 403, "InvalidSignatureException", late)
            }
            ExpiredCredentials => {
                let late = "The security token included in the request is expired";
                aws(fault, 403, "ExpiredTokenException", late)
            }
            Stopped => fault.hang(),
            Installed | Removed => fault,
            Untrusted | NoHost | StatusFails | StatusNeverEnds => return None,
        })
    }
}

/// At the first request, and at those that change something, before and after them.
fn is_near_a_change(requests: &[Entry], request: usize) -> bool {
    let near = &requests[request.saturating_sub(1)..requests.len().min(request + 2)];
    request == 0 || near.iter().any(|entry| entry.method != "GET")
}

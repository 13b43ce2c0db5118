//! Logs: JSON lines on stderr in the form of hclog, as Terraform reads them.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::log_writer::LogWriter;

/// Logs what `targets` say, at the level that Terraform's variables set for the provider `name`.
///
/// Other crates are never logged: HTTP/2 and AWS libraries print headers, and with them secrets.
/// The result writes the lines; `None` if nothing is logged.
pub(super) fn init(
    name: &str,
    targets: &[&'static str],
    var: impl Fn(&str) -> Option<String>,
) -> Option<LogWriter> {
    let level = level(name, var);
    if level == LevelFilter::OFF {
        return None;
    }
    let writer = LogWriter::new(std::io::stderr(), dropped);
    let own = targets.iter().copied().chain(["tfplugin"]);
    let filter = own.fold(Targets::new(), |filter, target| filter.with_target(target, level));
    let subscriber = tracing_subscriber::registry().with(Hclog(writer.clone()).with_filter(filter));
    // A second initialization, in tests, changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Some(writer)
}

/// The line that tells how many lines were dropped.
fn dropped(count: u64) -> String {
    let message = format!("{count} log lines were dropped, since nobody read them");
    line(Map::new(), Level::WARN, message.into(), "tfplugin")
}

/// A line of hclog's.
fn line(mut fields: Map<String, Json>, level: Level, message: Json, module: &str) -> String {
    fields.insert("@level".to_owned(), level_name(level).into());
    fields.insert("@message".to_owned(), message);
    fields.insert("@module".to_owned(), module.replace("::", ".").into());
    fields.insert("@timestamp".to_owned(), now().into());
    Json::Object(fields).to_string()
}

fn level(name: &str, var: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    let set = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| var(name).filter(|value| !value.is_empty()));
    match set.map(|value| value.to_uppercase()).as_deref() {
        Some("TRACE" | "JSON") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("INFO") => LevelFilter::INFO,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR") => LevelFilter::ERROR,
        _ => LevelFilter::OFF,
    }
}

struct Hclog(LogWriter);

/// The fields of a span or event.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Hclog {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut all = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                all.extend(fields.0.clone());
            }
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_else(|| "".into());
        all.extend(fields.0);
        let metadata = event.metadata();
        self.0.write(line(all, *metadata.level(), message, metadata.target()));
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

fn now() -> String {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_with(pairs: &'static [(&str, &str)]) -> LevelFilter {
        level("grafana", |name| {
            pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_nearest_variable_wins() {
        assert_eq!(level_with(&[]), LevelFilter::OFF);
        assert_eq!(level_with(&[("TF_LOG", "debug")]), LevelFilter::DEBUG);
        assert_eq!(
            level_with(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "warn")]),
            LevelFilter::WARN
        );
        assert_eq!(
            level_with(&[("TF_LOG_PROVIDER", "warn"), ("TF_LOG_PROVIDER_GRAFANA", "off")]),
            LevelFilter::OFF
        );
        assert_eq!(level_with(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
    }

    #[test]
    fn times_are_as_hclog_writes_them() {
        let now = now();
        assert_eq!(now.len(), "2006-01-02T15:04:05.000000Z".len());
        assert!(now.ends_with('Z'));
    }
}

//! What is measured, as Markdown.

use std::time::Duration;

/// Lines that are shown as they come, and kept.
#[derive(Default)]
pub struct Report(String);

impl Report {
    /// Adds a line, or several.
    pub fn line(&mut self, line: &str) {
        println!("{line}");
        self.0 += line;
        self.0.push('\n');
    }

    /// Begins a table.
    pub fn table(&mut self, titles: &[&str]) {
        let rule = vec!["---"; titles.len()];
        self.line("");
        self.row(titles);
        self.row(&rule);
    }

    /// Adds a row to the table.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The median with the least and the most, or the only one.
pub fn milliseconds(times: &[Duration]) -> String {
    let [least, median, most] = spread(times.iter().map(|time| time.as_secs_f64() * 1e3).collect());
    let digits = usize::from(median < 100.0);
    match times {
        [_] => format!("{median:.digits$} ms"),
        _ => format!("{median:.digits$} ms ({least:.digits$}–{most:.digits$})"),
    }
}

/// How many times as long the first take, each by the other that was measured right after it.
pub fn ratio(times: &[Duration], others: &[Duration]) -> String {
    let pairs = times.iter().zip(others);
    let [least, median, most] =
        spread(pairs.map(|(one, other)| one.as_secs_f64() / other.as_secs_f64()).collect());
    match times {
        [_] => format!("{median:.2}"),
        _ => format!("{median:.2} ({least:.2}–{most:.2})"),
    }
}

/// Bytes.
pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// The median; zero if there are none.
pub fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The least, the median and the most; zeros if there are none.
fn spread(mut measured: Vec<f64>) -> [f64; 3] {
    measured.sort_by(f64::total_cmp);
    let at = |index: usize| measured.get(index).copied().unwrap_or_default();
    [at(0), at(measured.len() / 2), at(measured.len().saturating_sub(1))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_each_pair_and_the_median_of_the_ratios() {
        let times = [1, 20, 9].map(Duration::from_millis);
        let others = [1, 10, 3].map(Duration::from_millis);
        assert_eq!(ratio(&times, &others), "2.00 (1.00–3.00)");
        assert_eq!(ratio(&times[..1], &others[..1]), "1.00");
        assert_eq!(milliseconds(&times), "9.0 ms (1.0–20.0)");
        assert_eq!(median(&times), Duration::from_millis(9));
    }
}

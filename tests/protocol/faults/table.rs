//! The table of what is tried, which CONTRIBUTING.md shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::cell::Cell;
use super::worlds::World;
use super::{fault, operation, worlds};

const MARKS: [&str; 2] = ["<!-- the fault matrix -->\n", "<!-- its end -->\n"];

pub fn letter(world: &dyn World) -> char {
    match world.resource_type() {
        "grafana_api_key" if world.name().starts_with("managed") => 'S',
        "grafana_api_key" => 'K',
        "grafana_enterprise_license" => 'L',
        _ => 'W',
    }
}

fn table() -> String {
    let worlds: Vec<_> = worlds::starts(false).into_iter().map(|start| start()).collect();
    let mut table = "| |".to_owned();
    operation::ALL
        .iter()
        .for_each(|it| table += &format!(" {} |", format!("{it:?}").to_lowercase()));
    table += &format!("\n{}\n", "| --- ".repeat(operation::ALL.len() + 1) + "|");
    for event in fault::ALL {
        table += &format!("| {} |", event.words());
        for operation in operation::ALL {
            let fits =
                worlds.iter().filter(|it| it.offers(operation) && event.fits(&***it, operation));
            let letters: BTreeMap<char, ()> = fits.map(|it| (letter(&**it), ())).collect();
            table += &format!(" {} |", letters.into_keys().collect::<String>());
        }
        table += "\n";
    }
    table.replace("  |", " |")
}

/// Fails unless there is a cell for every letter of the table.
pub fn assert_tried(cells: &[Cell]) {
    let name = |letter: char, event: fault::Event, operation: operation::Operation| {
        format!("{letter} {operation:?}: {event:?}")
    };
    let of = |cell: &Cell| name(cell.letter, cell.event, cell.operation);
    let tried: BTreeSet<String> = cells.iter().map(of).collect();
    for world in worlds::starts(false).iter().map(|start| start()) {
        for operation in operation::ALL.into_iter().filter(|it| world.offers(*it)) {
            for event in fault::ALL.into_iter().filter(|it| it.fits(&*world, operation)) {
                let name = name(letter(&*world), event, operation);
                assert!(tried.contains(&name), "never tried: {name}");
            }
        }
    }
}

/// `FAULTS=write` writes it.
#[test]
fn the_table_of_faults_is_what_is_tried() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md");
    let page = std::fs::read_to_string(&path).expect("can be read");
    let (before, rest) = page.split_once(MARKS[0]).expect("the first mark");
    let (shown, after) = rest.split_once(MARKS[1]).expect("the second mark");
    let table = format!("\n{}\n", table());
    if std::env::var("FAULTS").is_ok_and(|what| what == "write") {
        let page = format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]);
        std::fs::write(&path, page).expect("can be written");
    } else {
        assert_eq!(shown, table, "FAULTS=write cargo test --test protocol table_of_faults");
    }
}

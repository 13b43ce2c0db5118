//! The fault matrix: every operation of everything that the provider offers meets everything that can happen to its
//! requests. Whatever happens, the error says where and what to do, no secret is told, the next run ends well or says
//! what is left, and then there is what the state says and what is somebody else's, as it was.
//!
//! `FAULTS=all` takes every generation of Grafana and every request.

mod cell;
mod fault;
mod messages;
mod operation;
#[path = "../../support/secrets.rs"]
mod secrets;
mod table;
mod worlds;

use std::collections::BTreeMap;
use std::time::Instant;

use futures::StreamExt;

use cell::Cell;

/// How many cells run side by side: most of each is waiting.
fn side_by_side() -> usize {
    if all() { 64 } else { 32 }
}

fn all() -> bool {
    std::env::var("FAULTS").is_ok_and(|which| which == "all")
}

/// Only cells with this in their name, to look for what is wrong with them.
fn is_wanted(name: &str) -> bool {
    std::env::var("FAULTS_ONLY").map_or(true, |only| name.contains(&only))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_any_fault_the_next_run_converges_and_every_error_says_what_to_do() {
    let begun = Instant::now();
    let tried = worlds::starts(all()).into_iter().flat_map(|start| {
        let world = start();
        let offered = operation::ALL.into_iter().filter(|it| world.offers(*it)).collect::<Vec<_>>();
        offered.into_iter().map(move |operation| (start, world.clone(), operation))
    });
    let tried = futures::stream::iter(tried).map(async |(start, world, operation)| {
        (start, world, operation, operation.requests(start).await)
    });
    let mut cells = Vec::new();
    for (start, world, operation, requests) in
        tried.buffered(side_by_side()).collect::<Vec<_>>().await
    {
        let letter = table::letter(&*world);
        let fits = |event: &fault::Event| {
            event.fits(&*world, operation) && (all() || event.is_due(&*world, operation))
        };
        for event in fault::ALL.into_iter().filter(fits) {
            let at = (0..requests.len()).filter(|at| event.is_at(&requests, *at, all()));
            let of = |at| Cell { start, letter, operation, event, request: at };
            let of = at.map(of).filter(|cell| is_wanted(&cell.name(&world.name(), &requests)));
            cells.extend(of);
        }
    }
    println!("{} cells, {:?} to find them", cells.len(), begun.elapsed());
    assert!(!cells.is_empty(), "no cell has FAULTS_ONLY in its name");
    if is_wanted("") {
        table::assert_tried(&cells);
    }
    let mut counts = BTreeMap::<_, usize>::new();
    cells.iter().for_each(|cell| *counts.entry(format!("{:?}", cell.event)).or_default() += 1);
    let count = cells.len();
    let ends = futures::stream::iter(cells).map(|cell| tokio::spawn(cell.run()));
    let ends: Vec<_> = ends.buffer_unordered(side_by_side()).collect().await;
    let met = ends.iter().filter(|end| matches!(end, Ok(true))).count();
    println!("{count} cells, {met} met and well, in {:?}: {counts:?}", begun.elapsed());
    let wrong = ends.into_iter().filter_map(Result::err).map(|error| {
        let panic = error.into_panic();
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
    });
    let wrong: Vec<_> = wrong.map(Option::unwrap_or_default).collect();
    assert!(wrong.is_empty(), "{} of {count} cells:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

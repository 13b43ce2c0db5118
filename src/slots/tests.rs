use super::*;

const LICENSE: &str = "license 1";

/// The registry of one connection, and the slot that the tests are about.
fn connection() -> Slot {
    Slots::default().slot("instance")
}

/// A holder as a state of a former run has it.
fn stored() -> Holding {
    Holding::of_new_object()
}

/// What Terraform stores and hands back.
fn handed_over(holding: &Holding) -> Holding {
    serde_json::from_value(serde_json::to_value(holding).unwrap()).unwrap()
}

fn read(slot: &Slot, holding: &mut Holding) {
    slot.begin_read(LICENSE, holding);
    slot.end_read(LICENSE, holding);
}

/// The planned private state of a removal.
fn plan_removal(slot: &Slot, holding: &Holding) -> Holding {
    let mut planned = holding.clone();
    slot.plan_removal(LICENSE, &mut planned);
    handed_over(&planned)
}

fn create(slot: &Slot) -> Holding {
    let mut holding = Holding::default();
    slot.begin_creation(&mut holding).finish(LICENSE);
    handed_over(&holding)
}

fn remove(slot: &Slot, holding: &Holding) -> Result<(), Kept> {
    slot.begin_removal(LICENSE, holding)
}

#[test]
fn a_read_writes_nothing() {
    let slot = connection();
    let (mut one, mut other) = (stored(), stored());
    let before = (one.clone(), other.clone());
    for _ in 0..2 {
        read(&slot, &mut one);
        read(&slot, &mut other);
    }
    assert_eq!((one, other), before);
}

#[test]
fn what_is_stored_is_the_mark_alone() {
    let json = serde_json::to_value(create(&connection())).unwrap();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["holder"]);
}

#[test]
fn holders_that_are_read_at_the_same_time_know_of_each_other() {
    let slot = connection();
    let (mut one, mut other) = (stored(), stored());
    slot.begin_read(LICENSE, &mut one);
    slot.begin_read(LICENSE, &mut other);
    slot.end_read(LICENSE, &mut one);
    let planned = plan_removal(&slot, &one);
    slot.end_read(LICENSE, &mut other);
    assert!(planned.is_shared() && !other.must_reassert());
    assert_eq!(remove(&connection(), &planned), Err(Kept::OtherHolder));
}

#[test]
fn a_holder_that_is_read_after_a_removal_was_planned_reasserts() {
    let slot = connection();
    let (mut gone, mut stays) = (stored(), stored());
    read(&slot, &mut gone);
    let gone = plan_removal(&slot, &gone);
    let mut elsewhere = stored();
    slot.begin_read("license 2", &mut elsewhere);
    slot.end_read("license 2", &mut elsewhere);
    assert!(!elsewhere.must_reassert(), "it holds another object");
    read(&slot, &mut stays);
    assert!(stays.must_reassert());

    let apply = connection();
    let mut planned = handed_over(&stays);
    assert_eq!(remove(&apply, &gone), Ok(()));
    apply.plan_to_stay(LICENSE, &mut planned);
    apply.reassert(LICENSE, &mut planned);
    assert!(!planned.must_reassert());

    let apply = connection();
    apply.plan_to_stay(LICENSE, &mut handed_over(&stays));
    assert_eq!(remove(&apply, &gone), Err(Kept::OtherHolder), "its update is under way");

    let apply = connection();
    apply.reassert(LICENSE, &mut handed_over(&stays));
    assert_eq!(remove(&apply, &gone), Err(Kept::HeldThisRun), "in the other order");
}

#[test]
fn a_refresh_without_removals_forgets_to_reassert() {
    let slot = connection();
    let (mut gone, mut stays) = (stored(), stored());
    read(&slot, &mut gone);
    plan_removal(&slot, &gone);
    read(&slot, &mut gone);
    read(&slot, &mut stays);
    assert!(stays.must_reassert(), "Terraform plans the removal before it reads");
    read(&slot, &mut gone);
    read(&slot, &mut stays);
    assert!(!stays.must_reassert(), "the removal was planned before the last refresh");
}

#[test]
fn the_last_of_two_holders_that_are_removed_empties_the_slot() {
    for swapped in [false, true] {
        let slot = connection();
        let (mut one, mut other) = (stored(), stored());
        read(&slot, &mut one);
        read(&slot, &mut other);
        let mut planned = [plan_removal(&slot, &one), plan_removal(&slot, &other)];
        if swapped {
            planned.reverse();
        }
        let apply = connection();
        assert_eq!(remove(&apply, &planned[0]), Err(Kept::OtherHolder));
        assert_eq!(remove(&apply, &planned[1]), Ok(()));
    }
}

#[test]
fn the_plan_that_leaves_the_slot_empty_is_told_once() {
    for are_read in [true, false] {
        let slot = connection();
        let (mut one, mut other) = (stored(), stored());
        if are_read {
            read(&slot, &mut one);
            read(&slot, &mut other);
        }
        let told = [&mut one, &mut other].map(|holding| slot.plan_removal(LICENSE, holding));
        assert_eq!(told, [!are_read, are_read]);
    }
    let slot = connection();
    let (mut one, mut other) = (stored(), stored());
    read(&slot, &mut one);
    read(&slot, &mut other);
    assert!(!slot.plan_removal(LICENSE, &mut one), "the other holds it");
}

#[test]
fn a_holder_whose_object_is_gone_is_forgotten() {
    let slot = connection();
    let (mut one, mut other) = (stored(), stored());
    read(&slot, &mut one);
    slot.begin_read(LICENSE, &mut other);
    slot.forget(&other);
    assert!(!plan_removal(&slot, &one).is_shared());
}

#[test]
fn a_rename_leaves_the_slot_to_the_creation_whatever_comes_first() {
    let slot = connection();
    let mut former = stored();
    read(&slot, &mut former);
    let before = slot.plan_creation(LICENSE, &mut Holding::default());
    assert_eq!(before, PlannedBefore::default());
    let removal = plan_removal(&slot, &former);

    let apply = connection();
    assert_eq!(remove(&apply, &removal), Err(Kept::CreationPlanned));
    assert!(apply.is_released(LICENSE));
    let apply = connection();
    create(&apply);
    assert_eq!(remove(&apply, &removal), Err(Kept::HeldThisRun));
    let apply = connection();
    let _creation = apply.begin_creation(&mut Holding::default());
    assert_eq!(remove(&apply, &removal), Err(Kept::CreationBegun));
}

#[test]
fn a_creation_that_is_planned_after_the_removal_says_so() {
    let slot = connection();
    let mut former = stored();
    read(&slot, &mut former);
    let removal = plan_removal(&slot, &former);
    assert!(slot.plan_creation(LICENSE, &mut Holding::default()).removal);
    let apply = connection();
    assert_eq!(remove(&apply, &removal), Ok(()), "no creation has begun");
    let apply = connection();
    create(&apply);
    assert_eq!(remove(&apply, &removal), Err(Kept::HeldThisRun));
}

#[test]
fn creations_of_other_objects_are_told() {
    let slot = connection();
    for (object, others) in [("1", vec![]), ("1", vec![]), ("2", vec!["1"]), ("", vec![])] {
        let before = slot.plan_creation(object, &mut Holding::default());
        assert_eq!(before.other_objects, others, "{object}");
    }
}

#[test]
fn different_objects_of_resources_that_stay_are_told_to_the_second() {
    let slot = connection();
    let (mut one, mut other) = (stored(), stored());
    assert_eq!(slot.plan_object("1", &mut one), [""; 0]);
    assert_eq!(slot.plan_object("1", &mut other), [""; 0]);
    assert_eq!(slot.plan_object("2", &mut one), ["1"]);
    assert_eq!(slot.plan_object("3", &mut one), ["1"], "one resource has one object");
    plan_removal(&slot, &other);
    assert_eq!(slot.plan_object("3", &mut one), [""; 0]);
    assert_eq!(slot.plan_creation("4", &mut one).other_objects, [""; 0], "it is replaced");
}

#[tokio::test(start_paused = true)]
async fn a_removal_waits_for_the_planned_creation_alone() {
    let slot = connection();
    let mut former = stored();
    read(&slot, &mut former);
    let begun = tokio::time::Instant::now();
    slot.wait_for_creation(LICENSE, &plan_removal(&slot, &former)).await;
    assert_eq!(begun.elapsed(), OTHERS_BEGIN);
    slot.plan_creation(LICENSE, &mut Holding::default());
    let removal = plan_removal(&slot, &former);
    let begun = tokio::time::Instant::now();
    let apply = connection();
    apply.wait_for_creation(LICENSE, &removal).await;
    assert_eq!(begun.elapsed(), CREATION_BEGINS);
    let create = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        create(&apply);
    };
    tokio::join!(apply.wait_for_creation(LICENSE, &removal), create);
    assert_eq!(begun.elapsed(), CREATION_BEGINS + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_was_planned_first_notices_others_of_the_same_apply() {
    let slot = connection();
    let mut former = stored();
    let removal = plan_removal(&slot, &former);
    read(&slot, &mut former);
    let apply = connection();
    let begun = tokio::time::Instant::now();
    let create = async { apply.plan_creation("license 2", &mut Holding::default()) };
    tokio::join!(apply.wait_for_others(LICENSE, &removal), create);
    assert_eq!(
        (begun.elapsed(), remove(&apply, &removal)),
        (Duration::ZERO, Err(Kept::CreationPlanned))
    );

    let apply = connection();
    let update = async { apply.plan_to_stay(LICENSE, &mut stored()) };
    tokio::join!(apply.wait_for_others(LICENSE, &removal), update);
    assert_eq!(
        (begun.elapsed(), remove(&apply, &removal)),
        (Duration::ZERO, Err(Kept::OtherHolder))
    );
}

#[tokio::test(start_paused = true)]
async fn a_creation_waits_for_the_removal_of_another_object() {
    let slot = connection();
    let begun = tokio::time::Instant::now();
    slot.wait_for_removal(LICENSE).await;
    assert_eq!(begun.elapsed(), REMOVAL_BEGINS);
    let removal = async { remove(&slot, &Holding::default()) };
    tokio::join!(slot.wait_for_removal(LICENSE), removal).1.unwrap();
    assert_eq!(begun.elapsed(), REMOVAL_BEGINS);
}

#[test]
fn a_replacement_leaves_the_slot_to_its_creation() {
    let slot = connection();
    let mut former = stored();
    read(&slot, &mut former);
    slot.plan_to_stay(LICENSE, &mut former);
    let mut planned = former.clone();
    slot.plan_creation("license 2", &mut planned);
    let apply = connection();
    assert_eq!(remove(&apply, &handed_over(&planned)), Err(Kept::Replaced));
    assert!(apply.is_released(LICENSE));
}

#[test]
fn a_replacement_by_another_slot_empties_this_one() {
    let slots = Slots::default();
    let (here, there) = (slots.slot("here"), slots.slot("there"));
    let mut planned = stored();
    read(&here, &mut planned);
    here.plan_removal(LICENSE, &mut planned);
    there.plan_creation(LICENSE, &mut planned);
    let planned = handed_over(&planned);
    assert_eq!(remove(&here, &planned), Ok(()));
    let mut of_other = stored();
    there.plan_removal(LICENSE, &mut of_other);
    assert_eq!(remove(&there, &of_other), Err(Kept::CreationBegun), "it follows at once");
}

#[test]
fn the_replacement_of_a_tainted_object_leaves_what_others_hold() {
    let slot = connection();
    let (mut tainted, mut other) = (stored(), stored());
    read(&slot, &mut tainted);
    let mut planned = Holding::default();
    slot.plan_creation(LICENSE, &mut planned);
    assert_eq!(remove(&connection(), &planned), Err(Kept::Replaced));
    read(&slot, &mut other);
    let mut planned = Holding::default();
    slot.plan_creation(LICENSE, &mut planned);
    assert_eq!(remove(&connection(), &planned), Err(Kept::OtherHolder));
}

#[test]
fn create_before_destroy_leaves_the_slot_to_the_new_object() {
    let apply = connection();
    create(&apply);
    assert_eq!(remove(&apply, &plan_removal(&apply, &stored())), Err(Kept::HeldThisRun));
}

#[test]
fn create_before_destroy_in_another_slot_empties_this_one() {
    let slots = Slots::default();
    create(&slots.slot("there"));
    let here = slots.slot("here");
    assert_eq!(remove(&here, &plan_removal(&here, &stored())), Ok(()));
}

#[test]
fn a_deposed_object_leaves_what_another_may_hold() {
    let apply = connection();
    let planned_again = plan_removal(&apply, &stored());
    assert_eq!(remove(&apply, &planned_again), Err(Kept::Deposed));
}

#[test]
fn a_deposed_object_and_its_successor_that_are_both_removed_empty_the_slot() {
    for deposed_first in [false, true] {
        let slot = connection();
        let (mut deposed, mut successor) = (stored(), stored());
        read(&slot, &mut deposed);
        read(&slot, &mut successor);
        let planned = plan_removal(&slot, &successor);
        let apply = connection();
        let remove_deposed = || remove(&apply, &plan_removal(&apply, &deposed));
        if deposed_first {
            assert_eq!(remove_deposed(), Err(Kept::Deposed));
            assert_eq!(remove(&apply, &planned), Ok(()));
        } else {
            assert_eq!(remove(&apply, &planned), Err(Kept::OtherHolder));
            assert_eq!(remove_deposed(), Ok(()));
        }
    }
}

#[test]
fn create_destroy_and_create_over_one_connection_do_what_they_say() {
    let slot = connection();
    for _ in 0..2 {
        let mut planned = Holding::default();
        slot.plan_creation(LICENSE, &mut planned);
        let mut made = create(&slot);
        read(&slot, &mut made);
        assert!(!made.must_reassert());
        assert_eq!(remove(&slot, &plan_removal(&slot, &made)), Ok(()));
    }
    let other = create(&slot);
    assert_eq!(remove(&slot, &other), Ok(()), "without a plan");
}

#[test]
fn a_client_that_sends_no_private_state_removes_what_it_has_created() {
    let slot = connection();
    create(&slot);
    assert_eq!(remove(&slot, &Holding::default()), Ok(()));
    create(&slot);
    create(&slot);
    assert_eq!(remove(&slot, &Holding::default()), Err(Kept::HeldThisRun));
    assert_eq!(remove(&slot, &Holding::default()), Ok(()), "the last of both");
    assert_eq!(remove(&connection(), &Holding::default()), Ok(()), "of a former connection");
}

#[test]
fn what_such_a_client_reads_again_and_again_is_one_holder() {
    let slot = connection();
    create(&slot);
    read(&slot, &mut Holding::default());
    assert_eq!(remove(&slot, &Holding::default()), Ok(()), "it is the one that was made");
    for _ in 0..3 {
        read(&slot, &mut Holding::default());
    }
    assert_eq!(remove(&slot, &Holding::default()), Ok(()), "of a former connection");
    let (mut one, mut other) = (Holding::default(), Holding::default());
    read(&slot, &mut one);
    read(&slot, &mut other);
    assert_eq!(remove(&slot, &one), Err(Kept::OtherHolder), "Terraform keeps the marks");
}

#[test]
fn a_removal_that_would_leave_nothing_after_a_failed_creation_is_refused_once() {
    let slot = connection();
    let mut former = stored();
    read(&slot, &mut former);
    let mut creation = slot.begin_creation(&mut Holding::default());
    creation.blocked_by(LICENSE);
    drop(creation);
    assert_eq!(remove(&slot, &former), Err(Kept::CreationFailed));
    assert_eq!(remove(&slot, &former), Ok(()));
}

#[test]
fn a_failed_creation_of_the_same_plan_keeps_what_was_to_make_room() {
    let plan = connection();
    let mut former = stored();
    read(&plan, &mut former);
    plan.plan_creation("license 2", &mut Holding::default());
    let removal = plan_removal(&plan, &former);
    let apply = connection();
    drop(apply.begin_creation(&mut Holding::default()));
    assert_eq!(remove(&apply, &removal), Err(Kept::CreationFailed));
    let apply = connection();
    drop(apply.begin_creation(&mut Holding::default()));
    assert_eq!(remove(&apply, &former), Ok(()), "a failure of something else");
}

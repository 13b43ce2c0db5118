//! What Terraform's core demands of a provider beyond the protocol's text, and where each rule is kept.
//!
//! A provider that breaks one of them is told off by Terraform as having a bug, often after the object was
//! made. What holds for every resource is done by the framework, and what only its author can keep is checked
//! by the [test client](https://docs.rs/tfplugin/latest/tfplugin/testing/struct.Client.html) (feature `testing`), which fails the test where core
//! would refuse. The tests are those in `tests/protocol` of this crate.
//!
//! | what core demands | kept by | checked by the test client in | shown by the test |
//! | --- | --- | --- | --- |
//! | What is configured is planned as configured, or as it was | [`Plan`](crate::Plan) starts from it | `plan` | `planning::a_second_plan_is_empty` |
//! | What only the provider sets is unknown where it may change | defaults, unknown and kept values are filled in | `plan`, `apply` | `planning::what_the_provider_computes_is_unknown_in_a_create`, `planning::a_change_keeps_what_is_kept` |
//! | A destroy is planned as null, and nothing else is | the framework | `plan` | `changes::a_thing_lives_and_dies` |
//! | What requires replacement is in the schema | paths come from the schema; those of `require_replace` are the author's | `plan` | `blocks::a_block_that_cannot_change_replaces` |
//! | A replacement is planned twice, the second time as a create | the same code for both | `plan` | `planning::replacement_is_planned_as_a_create` |
//! | The plan made again at apply comes to the same known values | `Plan` has no clock and no network; the rest is the author's | `apply` | `changes::a_thing_lives_and_dies` |
//! | A result has what was planned as known, and nothing unknown | an error that names the attribute; the state is kept | `apply` | `results::what_differs_from_a_known_plan_is_an_error_that_names_it_and_the_state_is_kept`, `results::what_is_still_unknown_is_an_error_that_names_it_and_the_state_is_kept` |
//! | A value that is only written in another way counts as another | it is planned and read as it is in the state, and answered as it was planned | `plan`, `apply` | `results::what_is_only_written_in_another_way_is_as_planned`, `spelling::a_configuration_that_is_only_spelt_in_another_way_plans_no_change`, `spelling::a_read_keeps_the_spelling_beside_what_has_changed` |
//! | After a create or update something is there, after a delete nothing, or there is an error | an error is added where none is | `apply` | `changes::a_thing_lives_and_dies`, `outcome::a_failure_has_an_error` |
//! | A failed create with a state taints, and is replaced | [`Failure::after`](crate::Failure::after); what was accepted but is not finished is a warning ([`Done::warn`](crate::Done::warn)) | | `changes::time_runs_out_with_the_state_that_was_reached` |
//! | Write-only values are in no plan and no state | the framework takes them out | `plan`, `apply`, `read`, `import`, `upgrade`, `move_state` | `planning::write_only_values_reach_the_provider_and_nothing_else` |
//! | A client without write-only attributes must not be given any | refused in validation | | `diagnostics::write_only_is_refused_where_it_is_not_known` |
//! | An identity is whole, and does not change in plan, apply and read | the one that Terraform has is answered | `plan`, `apply`, `read`, `list` | `planning::an_identity_is_planned_once_and_stays` |
//! | A read answers known values, and null only for what is gone | unknown values are null; a failed read keeps the state | `read` | `changes::what_is_gone_is_no_failure` |
//! | An import answers one object, or an error | | `import` | `stored::an_import_by_id_or_identity_is_completed_by_a_read` |
//! | A stored state of any former version, or with attributes that are no more, is read | [`Resource::upgrade`](crate::Resource::upgrade), step by step | `upgrade` | `stored::a_state_of_any_former_form_goes_through_each_step_to_the_present_and_keeps_the_rest` |
//! | A move answers a state, or an error, without a configured provider | | `move_state` | `stored::a_move_takes_over_what_is_known_and_needs_no_configuration` |
//! | Blocks that do not stand there are empty, not null | at every depth | `plan`, `apply` | `blocks::they_are_planned_applied_and_read_at_every_depth` |
//! | Counts of blocks, required attributes inside of others | checked in validation, also where core does not | | `blocks::their_rules_hold_at_every_depth_and_say_where` |
//! | A sensitive part of a computed object is marked in the plan | it is planned with its attributes unknown | | `planning::an_object_with_a_sensitive_part_is_planned_with_its_attributes` |
//! | What a data source or an ephemeral resource answers is there and known | unknown values are null | `read_data`, `open` | `data::it_is_validated_and_read` |
//! | What cannot be read yet is not guessed | an error, or deferred where the client allows it ([`Deferral`](crate::Deferral)) | | `deferral::a_data_source_is_put_off_until_its_configuration_is_known` |
//! | A function returns the same for the same arguments | | `call` | `functions::any_number_of_arguments_is_taken` |
//! | A list answers whole identities, the resource where it is asked for, and no more than asked for | the framework stops at the limit | `list` | `lists::it_ends_at_its_limit_and_brings_the_whole_if_asked` |
//! | An action says that it has ended | the framework | `invoke` | `actions::it_tells_how_it_gets_on` |
//! | Names that core keeps to itself are no attributes | refused when it is compiled | | `compile_fail/reserved_name.rs` |
//! | Private state is handed on as it was where nothing has changed | byte for byte | | `private::bytes_stay_as_they_are_while_nothing_changes` |
//! | What has not been configured is not asked | an error | | `configuration::what_needs_it_says_that_it_is_missing` |
//! | Ephemeral resources that core does not close are closed | before Shutdown is answered | | `ephemerals::it_is_opened_renewed_and_closed_once` |

//! The behaviours that every store must show, written once and run on each.
//!
//! A database passes by giving a [`Place`] to [`store_contract!`](crate::store_contract), which makes a test of every
//! behaviour. The functions panic where the store is wrong.

pub mod acting;
pub mod bots;
pub mod commits;
pub mod joining;
pub mod keeping;
pub mod passing;
pub mod scene;
pub mod schedules;
pub mod views;
pub mod walls;

use std::path::{Path, PathBuf};

use super::{Store, StoreError};

/// Where a store can be opened, closed and opened again; every place is empty at first and has nothing to do with any
/// other.
pub trait Place {
    /// Opens the store that is here.
    fn open(&self) -> Box<dyn Store>;

    /// Returns a path at which there is nothing.
    fn free_path(&self) -> PathBuf;

    /// Writes a copy of the store that is here, as it is at one moment, to a new file, while it is in use.
    fn backup(&self, target: &Path) -> Result<(), StoreError>;

    /// Makes another place of a backup.
    fn restored(&self, backup: &Path) -> Result<Box<dyn Place>, StoreError>;

    /// Restores a backup over the store that is here, which must be refused.
    fn restore_over(&self, backup: &Path) -> Result<(), StoreError>;
}

/// Makes a test of every behaviour; the argument is called for a new place in each.
#[macro_export]
macro_rules! store_contract {
    ($place:expr) => {
        $crate::store_contract! { $place;
            commits: a_batch_is_written_whole_or_not_at_all
                positions_follow_each_other_without_a_gap
                an_earlier_writer_is_refused
                an_epoch_never_goes_back
                an_owner_never_changes_within_an_epoch
                a_conversation_ends_within_its_epoch
                only_open_work_is_loaded_and_as_it_was_committed
                the_log_reads_back_as_it_was_written
                what_is_about_no_conversation_is_read_alone
                a_message_is_written_once
                content_without_its_thing_is_refused;
            keeping: an_answer_is_kept_for_a_day
                expired_answers_go_and_their_keys_can_be_used_again
                marks_only_rise
                a_secret_stays_as_it_was_first_made
                a_sign_in_lasts_until_it_is_ended
                an_abandoned_sign_in_is_forgotten_in_time
                an_address_is_found_without_regard_to_case
                a_new_name_leaves_the_password_as_it_is
                a_read_transaction_is_of_one_moment
                a_conversation_is_rated_once
                a_backup_made_while_writing_restores_to_a_prefix
                nothing_is_written_over_by_a_backup_or_a_restore;
            views: messages_come_in_order_and_by_page
                a_part_of_a_thread_ends_where_it_should
                a_part_of_a_thread_is_cut_by_time_too
                words_are_found_without_regard_to_case
                a_wrap_up_says_in_words_what_ended_the_segment
                sight_begins_with_an_offer_and_ends_with_the_filing
                sight_is_of_who_is_consulted_and_who_reads_on
                a_desk_holds_ones_own_work
                a_customer_sees_what_is_happening
                places_in_line_go_by_priority_and_age
                places_in_line_are_counted_for_a_group_too
                everything_that_has_a_name_is_listed_by_it;
            passing: an_offer_shows_an_earlier_deadline_until_it_ends
                an_offer_says_who_passes_the_conversation_on
                an_open_transfer_shows_its_target
                a_thread_says_how_it_may_be_passed_on
                a_consultation_is_seen_by_the_two_who_hold_it
                a_transfer_that_came_back_shows_its_reason
                handoffs_are_the_transfers_that_changed_the_owner
                a_removed_group_keeps_its_name
                a_workflow_is_returned_as_it_was_written
                requests_are_listed_until_and_after_they_are_answered;
            joining: invitations_are_loaded_until_they_end
                a_thread_names_who_is_invited_and_who_takes_part
                an_offer_to_join_says_who_invites
                whoever_takes_part_sees_all_of_it_until_they_leave
                what_was_offered_is_told_with_how_it_ended
                a_wrap_up_shows_until_when_it_is_to_be_filed;
            acting: whispers_are_for_those_who_hear_them
                a_flag_shows_its_message_while_it_is_up;
            bots: a_flow_is_returned_as_it_was_written
                a_removed_contact_keeps_its_name_and_nothing_else
                what_bots_say_and_pass_on_bears_their_names
                a_partner_who_did_not_take_it_is_shown_with_the_reason;
            schedules: a_scheduled_report_is_returned_as_it_was_written
                the_last_runs_of_a_report_are_kept;
            walls: a_wall_counts_from_a_time_on
                a_wall_names_who_writes_and_when_they_did
                presence_has_a_beginning;
        }
    };
    ($place:expr; $($group:ident: $($behaviour:ident)+;)+) => {$($(
        #[test]
        fn $behaviour() {
            $crate::store::contract::$group::$behaviour(&$place);
        }
    )+)+};
}

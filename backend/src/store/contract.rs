//! The behaviours that every store must show, written once and run on each.
//!
//! A database passes by giving a [`Place`] to [`store_contract!`](crate::store_contract), which makes a test of every
//! behaviour. The functions panic where the store is wrong.

pub mod commits;
pub mod keeping;
pub mod scene;
pub mod views;

use std::path::{Path, PathBuf};

use super::{Store, StoreError};

/// Where a store can be opened, closed and opened again; every place is empty at first and has nothing to do with any
/// other.
pub trait Place {
    /// Opens the store that is here.
    fn open(&self) -> Box<dyn Store>;

    /// Returns a path at which there is nothing.
    fn free_path(&self) -> PathBuf;

    /// Makes another place of a backup, in which the log has another identity.
    fn restored(&self, backup: &Path, log_id: [u8; 32]) -> Result<Box<dyn Place>, StoreError>;

    /// Restores a backup over the store that is here, which must be refused.
    fn restore_over(&self, backup: &Path, log_id: [u8; 32]) -> Result<(), StoreError>;
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
                a_message_is_written_once
                content_without_its_thing_is_refused;
            keeping: an_answer_is_kept_for_a_day
                expired_answers_go_and_their_keys_can_be_used_again
                marks_only_rise
                a_secret_stays_as_it_was_first_made
                a_sign_in_lasts_until_it_is_ended
                an_address_is_found_without_regard_to_case
                a_new_name_leaves_the_password_as_it_is
                a_read_transaction_is_of_one_moment
                a_backup_made_while_writing_restores_to_a_prefix
                nothing_is_written_over_by_a_backup_or_a_restore;
            views: messages_come_in_order_and_by_page
                a_part_of_a_thread_ends_where_it_should
                words_are_found_without_regard_to_case
                an_offer_shows_an_earlier_deadline_until_it_ends
                an_offer_says_who_passes_the_conversation_on
                an_open_transfer_shows_its_target
                a_transfer_that_came_back_shows_its_reason
                handoffs_are_the_transfers_that_changed_the_owner
                a_wrap_up_says_in_words_what_ended_the_segment
                sight_begins_with_an_offer_and_ends_with_the_filing
                a_desk_holds_ones_own_work
                a_customer_sees_what_is_happening
                places_in_line_go_by_priority_and_age
                transfer_targets_count_what_is_held_and_who_is_free
                everything_that_has_a_name_is_listed_by_it;
        }
    };
    ($place:expr; $($group:ident: $($behaviour:ident)+;)+) => {$($(
        #[test]
        fn $behaviour() {
            $crate::store::contract::$group::$behaviour(&$place);
        }
    )+)+};
}

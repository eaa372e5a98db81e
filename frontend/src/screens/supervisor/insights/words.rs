//! Figures in words, and what the words of reports are called on screen.

/// What is said where a figure would be made of nothing.
pub const NOT_ENOUGH: &str = "Not enough data";

/// Returns a length of time: "4.2 s", "42 s", "3 min 5 s", "2 h 5 min", "1 d 3 h".
pub fn lasted(ms: u64) -> String {
    let secs = ms / 1_000;
    let (days, hours, minutes) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    match secs {
        0..10 if !(ms / 100).is_multiple_of(10) => format!("{}.{} s", secs, ms / 100 % 10),
        0..60 => format!("{secs} s"),
        60..3_600 => two(minutes, "min", secs % 60, "s"),
        3_600..86_400 => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// Returns a share, from 0 to 1, in hundredths: "83 %", "4.5 %".
pub fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() as u64;
    if tenths >= 100 || tenths.is_multiple_of(10) {
        format!("{} %", (tenths + 5) / 10)
    } else {
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

/// Returns a count: "7", "12,345".
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a number of things: "1 transfer", "12 transfers".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Returns a word of the interface as people read it: `web_chat` is "Web chat".
pub fn read_word(word: &str) -> String {
    let mut text = word.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// What a transfer may have come to, as the filter of outcomes lists it: the word, and what it is called.
pub const OUTCOMES: [(&str, &str); 9] = [
    ("successful", "Successful"),
    ("failed", "Failed"),
    ("rejected", "Failed: rejected to the end"),
    ("returned", "Failed: returned"),
    ("expired", "Failed: not answered in time"),
    ("abandoned", "Failed: the customer left"),
    ("other", "Failed otherwise"),
    ("cancelled", "Cancelled"),
    ("open", "Open"),
];

/// Returns what an outcome or a reason is called.
pub fn outcome(word: &str) -> String {
    let known = OUTCOMES.iter().find(|(known, _)| *known == word);
    known.map_or_else(|| read_word(word), |(_, label)| (*label).to_owned())
}

/// Returns what came of a transfer: "Failed: returned", "Cancelled by a supervisor".
pub fn came_to(outcome_word: &str, reason: Option<&str>) -> String {
    match (outcome_word, reason) {
        ("failed", Some(reason)) => outcome(reason),
        ("cancelled", Some("sender")) => "Cancelled by the sender".to_owned(),
        ("cancelled", Some("supervisor")) => "Cancelled by a supervisor".to_owned(),
        ("cancelled", Some("system")) => "Cancelled by the server".to_owned(),
        (word, _) => outcome(word),
    }
}

/// Returns what became of a conversation: "Successful", "Turned away".
pub fn ending(word: &str) -> String {
    match word {
        "in_progress" => "Open".to_owned(),
        "dissuaded" => "Turned away".to_owned(),
        "unfinalized" => "Not filed".to_owned(),
        word => read_word(word),
    }
}

/// Kinds of segments: the word, and what the segments are called.
const KINDS: [(&str, &str); 11] = [
    ("queue", "Wait"),
    ("conversation", "Conversation"),
    ("conversation_in_progress", "Conversation in progress"),
    ("missed", "Missed offer"),
    ("rejected", "Rejected offer"),
    ("revoked", "Revoked offer"),
    ("bot", "Flow"),
    ("external", "Outside"),
    ("transfer", "Transfer"),
    ("agent_status", "Agent status"),
    ("agent_status_in_progress", "Agent status in progress"),
];

/// Returns what a kind of segment is called.
pub fn kind(word: &str) -> String {
    let known = KINDS.iter().find(|(known, _)| *known == word);
    known.map_or_else(|| read_word(word), |(_, label)| (*label).to_owned())
}

/// Returns how far a report is behind.
pub fn lag(events: u64, stopped: bool) -> String {
    match (events, stopped) {
        (_, true) => {
            "Reports have stopped after an error and show what was before it. Start the server again to go on."
                .to_owned()
        }
        (0, false) => "Up to date".to_owned(),
        (events, false) => format!("{} behind", counted(events, "event", "events")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_two_units_at_most() {
        let said = [0, 400, 5_000, 4_250, 42_900, 60_000, 185_000, 7_500_000, 97_200_000].map(lasted);
        assert_eq!(
            said,
            ["0 s", "0.4 s", "5 s", "4.2 s", "42 s", "1 min", "3 min 5 s", "2 h 5 min", "1 d 3 h"]
        );
    }

    #[test]
    fn a_share_is_told_in_hundredths() {
        assert_eq!(
            [0.0, 1.0, 0.8333, 0.045, 0.0999, 0.0996].map(percent),
            ["0 %", "100 %", "83 %", "4.5 %", "10 %", "10 %"]
        );
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_word() {
        assert_eq!([7, 999, 1_000, 1_234_567].map(count), ["7", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "transfer", "transfers"), "1 transfer");
        assert_eq!(counted(0, "transfer", "transfers"), "0 transfers");
    }

    #[test]
    fn words_of_another_build_are_read_as_they_are() {
        assert_eq!(read_word("web_chat"), "Web chat");
        assert_eq!(read_word(""), "");
        assert_eq!(outcome("moon_risen"), "Moon risen");
        assert_eq!(kind("queue"), "Wait");
    }

    #[test]
    fn a_transfer_that_failed_says_why() {
        assert_eq!(came_to("failed", Some("expired")), "Failed: not answered in time");
        assert_eq!(came_to("cancelled", Some("supervisor")), "Cancelled by a supervisor");
        assert_eq!(came_to("open", None), "Open");
    }

    #[test]
    fn the_lag_says_what_to_do_where_reports_have_stopped() {
        assert_eq!(lag(0, false), "Up to date");
        assert_eq!(lag(12, false), "12 events behind");
        assert!(lag(12, true).contains("Start the server again"));
    }
}

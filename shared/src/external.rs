//! External contacts: partners outside who are asked over a webhook whether they take a conversation.
//!
//! Routing knows only that there is one. Its name, its address and the secret that both sides sign with are words and
//! stand in rows; the asking is done beside the core, and what the partner answers comes back as a command.

use crate::policy::SAFETY;

/// How long a partner has to answer whether they take a conversation.
pub const CALL_LASTS: core::time::Duration = core::time::Duration::from_secs(60);

/// How long a partner who has a conversation may leave the customer without an answer, before it is taken back.
pub const SILENCE_LASTS: core::time::Duration = SAFETY;

/// How many characters an address may have.
pub const URL_CHARS_MAX: usize = 500;

/// What a secret begins with, before its bytes in base 64.
pub const SECRET_PREFIX: &str = "whsec_";

/// How many characters a secret may have: 64 bytes in base 64, and the prefix.
pub const SECRET_CHARS_MAX: usize = 94;

/// What a partner said to a conversation that they were asked to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallAnswer {
    /// They take it.
    Accept,
    /// They do not take it.
    Decline {
        /// Why; may be empty.
        reason: String,
    },
}

/// Says in a sentence why an address is not one that is asked; nothing if it is.
///
/// What is asked for goes out with a signature and with what the customer said, so it goes only where it cannot be read
/// on the way: over `https`, or to this machine.
pub fn url_fault(url: &str) -> Option<&'static str> {
    let (host, loopback_only) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (host_of(rest), false),
        (None, Some(rest)) => (host_of(rest), true),
        (None, None) => return Some("Give an address that begins with `https://`."),
    };
    if host.is_empty()
        || host.contains('@')
        || url.contains(|one: char| one.is_whitespace() || one.is_control())
    {
        return Some(
            "Give an address such as `https://partner.example.com/baton`, without a name or password.",
        );
    }
    let here = ["127.0.0.1", "localhost", "[::1]"].contains(&without_port(host));
    (loopback_only && !here).then_some("Use `https`: only this machine is asked with `http`.")
}

fn host_of(rest: &str) -> &str {
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

/// How many bytes a secret has at least, and at most. Source: Standard Webhooks, "Signature scheme".
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// Says in a sentence why a secret cannot be signed with; nothing if it can.
pub fn secret_fault(secret: &str) -> Option<&'static str> {
    let usable = |text: &str| {
        let digits = text.trim_end_matches('=');
        let padding = text.len() - digits.len();
        // Bits that no byte has must be zero, or strict readers refuse the text.
        let last = match padding {
            0 => digits.bytes().last().is_some_and(is_digit),
            1 => digits.ends_with(|last| "AEIMQUYcgkosw048".contains(last)),
            2 => digits.ends_with(['A', 'Q', 'g', 'w']),
            _ => false,
        };
        let bytes = (text.len() / 4 * 3).saturating_sub(padding);
        text.len().is_multiple_of(4)
            && (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes)
            && last
            && digits.bytes().all(is_digit)
    };
    let usable = secret.strip_prefix(SECRET_PREFIX).is_some_and(usable);
    (!usable).then_some("Give a secret of `whsec_` and 24 to 64 bytes in base 64.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for url in [
            "https://partner.example.com/baton",
            "http://127.0.0.1:9000/x",
            "http://[::1]",
            "http://localhost:1",
        ] {
            assert_eq!(url_fault(url), None, "{url}");
        }
        for url in [
            "http://partner.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com",
            "http://example.com\\@127.0.0.1",
            "https://",
            "https://user:word@example.com",
            "https://example.com/a b",
            "ftp://example.com",
            "file:///etc/passwd",
        ] {
            assert!(url_fault(url).is_some(), "{url}");
        }
    }

    #[test]
    fn a_secret_has_enough_bytes_and_not_too_many() {
        let secret = |length: usize| format!("whsec_{}", "A".repeat(length));
        assert_eq!(secret_fault(&secret(32)), None);
        assert_eq!(secret_fault(&format!("whsec_{}w==", "A".repeat(33))), None);
        assert_eq!(secret_fault(&secret(84)), None);
        let padded = |digits: &str| format!("whsec_{}{digits}", "A".repeat(32));
        assert_eq!(secret_fault(&padded("AAE=")), None);
        for wrong in [secret(88), padded("AAB="), padded("AB=="), padded("A===")] {
            assert!(secret_fault(&wrong).is_some(), "{wrong}");
        }
        for wrong in [secret(28), secret(33), secret(92), "A".repeat(32), format!("whsec_{}", "-".repeat(32))]
        {
            assert!(secret_fault(&wrong).is_some(), "{wrong}");
        }
    }
}

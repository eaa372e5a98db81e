//! Keys for requests, secrets to sign with, and jitter.

use baton_shared::external::SECRET_PREFIX;

/// How many random bytes an idempotency key is made of: enough never to meet another.
const KEY_BYTES: usize = 16;

/// How many random bytes a secret is made of: as many as what is signed with it is hashed to.
const SECRET_BYTES: usize = 32;

/// Returns a new idempotency key: 32 hexadecimal digits.
pub fn idempotency_key() -> String {
    let mut bytes = [0u8; KEY_BYTES];
    if fill(&mut bytes).is_none() {
        bytes.fill_with(|| (fraction() * 256.0) as u8);
    }
    bytes.iter().fold(String::with_capacity(2 * KEY_BYTES), |mut key, byte| {
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        key
    })
}

/// Returns a new secret to sign with, as Standard Webhooks writes it; nothing where the browser has no good chance.
pub fn signing_secret() -> Option<String> {
    let mut bytes = [0u8; SECRET_BYTES];
    fill(&mut bytes)?;
    let binary: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text = web_sys::window()?.btoa(&binary).ok()?;
    Some(format!("{SECRET_PREFIX}{text}"))
}

fn fill(bytes: &mut [u8]) -> Option<()> {
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(bytes).ok().map(drop)
}

/// Returns a number from 0 up to, but not including, 1.
pub fn fraction() -> f64 {
    js_sys::Math::random()
}

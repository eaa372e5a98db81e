//! Keys for requests, and jitter.

/// How many random bytes an idempotency key is made of: enough never to meet another.
const KEY_BYTES: usize = 16;

/// Returns a new idempotency key: 32 hexadecimal digits.
pub fn idempotency_key() -> String {
    let mut bytes = [0u8; KEY_BYTES];
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    if filled.is_none() {
        bytes.fill_with(|| (fraction() * 256.0) as u8);
    }
    bytes.iter().fold(String::with_capacity(2 * KEY_BYTES), |mut key, byte| {
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        key
    })
}

/// Returns a number from 0 up to, but not including, 1.
pub fn fraction() -> f64 {
    js_sys::Math::random()
}

//! What a customer's page proves itself with: the conversation's id and a code that only this server can compute.
//!
//! Nothing about a token is stored, so a token lasts as long as the conversation is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_shared::ConversationId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Issues and checks customers' tokens.
pub struct CustomerTokens {
    secret: [u8; 32],
}

impl CustomerTokens {
    /// Makes tokens with a secret.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// Returns the token of a conversation's customer.
    pub fn issue(&self, conversation: ConversationId) -> String {
        let code = self.code(conversation).finalize().into_bytes();
        format!("{conversation}.{}", base64(&code))
    }

    /// Returns the conversation that a token is for; nothing if this server did not issue it.
    pub fn verify(&self, token: &str) -> Option<ConversationId> {
        let (conversation, code) = token.split_once('.')?;
        let conversation = conversation.parse().ok()?;
        let code = unbase64(code)?;
        // It takes the same time whatever differs.
        self.code(conversation).verify_slice(&code).ok()?;
        Some(conversation)
    }

    fn code(&self, conversation: ConversationId) -> Hmac<Sha256> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        code.update(conversation.to_string().as_bytes());
        code
    }
}

/// Returns the SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Writes bytes in letters that need no escape in a header or a cookie.
pub fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads 32 bytes as [`base64()`] wrote them.
pub fn unbase64(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_proves_its_own_conversation_only() {
        let tokens = CustomerTokens::new([7; 32]);
        let (mine, theirs) = (ConversationId::from_bits(1), ConversationId::from_bits(2));
        let token = tokens.issue(mine);
        assert_eq!(tokens.verify(&token), Some(mine));
        let forged = format!("{theirs}.{}", token.split_once('.').unwrap().1);
        assert_eq!(tokens.verify(&forged), None);
        assert_eq!(CustomerTokens::new([8; 32]).verify(&token), None);
        for wrong in ["", ".", "cnv_x.y", &token[..token.len() - 1]] {
            assert_eq!(tokens.verify(wrong), None, "{wrong}");
        }
    }
}

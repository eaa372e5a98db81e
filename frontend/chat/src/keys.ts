// Idempotency keys: 32 characters that nobody else will make.

/** The server remembers a key for 24 h; what is older than this is not repeated by itself. */
export const KEY_MAX_AGE_MS = 23 * 3_600_000;

/** Returns a new key; works on plain HTTP too, where `crypto.randomUUID` does not exist. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

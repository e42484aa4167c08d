/**
 * Keys of providers as they look in clear text. Each pattern is particular enough that a match is a key, or a text
 * that nobody may tell from one.
 */
const KEY_PATTERNS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'an Anthropic API key', pattern: /sk-ant-[A-Za-z0-9_-]{16,}/g },
  { what: 'an OpenAI API key', pattern: /\bsk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/g },
  { what: 'a Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { what: 'a Brave Search API key', pattern: /\bBSA[A-Za-z0-9_-]{20,}/g },
  { what: 'an AWS access key', pattern: /\bAKIA[A-Z0-9]{16}\b/g },
  { what: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/g },
  { what: 'a Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { what: 'a Telegram bot token', pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/g },
  { what: 'an age identity', pattern: /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,}/g },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
];

export interface Leak {
  /** `an OpenAI API key`; never the key. */
  readonly what: string;
  /** Offset of its first character. */
  readonly offset: number;
}

/** Every key in clear text, by offset. */
export function findLeaks(text: string): readonly Leak[] {
  const leaks: Leak[] = [];
  for (const { what, pattern } of KEY_PATTERNS) {
    for (const match of text.matchAll(pattern)) leaks.push({ what, offset: match.index });
  }
  return leaks.sort((a, b) => a.offset - b.offset);
}

/** The text with every key in it replaced by asterisks of the same length, so that columns stay right. */
export function maskLeaks(text: string): string {
  let masked = text;
  for (const { pattern } of KEY_PATTERNS) masked = masked.replace(pattern, (key) => '*'.repeat(key.length));
  return masked;
}

/** Keys that have a field of their own in the API. */
export const NAMED_KEYS = {
  anthropic_api_key: 'ANTHROPIC_API_KEY',
  openai_api_key: 'OPENAI_API_KEY',
  brave_api_key: 'BRAVE_API_KEY',
} as const;

export type NamedKey = keyof typeof NAMED_KEYS;

/** The part of a request body that brings keys; null takes one away. */
export interface KeyFields extends Partial<Record<NamedKey, string | null | undefined>> {
  readonly api_keys?: Readonly<Record<string, string | null>> | undefined;
}

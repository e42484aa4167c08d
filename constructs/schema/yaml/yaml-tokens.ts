import { Lexer } from 'yaml';

/** Room for some 1,500 fields. What is more costs the parser longer than a server may take for a file of somebody else. */
export const MAX_TOKENS = 8_000;

/** Whether a text has more parts than a document of ours could have. Costs a fraction of parsing it. */
export function isTooManyTokens(text: string): boolean {
  let count = 0;
  for (const token of new Lexer().lex(text)) {
    count += token === ' ' ? 0 : 1;
    if (count > MAX_TOKENS) return true;
  }
  return false;
}

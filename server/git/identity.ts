import { oneLine } from './message.ts';

/** Who wrote a change. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** The committer of every commit that Claworc makes. */
export const COMMITTER: Author = { name: 'Claworc', email: 'claworc@localhost' };

/** `Name <email>` as a commit object wants it: no angle brackets or line ends inside, never an empty name. */
export function formatIdentity({ name, email }: Author): string {
  const clean = (text: string): string => oneLine(text.replace(/[<>]/g, ' ')).slice(0, 200);
  return `${clean(name) || 'unknown'} <${clean(email).replaceAll(' ', '')}>`;
}

import { hostname, userInfo } from 'node:os';

/** Who writes when nobody logs in: the person at this machine, `hans@laptop`. */
export function localAuthor(): { readonly name: string; readonly email: string } {
  const name = `${userName()}@${hostname().split('.')[0] ?? 'localhost'}`;
  return { name, email: name };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no passwd entry names.
    return 'claworc';
  }
}

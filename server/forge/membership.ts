import { forgeTroubleOf } from './errors.ts';

/** Whether an account is in a team. `unknown`: there is no such team, or the forge does not tell this token. */
export type Membership = 'member' | 'none' | 'unknown';

/** What is asked about a team; a forge that hides the team gives `unknown`. Every other trouble is thrown. */
export async function unlessHidden(ask: () => Promise<Membership>): Promise<Membership> {
  try {
    return await ask();
  } catch (error) {
    const trouble = forgeTroubleOf(error);
    if (trouble === 'forbidden' || trouble === 'not_found') return 'unknown';
    throw error;
  }
}

/** `acme/platform` in its two parts; undefined where it has more or less. */
export function teamParts(team: string): { readonly org: string; readonly name: string } | undefined {
  const [org = '', name = '', ...rest] = team.split('/');
  return org === '' || name === '' || rest.length > 0 ? undefined : { org, name };
}

export const isSameLogin = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

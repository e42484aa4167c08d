import type { Fleet } from '../schema/index.ts';
import { OWNED_RULES } from '../schema/policy-owners.ts';
import { FLEET_PATH } from './paths.ts';

export type CodeOwnersFormat = 'github' | 'gitlab' | 'gitea';

export interface CodeOwnersLine {
  /** The line of `CODEOWNERS` that names the owners of all rules; null where claworc.yaml names none that the format can. */
  readonly line: string | null;
  /** Owners that the format has no form for. */
  readonly left: readonly string[];
}

/**
 * What a forge is told of the owners of rules: as owners of claworc.yaml, in which the rules stand; a forge knows files and no
 * rules. `prefix` stands in front of its path, with a slash at its end. GitHub and GitLab take paths as .gitignore has them;
 * Gitea expressions in which a backslash is doubled, and accounts and teams alone.
 */
export function codeOwnersLine(fleet: Fleet, format: CodeOwnersFormat, prefix: string): CodeOwnersLine {
  const named = fleet.spec.policy?.owners ?? {};
  const all = [...new Set(OWNED_RULES.flatMap((rule) => named[rule] ?? []))].sort();
  const fits = (owner: string): boolean => format !== 'gitea' || owner.startsWith('@');
  const owners = all.filter(fits);
  const left = all.filter((owner) => !fits(owner));
  const path = `${prefix}${FLEET_PATH}`;
  return { line: owners.length === 0 ? null : `${patternOf(path, format)} ${owners.join(' ')}`, left };
}

function patternOf(path: string, format: CodeOwnersFormat): string {
  if (format !== 'gitea') return `/${path.replace(/[ #\\*?[\]!]/g, '\\$&')}`;
  return path.replace(/[.+*?()|[\]{}^$]/g, '\\\\$&').replace(/[ #]/g, '\\$&');
}

/** Whether a `CODEOWNERS` file has the line, however its parts are spaced. */
export function hasLine(file: string, line: string): boolean {
  const plain = (text: string): string => text.trim().replace(/\s+/g, ' ');
  return file.split('\n').some((each) => plain(each.replace(/\s#.*$/, '')) === plain(line));
}

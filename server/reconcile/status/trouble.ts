/** What can mend a trouble; `none` where no single place does. */
export type Repair =
  'image' | 'resources' | 'pull_secret' | 'volume' | 'config' | 'key' | 'node' | 'ports' | 'log' | 'none';

/** Why a bot isn't well and what helps. */
export interface Trouble {
  /** A few words. */
  readonly cause: string;
  /** What was seen, with the cluster's own words. */
  readonly seen: string;
  readonly next: string;
  readonly repair: Repair;
  /** The command that `next` speaks of, ready to be run; only where one helps. */
  readonly command?: string;
}

/** `kubectl -n claworc ...`, for the namespace that an object is in. */
export function kubectl(
  object: { readonly metadata: { readonly namespace?: string } },
  ...words: readonly string[]
): string {
  const { namespace } = object.metadata;
  return ['kubectl', ...(namespace === undefined ? [] : ['-n', namespace]), ...words].join(' ');
}

export const times = (count: number): string => (count === 1 ? '1 restart' : `${count} restarts`);

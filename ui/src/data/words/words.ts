import type { FleetState } from '../../../../server/http/schemas/answers.ts';
import type { Status, Sync } from '../../../../server/http/schemas/common.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { IconName } from '../../elements/icon-paths.ts';

/** Undefined before the fleet is known. */
export type ClusterState = FleetState['cluster']['state'] | undefined;

export type Tone = 'ok' | 'wait' | 'idle' | 'warn' | 'bad' | 'ask' | 'accent';

/** How a word of state is drawn. `turning` marks the one glyph that moves. */
export interface Word {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
  readonly turning?: boolean;
  /** The rule, said where the word is explained. */
  readonly rule: string;
}

export const STATUS_WORDS = {
  creating: {
    word: 'Creating',
    icon: 's-creating',
    tone: 'wait',
    turning: true,
    rule: 'The pod is on its way and not ready yet, and nothing is wrong so far.',
  },
  running: { word: 'Running', icon: 's-running', tone: 'ok', rule: 'The pod is ready and the Chrome screen answers.' },
  stopped: { word: 'Stopped', icon: 's-stopped', tone: 'idle', rule: 'No pod of it runs; data kept.' },
  error: { word: 'Error', icon: 's-error', tone: 'bad', rule: 'Something is wrong that may not mend itself.' },
} as const satisfies Record<Status, Word>;

/**
 * How the status of a bot is drawn where the cluster is `state`: nothing moves while none is asked, and what was on its
 * way when a cluster fell silent is not seen moving either.
 */
export function statusEntry(status: Status, state: ClusterState): Word {
  const entry: Word = STATUS_WORDS[status];
  if (status !== 'creating' || state === undefined || state === 'connected') return entry;
  if (state === 'unreachable') return { ...entry, turning: false };
  const rule = 'It is created when a cluster is there for it.';
  return { word: 'Waiting', icon: 'clock', tone: 'wait', turning: false, rule };
}

export const SYNC_WORDS = {
  draft: { word: 'Draft', icon: 'y-draft', tone: 'warn', rule: 'Edited here, in no commit.' },
  proposed: { word: 'Proposed', icon: 'proposal', tone: 'ask', rule: 'On a branch, waiting for review.' },
  published: { word: 'Published', icon: 'y-published', tone: 'wait', rule: 'A commit on main, not applied yet.' },
  applied: { word: 'Applied', icon: 'y-applied', tone: 'idle', rule: 'The live objects equal that commit.' },
  drifted: { word: 'Drifted', icon: 'y-drifted', tone: 'warn', rule: 'Live differs from main in fields we manage.' },
  failed: { word: 'Failed', icon: 'y-failed', tone: 'bad', rule: 'The cluster or git refused.' },
} as const satisfies Record<Sync, Word>;

/** Key names as people say them; further keys keep the name of their variable. */
export function keyLabel(name: string): string {
  switch (name) {
    case 'ANTHROPIC_API_KEY':
      return 'Anthropic';
    case 'OPENAI_API_KEY':
      return 'OpenAI';
    case 'BRAVE_API_KEY':
      return 'Brave';
    default:
      return name;
  }
}

const SCREEN_WORDS: Readonly<Record<Status, string>> = {
  running: 'view only until you take control',
  creating: 'opens by itself when the pod is ready',
  stopped: 'start the bot to see it',
  error: 'its status says why there is none',
};

/** What there is to see of a bot's screens, beside a picture of one. */
export function screenWords({ status, leaving }: Pick<Instance, 'status' | 'leaving'>): string {
  return leaving === null || status === 'running' ? SCREEN_WORDS[status] : 'there is none of a bot that leaves';
}

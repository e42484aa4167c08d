import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { fieldsOf, numberIn, textIn, textOrNull, type Fields } from './answer.ts';
import type { ForgeKind } from './place.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * What a forge tells. It is a reason to look, and no more: deliveries are lost, come twice and in any order, so whoever
 * gets one asks the forge how things are, as polling does too.
 */
export type ForgeEvent =
  | { readonly kind: 'push'; readonly ref: string; readonly commit: string | null }
  | {
      readonly kind: 'pull_request';
      readonly number: number;
      readonly change: 'opened' | 'changed' | 'merged' | 'closed';
    }
  | { readonly kind: 'review'; readonly number: number }
  | { readonly kind: 'check'; readonly commit: string | null };

/**
 * The forge whose signature over the raw body is right, null where none is. GitHub, Gitea and Forgejo sign with
 * HMAC-SHA256; GitLab sends the secret itself. Takes the same time whatever is wrong.
 */
export function signedBy(headers: Headers, body: Buffer, secret: string): ForgeKind | null {
  if (secret === '') return null;
  const hmac = createHmac('sha256', secret).update(body).digest('hex');
  // Gitea sends GitHub's headers too, so its own come first.
  const given: readonly (readonly [ForgeKind, string, string])[] = [
    ['gitea', 'x-forgejo-signature', hmac],
    ['gitea', 'x-gitea-signature', hmac],
    ['gitlab', 'x-gitlab-token', secret],
    ['github', 'x-hub-signature-256', `sha256=${hmac}`],
  ];
  for (const [kind, name, right] of given) {
    const value = headers[name];
    if (typeof value === 'string') return isSame(value, right) ? kind : null;
  }
  return null;
}

/** Digests have one length, so that the comparison tells nothing of the secret's. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** What a delivery with a right signature says; null for what is of no interest. `body` is its parsed JSON. */
export function readEvent(kind: ForgeKind, headers: Headers, body: unknown): ForgeEvent | null {
  const name = headers[{ github: 'x-github-event', gitlab: 'x-gitlab-event', gitea: 'x-gitea-event' }[kind]];
  const told = fieldsOf(body);
  if (typeof name !== 'string') return null;
  return kind === 'gitlab' ? readGitLab(name, told) : readHub(name, told);
}

function readHub(name: string, told: Fields): ForgeEvent | null {
  const pull = fieldsOf(told.pull_request);
  const number = numberIn(pull, 'number') || numberIn(told, 'number');
  if (name === 'push') return pushed(told);
  if (name === 'pull_request_review' || /^pull_request_(approved|rejected|comment|review_\w+)$/.test(name)) {
    return number === 0 ? null : { kind: 'review', number };
  }
  if (name.startsWith('pull_request')) {
    if (number === 0) return null;
    const action = textIn(told, 'action');
    const closed = pull.merged === true ? 'merged' : 'closed';
    const opened = action === 'opened' || action === 'reopened' ? 'opened' : 'changed';
    return { kind: 'pull_request', number, change: action === 'closed' ? closed : opened };
  }
  if (name === 'status') return { kind: 'check', commit: textOrNull(told, 'sha') };
  if (name === 'check_run' || name === 'check_suite') {
    return { kind: 'check', commit: textOrNull(fieldsOf(told[name]), 'head_sha') };
  }
  return null;
}

function readGitLab(name: string, told: Fields): ForgeEvent | null {
  const about = fieldsOf(told.object_attributes);
  switch (name) {
    case 'Push Hook':
      return pushed(told);
    case 'Merge Request Hook': {
      const number = numberIn(about, 'iid');
      const action = textIn(about, 'action');
      if (number === 0) return null;
      if (['approved', 'approval', 'unapproved', 'unapproval'].includes(action)) return { kind: 'review', number };
      const changes = { open: 'opened', reopen: 'opened', merge: 'merged', close: 'closed' } as const;
      const change = Object.entries(changes).find(([each]) => each === action)?.[1] ?? 'changed';
      return { kind: 'pull_request', number, change };
    }
    case 'Note Hook': {
      const number = numberIn(fieldsOf(told.merge_request), 'iid');
      return number === 0 ? null : { kind: 'review', number };
    }
    case 'Pipeline Hook':
      return { kind: 'check', commit: textOrNull(about, 'sha') };
    case 'Job Hook':
      return { kind: 'check', commit: textOrNull(told, 'sha') };
    default:
      return null;
  }
}

function pushed(told: Fields): ForgeEvent | null {
  const [ref, after] = [textIn(told, 'ref'), textIn(told, 'after')];
  if (ref === '') return null;
  // All zeros: the branch is gone.
  return { kind: 'push', ref, commit: /^(?!0+$)([0-9a-f]{40}|[0-9a-f]{64})$/.test(after) ? after : null };
}

import { fieldsOf, linkIn, numberIn, textIn, textOrNull, type Fields } from './answer.ts';
import type { ForgeComment, ForgeReview, PullRequest } from './forge.ts';

/** A pull request in the shape that GitHub has and Gitea took over. */
export function readPull(body: unknown): PullRequest {
  const pull = fieldsOf(body);
  const isMerged = pull.merged === true || textOrNull(pull, 'merged_at') !== null;
  const head = fieldsOf(pull.head);
  return {
    number: numberIn(pull, 'number'),
    url: linkIn(pull, 'html_url') ?? '',
    title: textIn(pull, 'title'),
    description: textIn(pull, 'body'),
    state: isMerged ? 'merged' : textIn(pull, 'state') === 'open' ? 'open' : 'closed',
    head: { branch: textIn(head, 'ref'), commit: textOrNull(head, 'sha') },
    base: textIn(fieldsOf(pull.base), 'ref'),
    author: loginOf(pull),
    // Before the merge GitHub names a commit here that only tries it.
    mergedAs: isMerged ? textOrNull(pull, 'merge_commit_sha') : null,
  };
}

/** Whether a pull request comes from a branch of the repository itself and not from a fork's of the same name. */
export function isOwnBranch(pull: unknown, repository: string): boolean {
  const name = textIn(fieldsOf(fieldsOf(fieldsOf(pull).head).repo), 'full_name');
  return name.toLowerCase() === repository.toLowerCase();
}

/** Subject and rest of a message, as GitHub and Gitea take them apart. */
export function partsOf(message: string): { readonly subject: string; readonly rest: string } {
  const [subject = '', ...rest] = message.split('\n');
  return { subject, rest: rest.join('\n').trim() };
}

export function loginOf(item: Fields): string {
  return textIn(fieldsOf(item.user), 'login');
}

export function readComment(item: Fields): ForgeComment {
  const user = fieldsOf(item.user);
  return {
    id: numberIn(item, 'id'),
    author: textIn(user, 'login'),
    isMachine: textIn(user, 'type') === 'Bot',
    body: textIn(item, 'body'),
  };
}

/** The last word of each reviewer, in the order of their first; a comment doesn't take an approval back. */
export function lastWords(
  reviews: readonly (Omit<ForgeReview, 'state'> & { readonly state: ForgeReview['state'] | 'dismissed' })[],
): readonly ForgeReview[] {
  const last = new Map<string, (typeof reviews)[number]>();
  for (const review of reviews) {
    const before = last.get(review.by);
    if (review.state === 'commented' && before !== undefined && before.state !== 'dismissed') continue;
    last.set(review.by, review);
  }
  return [...last.values()].flatMap(({ state, ...review }) => (state === 'dismissed' ? [] : [{ ...review, state }]));
}

import { ClaworcError } from '../lib/errors.ts';
import type { Forge, ForgeComment } from './forge.ts';
import { fitText } from './texts.ts';

export interface CommentWish {
  readonly number: number;
  /** Which of our comments it is: a pull request has one of each name. */
  readonly name: string;
  readonly body: string;
  /** Stands below a body that had to be cut. */
  readonly rest: string;
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Puts a text on a pull request, in the place of the one with the same name. Only a comment of this account is written
 * over, or of a machine where the token has no account: whoever copies the mark gets no say in what a review reads.
 */
export async function upsertComment(
  forge: Forge,
  { number, name, body, rest }: CommentWish,
  signal?: AbortSignal,
): Promise<'created' | 'updated' | 'unchanged'> {
  if (!NAME.test(name)) throw new ClaworcError('usage', 'The name of a comment has letters, digits and hyphens.');
  const mark = `<!-- claworc:${name} -->`;
  const text = `${mark}\n${fitText(body, forge.textLimit - mark.length - 1, rest)}`;
  const { login } = await forge.account(signal);
  const isOurs = ({ author, isMachine, body: theirs }: ForgeComment): boolean =>
    theirs.startsWith(mark) && (login === null ? isMachine : author === login);
  const ours = (await forge.comments(number, signal)).find(isOurs);
  if (ours === undefined) {
    await forge.addComment(number, text, signal);
    return 'created';
  }
  if (ours.body.replaceAll('\r\n', '\n').trim() === text.trim()) return 'unchanged';
  await forge.editComment(number, ours.id, text, signal);
  return 'updated';
}

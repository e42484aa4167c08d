import type { Change } from '../../../../server/http/schemas/answers.ts';
import { duration, shortCommit } from './format.ts';

/** What became of a change in the cluster, in a few words; empty where that is not known or not over. */
export function resultWords(change: Change): string {
  const { state, detail, result, result_at, applied_at, applied_as, commit } = change;
  if (state === 'failed' || state === 'conflict') return detail === '' ? 'refused' : `refused: ${detail}`;
  if (state !== 'applied') return '';
  if (applied_at !== null && applied_as !== null && applied_as !== commit) {
    return `replaced by ${shortCommit(applied_as)} before it was applied`;
  }
  const took = applied_at === null || result_at === null ? '' : ` after ${after(applied_at, result_at)}`;
  switch (result) {
    case 'healthy':
    case 'stopped':
      return `${result}${took}`;
    case 'unwell':
      return detail === '' ? 'did not come up' : `did not come up: ${detail}`;
    case 'gone':
      return detail === '' ? 'gone' : `gone, ${detail}`;
    case null:
      return applied_at === null ? 'applied, nobody wrote down when' : 'applied';
  }
}

const after = (from: string, to: string): string => duration(Math.max(0, Date.parse(to) - Date.parse(from)));

/** True where a person may have to look after it. */
export const isTroubled = ({ state, result }: Change): boolean =>
  state === 'failed' || state === 'conflict' || result === 'unwell';

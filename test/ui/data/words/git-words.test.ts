import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftWait, mainTrouble, type MainState } from '../../../../ui/src/data/words/git-words.ts';

const state = (change: Partial<NonNullable<MainState>>): NonNullable<MainState> => ({
  state: 'following',
  detail: '',
  waits_for: null,
  trouble: null,
  heads: null,
  remote: null,
  ...change,
});

describe('how main stands, in words', () => {
  it('says nothing while main is followed, and before anything is known', () => {
    expect(mainTrouble(state({}))).toBeNull();
    expect(mainTrouble(undefined)).toBeNull();
    expect(draftWait(state({}))).toBeUndefined();
  });

  it('has a title for every trouble that git at a remote can have', () => {
    const source = readFileSync(resolve(import.meta.dirname, '../../../../server/git/remote/errors.ts'), 'utf8');
    const troubles = new Set([...source.matchAll(/\btrouble: '(\w+)'/g)].map(([, trouble = '']) => trouble));
    expect(troubles.size).toBeGreaterThan(10);
    const untitled = [...troubles].filter(
      (trouble) => mainTrouble(state({ state: 'remote', trouble }))?.title === 'The remote can’t be used.',
    );
    expect(untitled).toEqual([]);
  });

  it('names a trouble of the remote, keeps the words of the server, and offers to ask again', () => {
    const git = state({
      state: 'remote',
      trouble: 'unauthorized',
      waits_for: 'the remote: it refuses the credentials',
      detail: 'The remote does not accept them.',
    });
    expect(mainTrouble(git)).toEqual({
      title: 'The remote refuses the credentials.',
      detail: 'The remote does not accept them.',
      step: 'ask',
    });
    expect(draftWait(git)).toBe('Waits for the remote: it refuses the credentials');
  });

  it('leads to the page with the choice where a person has to choose', () => {
    expect(mainTrouble(state({ state: 'rewritten' }))?.step).toBe('look');
    expect(mainTrouble(state({ state: 'remote', trouble: 'branch_gone' }))?.step).toBe('look');
  });

  it('has words for a trouble that this page does not know', () => {
    expect(mainTrouble(state({ state: 'remote', trouble: 'new_kind' }))?.title).toBe('The remote can’t be used.');
  });
});

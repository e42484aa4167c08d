import { describe, expect, it } from 'vitest';
import {
  digestsOf,
  holdsText,
  isSameContent,
  renderedFile,
  withoutText,
} from '../../../constructs/repo/rendered-file.ts';

describe('a file under dist/', () => {
  it('is known by its bytes, whether its text is kept or not', () => {
    const bytes = Buffer.from('kind: Sérvice\n');
    const [kept, known] = [renderedFile(bytes), withoutText(bytes)];

    expect(kept.digest).toBe(known.digest);
    for (const file of [kept, known]) {
      expect(holdsText(file, 'kind: Sérvice\n')).toBe(true);
      expect(holdsText(file, 'kind: Service\n')).toBe(false);
    }
    expect(holdsText(undefined, '')).toBe(false);
    expect(isSameContent(kept, bytes)).toBe(true);
    expect(isSameContent(known, renderedFile('kind: Service\n'))).toBe(false);
  });

  it('tells which Secrets of the fleet it takes a variable from, without its text', () => {
    const text =
      'secretKeyRef:\n  key: A\n  name: claworc-a-key\n  name: bot-a-b\n  name: claworc-a-key\n  name: claworc-z\n';

    expect(withoutText(Buffer.from(text)).secrets).toEqual(['claworc-a-key', 'claworc-z']);
    expect(withoutText(Buffer.from('name: claworc-a\n')).secrets).toEqual([]);
  });

  it('makes the same digests of a folder in whatever order its files come', () => {
    const [a, b] = [renderedFile('a'), renderedFile('b')];

    expect(
      digestsOf(
        new Map([
          ['b', b],
          ['a', a],
        ]),
      ),
    ).toEqual(['a', a.digest, 'b', b.digest]);
  });
});

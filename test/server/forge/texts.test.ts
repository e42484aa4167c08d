import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitText } from '../../../server/forge/texts.ts';

describe('a text for a forge', () => {
  it('stays as it is where it fits', () => {
    expect(fitText('a\n\nb', 4, 'rest')).toBe('a\n\nb');
  });

  it('is cut before a diff that would not be whole', () => {
    const text = ['one', '```diff', '-a', '+b', '```', 'two', '```diff', '-c'.repeat(50), '```', 'three'].join('\n');

    expect(fitText(text, 60, 'rest')).toBe('one\n```diff\n-a\n+b\n```\ntwo\n\n… rest');
  });

  it('is cut before a fold that would stay open', () => {
    const text = `head\n<details><summary>x</summary>\n\n${'line\n'.repeat(40)}</details>\ntail`;

    expect(fitText(text, 100, 'rest')).toBe('head\n\n… rest');
  });

  it('always fits, and leaves no block of code or fold open', () => {
    const line = fc.constantFrom('text', '```diff', '```', '~~~', '````', '<details>', '</details>', '+a', '');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 80 }), fc.integer({ min: 40, max: 300 }), (lines, limit) => {
        const text = lines.join('\n');
        const fitted = fitText(text, limit, 'rest');
        expect(fitted.length).toBeLessThanOrEqual(limit);
        if (fitted === text) return;
        const kept = fitted.slice(0, -'\n\n… rest'.length);
        expect(text.startsWith(kept)).toBe(true);
        expect(isOpen(kept)).toBe(false);
      }),
    );
  });
});

/** A small reader of Markdown's fences, as CommonMark has them for lines without an indent. */
function isOpen(text: string): boolean {
  let fence = '';
  let folds = 0;
  for (const line of text.split('\n')) {
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '') {
      fence = mark;
      if (line === '<details>') folds += 1;
      if (line === '</details>') folds -= 1;
    } else if (mark.startsWith(fence) && line === mark) fence = '';
  }
  return fence !== '' || folds > 0;
}

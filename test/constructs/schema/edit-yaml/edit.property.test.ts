import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editYaml } from '../../../../constructs/schema/edit-yaml/edit.ts';
import { anyTree, changed, isTree, writeByHand, type OwnedLine, type Tree } from './hand-written.ts';

/** A whole document does not get clearer by being made smaller for minutes. */
const RUNS = { numRuns: 500, endOnFailure: true };

describe('editYaml, for any document of a person and any change of it', () => {
  it('gives a text that says the new value', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const before = anyTree(g);
        const after = changed(g, before);
        fc.pre(Object.keys(after).length > 0);
        const text = textOf(writeByHand(g, before));
        expect(parse(text)).toEqual(before);

        expect(parse(editYaml(text, after) ?? 'none')).toEqual(after);
      }),
      RUNS,
    );
  });

  it('leaves every line of what did not change there, byte for byte and in its order', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const before = anyTree(g);
        const after = changed(g, before);
        fc.pre(Object.keys(after).length > 0);
        const lines = writeByHand(g, before);

        const written = (editYaml(textOf(lines), after) ?? '').split('\n');

        const untouched = lines.filter(({ owner }) => owner !== '' && isUntouched(before, after, owner));
        expect(
          missing(
            untouched.map(({ text }) => text),
            written,
          ),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is the text itself where nothing changed', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const tree = anyTree(g);
        const text = textOf(writeByHand(g, tree));

        expect(editYaml(text, tree)).toBe(text);
      }),
    );
  });
});

function textOf(lines: readonly OwnedLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

/** What `wanted` has that can't be found in `lines` in this order. */
function missing(wanted: readonly string[], lines: readonly string[]): readonly string[] {
  let at = 0;
  return wanted.filter((line) => {
    const found = lines.indexOf(line, at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
}

/** A path with `/` behind it is the line of a mapping's name, which stays as long as the mapping has a field. */
function isUntouched(before: Tree, after: Tree, owner: string): boolean {
  const [old, next] = [at(before, owner), at(after, owner)];
  if (owner.endsWith('/')) return isTree(next) && Object.keys(next).length > 0;
  return JSON.stringify(old) === JSON.stringify(next);
}

function at(tree: Tree, path: string): unknown {
  const steps = path.split('/').filter((step) => step !== '');
  return steps.reduce<unknown>((value, step) => (isTree(value) ? value[step] : undefined), tree);
}

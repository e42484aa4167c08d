import { describe, expect, it } from 'vitest';
import { editYaml } from '../../../../constructs/schema/edit-yaml/edit.ts';

const TEXT = `# Made by hand.
---
kind:   Thing     # a wide gap
spec:
    note: >-
        folded over
        two lines

    # agreed with the team
    size: "5Gi"   # grown once
    # to be dropped
    old: 1
        # older: 2

    recipients:   # who may read
    - age1aaa     # Ada
    - age1bbb     # Bob

    limits: {cpu: 500m,   memory: '1Gi'}  # small
# the end
`;

const VALUE = {
  kind: 'Thing',
  spec: {
    note: 'folded over two lines',
    size: '5Gi',
    old: 1,
    recipients: ['age1aaa', 'age1bbb'],
    limits: { cpu: '500m', memory: '1Gi' },
  },
};

const edited = (spec: object): string | undefined => editYaml(TEXT, { ...VALUE, spec: { ...VALUE.spec, ...spec } });

describe('editYaml', () => {
  it('changes a value in its place and leaves quotes, spaces and comment', () => {
    expect(edited({ size: '6Gi' })).toBe(TEXT.replace('"5Gi"', '"6Gi"'));
  });

  it('changes a value in brackets without touching the others', () => {
    expect(edited({ limits: { cpu: '1', memory: '2Gi' } })).toBe(
      TEXT.replace("{cpu: 500m,   memory: '1Gi'}", `{cpu: "1",   memory: '2Gi'}`),
    );
  });

  it('takes a field away with the comments that are about it', () => {
    expect(edited({ old: undefined })).toBe(TEXT.replace('    # to be dropped\n    old: 1\n        # older: 2\n', ''));
  });

  it('adds a field at the end of its mapping, in the width of indentation that the text has', () => {
    expect(edited({ env: { A: 'b' } })).toBe(TEXT.replace('# small\n', '# small\n    env:\n        A: b\n'));
  });

  it('adds to a list, and takes from it, by the line', () => {
    expect(edited({ recipients: ['age1bbb', 'age1ccc'] })).toBe(
      TEXT.replace('    - age1aaa     # Ada\n', '').replace('# Bob\n', '# Bob\n    - age1ccc\n'),
    );
  });

  it('writes a folded text anew only if it is the one that changes', () => {
    expect(edited({ note: 'other' })).toBe(
      TEXT.replace('note: >-\n        folded over\n        two lines\n', 'note: other\n'),
    );
  });

  it('keeps the comment beside a value that becomes a block', () => {
    expect(edited({ size: 'a\nb\n' })).toBe(
      TEXT.replace('size: "5Gi"   # grown once\n', 'size: | # grown once\n        a\n        b\n'),
    );
  });

  it('leaves brackets that lose their last entry as brackets, and a block without entries as empty brackets', () => {
    expect(editYaml('a:\n  b: 1 # x\nc: {d: 1}\n', { a: {}, c: {} })).toBe('a: {}\nc: {}\n');
  });

  it('keeps the lines of a list whose items are mappings', () => {
    const list = 'env:\n  # first\n  - name:  A   # a\n    value: >\n      x\n      y\n  - name: B\n    value: "2"\n';

    const text = editYaml(list, {
      env: [
        { name: 'A', value: 'x y\n' },
        { name: 'B', value: '3' },
      ],
    });

    expect(text).toBe(list.replace('"2"', '"3"'));
  });

  it('ends the last line of a text that ended without one', () => {
    expect(editYaml('a: 1\nb: 2', { a: 1, b: 3, c: 4 })).toBe('a: 1\nb: 3\nc: 4\n');
  });

  it('refuses texts that a reader of ours refuses', () => {
    for (const text of ['a: &x 1\nb: *x\n', 'a: 1\na: 2\n', 'a: [\n', '{a: 1}\n', '- a\n', '']) {
      expect(editYaml(text, { a: 2 })).toBeUndefined();
    }
  });
});

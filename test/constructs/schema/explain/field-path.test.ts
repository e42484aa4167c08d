import { assert, property, array, integer, oneof, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldOf, isWithin, stepsOf } from '../../../../constructs/schema/explain/field-path.ts';

describe('the path of a field', () => {
  it.each([
    [[], ''],
    [['spec', 'resources', 'limits', 'memory'], 'spec.resources.limits.memory'],
    [['spec', 'recipients', 1], 'spec.recipients[1]'],
    [['metadata', 'annotations', 'example.com/team'], 'metadata.annotations["example.com/team"]'],
    [['metadata', 'annotations', 'a"]["b'], 'metadata.annotations["a\\"][\\"b"]'],
    [['spec', 'env', '1'], 'spec.env.1'],
    [['spec', 'env', ''], 'spec.env[""]'],
  ])('of %j is %s', (path, text) => {
    expect(fieldOf(path)).toBe(text);
    expect(stepsOf(text)).toEqual(path);
  });

  it('is read back as it was, whatever the names are', () => {
    const names = oneof(string({ unit: 'grapheme' }), string({ unit: 'binary' }), string({ unit: 'grapheme-ascii' }));
    const path = array(oneof(names, integer({ min: 0, max: 1_000_000 })));
    assert(
      property(path, (steps) => {
        expect(stepsOf(fieldOf(steps))).toEqual(steps);
      }),
    );
  });

  it.each(['.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a[01]', 'a["b]', 'a["\\x"]', 'a b', 'a["b"]c', '[0]a'])(
    'is not %s',
    (text) => expect(stepsOf(text)).toBeUndefined(),
  );

  it('has below it what a dot or a bracket leads to', () => {
    expect(isWithin('metadata.annotations["a.b/c"]', 'metadata.annotations')).toBe(true);
    expect(isWithin('spec.env.PATH', 'spec.env')).toBe(true);
    expect(isWithin('spec.envFrom', 'spec.env')).toBe(false);
    expect(isWithin('spec.env', 'spec.env')).toBe(true);
  });
});

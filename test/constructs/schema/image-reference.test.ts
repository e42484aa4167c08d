import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet } from '../../../constructs/new-documents.ts';
import { parseImage } from '../../../constructs/schema/image-reference.ts';
import { validateFleet, validateRecord } from '../../../constructs/schema/index.ts';
import { newRecord } from '../../../constructs/new-documents.ts';

const SHA = `sha256:${'0a'.repeat(32)}`;

describe('an image reference', () => {
  it.each([
    ['ubuntu', { repository: 'ubuntu' }],
    ['ubuntu:24.04', { repository: 'ubuntu', tag: '24.04' }],
    ['acme/bot', { repository: 'acme/bot' }],
    ['ghcr.io/acme/moltbot:2026.1', { registry: 'ghcr.io', repository: 'acme/moltbot', tag: '2026.1' }],
    ['registry.lab:32001/a/b:latest', { registry: 'registry.lab:32001', repository: 'a/b', tag: 'latest' }],
    ['localhost/bot', { registry: 'localhost', repository: 'bot' }],
    ['localhost:5000/bot', { registry: 'localhost:5000', repository: 'bot' }],
    ['Registry.Lab/bot', { registry: 'Registry.Lab', repository: 'bot' }],
    ['[fd00::1]:5000/bot:1', { registry: '[fd00::1]:5000', repository: 'bot', tag: '1' }],
    [`ghcr.io/a/b:1@${SHA}`, { registry: 'ghcr.io', repository: 'a/b', tag: '1', digest: SHA }],
    [`a@${SHA}`, { repository: 'a', digest: SHA }],
    ['a/b__c--d.e_f:_x', { repository: 'a/b__c--d.e_f', tag: '_x' }],
  ])('has these parts: %s', (text, image) => {
    expect(parseImage(text)).toEqual({ ok: true, image });
  });

  it.each([
    ['x@sha256:zz', 'the digest "sha256:zz" must have 64 digits'],
    [`x@sha256:${'A'.repeat(64)}`, 'must have 64 digits from 0 to f'],
    ['x@latest', 'is not written as sha256:<hex>'],
    [`x@${SHA}@${SHA}`, 'more than once'],
    ['a..//b:::c', 'the tag "::c"'],
    ['a..b/c:1', 'the registry "a..b" is no host name'],
    ['c/a..b:1', '"a..b" in the repository'],
    ['a//b:1', 'an empty part between slashes'],
    ['a/b/', 'an empty part between slashes'],
    ['/a', 'an empty part between slashes'],
    ['127.0.0.1:5000/Lab/UPPER:1', 'the repository "Lab/UPPER" must be lower case'],
    ['UPPER:1', 'the repository "UPPER" must be lower case'],
    ['a:', 'the tag ""'],
    ['a:-b', 'the tag "-b"'],
    [`a:${'x'.repeat(129)}`, 'at most 128'],
    ['registry.lab:70000/a', 'the port "70000"'],
    ['registry.lab:/a', 'the port ""'],
    ['registry.lab:x/a', 'the port "x"'],
    ['a_/b', '"a_" in the repository'],
    ['a/b___c', '"b___c" in the repository'],
    ['registry.lab/', 'names no repository'],
    ['', 'names no repository'],
    ['ab'.repeat(32), 'an image id'],
    [`a/${'b'.repeat(255)}`, 'longer than 255'],
    ['https://ghcr.io/a/b', 'the port ""'],
  ])('is refused, with the part that is wrong: %s', (text, says) => {
    const result = parseImage(text);

    expect(result.ok ? '' : result.reason).toContain(says);
  });

  it('is read or refused whatever it is, and its parts make it again', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '0', '.', ':', '/', '@', '-', '_', '[', ']', SHA) });
    fc.assert(
      fc.property(text, (written) => {
        const result = parseImage(written);
        if (!result.ok) return;
        const { registry, repository, tag, digest } = result.image;
        const name = registry === undefined ? repository : `${registry}/${repository}`;
        expect(name + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)).toBe(written);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that can be none is a problem of its record and of the fleet, at its field', () => {
    const fleet = newFleet({ recipients: [] });
    const record = newRecord({ name: 'bot-a', displayName: 'A', image: 'x@sha256:zz' }, fleet);
    const wrong = { ...fleet, spec: { ...fleet.spec, image: 'ghcr.io/Acme/bot:1' } };

    expect(validateRecord(record)).toMatchObject([
      { field: 'spec.image', message: expect.stringContaining('"x@sha256:zz" can be no image: the digest') as string },
    ]);
    expect(validateFleet(wrong)).toMatchObject([
      { field: 'spec.image', message: expect.stringContaining('must be lower case') as string },
    ]);
  });
});

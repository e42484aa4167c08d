import { describe, expect, it } from 'vitest';
import { newFleet } from '../../../constructs/new-documents.ts';
import { parseSigner } from '../../../constructs/schema/allowed-signers.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIFF3QXuDYuBgNcbjTNZ4q5sQw6PRn7w55Svvlal2lQtx';

describe('a line of allowedSigners', () => {
  it('is who signs, options, the kind of the key and the key', () => {
    expect(parseSigner(`ada@example.com ssh-ed25519 ${KEY} a comment`)).toEqual({
      ok: true,
      signer: { principal: 'ada@example.com', key: KEY },
    });
    expect(
      parseSigner(
        `"ada, bob" namespaces="git,file",valid-after="20260101Z",valid-before="202612312359Z" ssh-ed25519 ${KEY}`,
      ),
    ).toEqual({
      ok: true,
      signer: {
        principal: 'ada, bob',
        key: KEY,
        validAfter: Date.UTC(2026, 0, 1),
        validBefore: Date.UTC(2026, 11, 31, 23, 59),
      },
    });
  });

  it.each([
    ['', /must be a line such as/],
    [`ssh-ed25519 ${KEY}`, /must be a line such as/],
    [`ada ssh-dss ${KEY}`, /must be a line such as/],
    [`ada ssh-rsa ${KEY}`, /has no ssh-rsa key/],
    ['ada ssh-ed25519 nonsense!', /has no ssh-ed25519 key/],
    [`ada cert-authority ssh-ed25519 ${KEY}`, /certificate authority/],
    [`ada namespaces="file" ssh-ed25519 ${KEY}`, /other namespaces/],
    [`ada valid-before="20261231" ssh-ed25519 ${KEY}`, /in UTC/],
    [`ada valid-before="20261399Z" ssh-ed25519 ${KEY}`, /in UTC/],
    [`ada no-touch-required ssh-ed25519 ${KEY}`, /not known here/],
  ])('%j is refused', (line, words) => {
    const parsed = parseSigner(line);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(words) as string });
  });

  it('is an error at its place in claworc.yaml, and so is a demand that nobody could meet', () => {
    const fleet = newFleet({ recipients: [] });
    const withSigned = (signedCommits: object) =>
      parseFleet(
        Buffer.from(writeRecord({ ...fleet, spec: { ...fleet.spec, policy: { signedCommits } as never } })),
        'claworc.yaml',
      );
    const bad = withSigned({ required: true, allowedSigners: [`ada ssh-ed25519 ${KEY}`, 'bob'] });
    expect(bad).toMatchObject({
      ok: false,
      problems: [{ field: 'spec.policy.signedCommits.allowedSigners[1]', line: expect.any(Number) as number }],
    });
    expect(withSigned({ required: true })).toMatchObject({
      ok: false,
      problems: [{ field: 'spec.policy.signedCommits.required' }],
    });
    expect(withSigned({ required: false })).toMatchObject({ ok: true });
    expect(withSigned({ required: 'yes' })).toMatchObject({ ok: false });
    expect(withSigned({ required: true, gpgKeys: ['-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n'] })).toMatchObject({
      ok: false,
      problems: [{ field: 'spec.policy.signedCommits.gpgKeys[0]' }],
    });
  });
});

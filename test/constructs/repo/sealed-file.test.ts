import { describe, expect, it } from 'vitest';
import { errorsOnly } from '../../../constructs/repo/repo.ts';
import { keysInUse, readRepo, renderUnit } from '../../../constructs/repo/index.ts';
import { verifyRepo } from '../../../constructs/repo/verify-repo.ts';
import { sealedDigest } from '../../../constructs/sealed-secret.ts';
import { encrypted, filesOf, RECIPIENT, sealedText, summaryOf } from './fixture.ts';

const PATH = 'secrets/global/openai-api-key.yaml';

function problemsWith(text: string) {
  return readRepo(filesOf('bot-a').put(PATH, text)).problems;
}
const good = sealedText('global', 'OPENAI_API_KEY', 'seed');
const edit = (passage: string, replacement: string) => {
  if (!good.includes(passage)) throw new Error(`no ${passage}`);
  return good.replace(passage, () => replacement);
};

describe('a sealed key', () => {
  it('is taken as it is written by us', () => {
    expect(problemsWith(good)).toEqual([]);
  });

  it.each([
    ['of its own value', sealedDigest(encrypted('seed')), true],
    ['of another value, as `sops edit` leaves it', sealedDigest(encrypted('before')), false],
  ])('is marked by the digest %s, or not', (_, digest, isMarked) => {
    const marked = edit('metadata:\n', `metadata:\n  annotations:\n    claworc.dev/sealed-digest: "${digest}"\n`);
    const { keys, problems } = readRepo(filesOf('bot-a').put(PATH, marked));

    expect(problems).toEqual([]);
    expect(keys.get('global/OPENAI_API_KEY')).toMatchObject({ isMarked });
  });

  it.each([
    ['a value in clear text', edit(encrypted('seed'), 'hunter2'), 'stringData.OPENAI_API_KEY', 'is not encrypted'],
    ['an empty value', edit(encrypted('seed'), '""'), 'stringData.OPENAI_API_KEY', 'is not encrypted'],
    [
      'a binding in clear text',
      edit(encrypted('seed binding'), 'global/OPENAI_API_KEY'),
      'stringData["claworc.binding"]',
      'is not encrypted',
    ],
    ['no binding', edit(`  claworc.binding: ${encrypted('seed binding')}\n`, ''), 'stringData', 'exactly two entries'],
    [
      'a third entry',
      edit('stringData:\n', `stringData:\n  MORE: ${encrypted('x')}\n`),
      'stringData',
      'exactly two entries',
    ],
    [
      'data beside stringData',
      edit('stringData:\n', `data:\n  A: aHVudGVyMg==\nstringData:\n`),
      'data.A',
      'is not encrypted',
    ],
    [
      'a key of another file',
      good.replaceAll('OPENAI_API_KEY', 'BRAVE_API_KEY'),
      'stringData.BRAVE_API_KEY',
      'does not belong in this file',
    ],
    [
      'another name',
      edit('name: claworc-openai-api-key', 'name: claworc-other'),
      'metadata.name',
      'must be claworc-openai-api-key',
    ],
    ['another namespace', edit('namespace: claworc', 'namespace: other'), 'metadata.namespace', 'must be claworc'],
    ['another label', edit('app: claworc', 'app: bot-a'), 'metadata.labels.app', 'must be claworc'],
    [
      'an annotation',
      edit(
        'metadata:\n',
        `metadata:\n  annotations:\n    claworc.dev/sealed-digest: "${'0'.repeat(16)}"\n    kustomize.toolkit.fluxcd.io/prune: disabled\n`,
      ),
      'metadata.annotations["kustomize.toolkit.fluxcd.io/prune"]',
      'not a field',
    ],
    ['another kind', edit('kind: Secret', 'kind: ConfigMap'), 'kind', 'must be "Secret"'],
    ['another type', edit('type: Opaque', 'type: kubernetes.io/tls'), 'type', 'must be "Opaque"'],
    ['no sops block', good.slice(0, good.indexOf('sops:')), 'sops', 'is missing'],
    [
      'a MAC over everything',
      edit('mac_only_encrypted: true', 'mac_only_encrypted: false'),
      'sops.mac_only_encrypted',
      'must be true',
    ],
    ['another rule of what is encrypted', edit('^(data|stringData)$', '^x$'), 'sops.encrypted_regex', 'must be'],
  ])('is refused with %s', (_, text, field, says) => {
    const [problem] = problemsWith(text);

    expect(problem).toMatchObject({ unit: 'fleet', file: PATH, severity: 'error', field });
    expect(problem?.message).toContain(says);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(problem?.line).toBeGreaterThan(0);
  });

  it('that is sealed for other recipients is a warning, and holds nobody', () => {
    const repo = readRepo(filesOf('bot-a').put(PATH, good.replace(RECIPIENT, `age1${'x'.repeat(58)}`)));

    expect(repo.problems).toMatchObject([{ severity: 'warning', unit: 'fleet', field: 'sops.age' }]);
    expect(renderUnit(repo, 'bot-a').ok).toBe(true);
  });

  it('that was copied to another owner is refused at both, and holds neither: only its binding tells which is the copy', () => {
    const files = filesOf('bot-a', 'bot-b')
      .key('bot-a', 'OPENAI_API_KEY', 'same')
      .key('bot-b', 'OPENAI_API_KEY', 'same')
      .synth();

    const repo = readRepo(files);

    expect(new Set(summaryOf(repo.problems))).toEqual(
      new Set([
        '- secrets/bot-a/openai-api-key.yaml:1 holds the same encrypted text as secrets/bot-b/openai-api-key.yaml: a sealed key cannot be copied; seal it anew',
        '- secrets/bot-b/openai-api-key.yaml:1 holds the same encrypted text as secrets/bot-a/openai-api-key.yaml: a sealed key cannot be copied; seal it anew',
      ]),
    );
    expect(errorsOnly(verifyRepo(files))).toHaveLength(repo.problems.length);
    expect([renderUnit(repo, 'bot-a').ok, renderUnit(repo, 'bot-b').ok]).toEqual([true, true]);
  });

  it('whose Secret would be that of another bot’s key is refused at both', () => {
    const repo = readRepo(filesOf('bot-a', 'bot-a-b').key('bot-a', 'B_KEY').key('bot-a-b', 'KEY'));

    expect(summaryOf(repo.problems)).toEqual([
      'bot-a-b secrets/bot-a-b/key.yaml:1 its Secret would be bot-a-b-key, as that of secrets/bot-a/b-key.yaml',
      'bot-a secrets/bot-a/b-key.yaml:1 its Secret would be bot-a-b-key, as that of secrets/bot-a-b/key.yaml',
    ]);
  });

  it('of the name of a variable is refused at the record', () => {
    const repo = readRepo(
      filesOf('bot-b')
        .record('bot-a', { env: { MY_TOKEN: 'x' } })
        .key('global', 'MY_TOKEN'),
    );

    expect(repo.problems).toMatchObject([{ unit: 'bot-a', field: 'spec.env.MY_TOKEN', line: 10 }]);
  });
});

describe('keysInUse', () => {
  const files = filesOf('bot-a', 'bot-b')
    .key('global', 'OPENAI_API_KEY')
    .key('global', 'BRAVE_API_KEY')
    .key('bot-a', 'OPENAI_API_KEY');

  it('takes a bot’s own key before the global one, and sorts by name', () => {
    const repo = readRepo(files);

    expect(keysInUse(repo, 'bot-a').map(({ name, secretName }) => [name, secretName])).toEqual([
      ['BRAVE_API_KEY', 'claworc-brave-api-key'],
      ['OPENAI_API_KEY', 'bot-a-openai-api-key'],
    ]);
    expect(keysInUse(repo, 'bot-b').map(({ scope }) => scope)).toEqual(['global', 'global']);
  });

  it('moves the digest with the encrypted value alone', () => {
    const digestOf = (seed: string, mac: string) => {
      const text = sealedText('global', 'BRAVE_API_KEY', seed).replace(encrypted('mac'), encrypted(mac));
      return keysInUse(readRepo(filesOf('bot-a').put('secrets/global/brave-api-key.yaml', text)), 'bot-a')[0]?.digest;
    };

    expect(digestOf('a', 'x')).toBe(digestOf('a', 'y'));
    expect(digestOf('a', 'x')).not.toBe(digestOf('b', 'x'));
  });

  it('holds the bots that were rendered with a key which cannot be read now, and nobody who has an own one', () => {
    const repo = readRepo(files.synth().record('bot-new').put('secrets/global/openai-api-key.yaml', 'kind: ['));

    expect(renderUnit(repo, 'bot-a').ok).toBe(true);
    expect(renderUnit(repo, 'bot-new').ok).toBe(true);
    expect(renderUnit(repo, 'bot-b')).toMatchObject({
      ok: false,
      problems: [{ file: 'secrets/global/openai-api-key.yaml', unit: 'bot-b' }],
    });
  });
});

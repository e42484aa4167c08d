import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRepo, renderUnit } from '../../../constructs/repo/index.ts';
import { RENDERING } from '../../../constructs/schema/index.ts';
import { filesOf, Files, summaryOf } from './fixture.ts';

const ports = (chrome: number) => ({ exposure: 'nodePort' as const, nodePorts: { chrome, terminal: chrome + 1 } });

describe('readRepo', () => {
  it('reads everything that a repo is made of', () => {
    const files = filesOf('bot-a', 'bot-b')
      .key('global', 'OPENAI_API_KEY')
      .key('bot-a', 'OPENAI_API_KEY')
      .tombstone('bot-old')
      .synth();

    const repo = readRepo(files);

    expect(repo.problems).toEqual([]);
    expect([...repo.records.keys()]).toEqual(['bot-a', 'bot-b']);
    expect([...repo.tombstones.keys()]).toEqual(['bot-old']);
    expect([...repo.keys.keys()]).toEqual(['bot-a/OPENAI_API_KEY', 'global/OPENAI_API_KEY']);
    expect(repo.dist.get('bot-a')?.size).toBe(8);
  });

  it('does not look at files elsewhere, nor at what keeps a folder', () => {
    const files = filesOf('bot-a')
      .put('README.md', '\0')
      .put('instances/.gitkeep', '')
      .put('.github/workflows/x.yaml', 'a: [');

    expect(readRepo(files).problems).toEqual([]);
  });

  it('says that claworc.yaml is missing, and renders nothing without it', () => {
    const repo = readRepo(new Files().record('bot-a'));

    expect(summaryOf(repo.problems)).toEqual(['- claworc.yaml: is missing: it says what holds for the whole fleet']);
    expect(renderUnit(repo, 'bot-a')).toMatchObject({ ok: false });
  });

  it('lets all others go on when one record is broken', () => {
    const repo = readRepo(filesOf('bot-a', 'bot-b', 'bot-c').put('instances/bot-b.yaml', 'a: ['));

    expect([...repo.records.keys()]).toEqual(['bot-a', 'bot-c']);
    expect(repo.problems.map(({ unit }) => unit)).toEqual(['bot-b']);
    expect(renderUnit(repo, 'bot-a').ok).toBe(true);
    expect(renderUnit(repo, 'bot-b').ok).toBe(false);
  });

  it.each([
    ['instances/notes.txt', 'only files that end in .yaml'],
    ['instances/bot-a.yml', 'name it bot-a.yaml'],
    ['instances/team/bot-a.yaml', 'has no folders'],
    ['tombstones/x.txt', 'only files that end in .yaml'],
    ['secrets/key.yaml', 'in secrets/global/ or in the folder of an instance'],
    ['secrets/shared/key.yaml', '"shared" is neither "global" nor an instance'],
    ['secrets/global/key.txt', 'end in .yaml'],
    ['secrets/global/a/key.yaml', 'in secrets/global/ or'],
    ['dist/x.yaml', 'nothing but the rendered folders'],
    ['dist/other/deployment.yaml', 'nothing but the rendered folders'],
    ['dist/bot-a/deep/deployment.yaml', 'nothing but the rendered folders'],
  ])('refuses the stray file %s, and holds nobody up for it', (path, says) => {
    const repo = readRepo(filesOf('bot-z').put(path, 'x: y\n'));

    expect(repo.problems).toMatchObject([
      { unit: null, file: path, severity: 'error', message: expect.stringContaining(says) as string },
    ]);
    expect(renderUnit(repo, 'bot-z').ok).toBe(true);
  });

  it.each([
    'instances/.DS_Store',
    'instances/README.md',
    'instances/.bot-a.yaml.swp',
    'instances/bot-a.yaml~',
    'secrets/README.md',
    'secrets/global/.gitkeep',
    'tombstones/Thumbs.db',
    'dist/.DS_Store',
    'dist/bot-z/.DS_Store',
  ])('takes no notice of %s, which people and their programs leave anywhere', (path) => {
    const repo = readRepo(filesOf('bot-z').put(path, '\u0000 anything'));

    expect(repo.problems).toEqual([]);
    expect([...repo.claimed]).toEqual([]);
    expect(repo.dist.get('bot-z')?.has('.DS_Store') ?? false).toBe(false);
  });

  it('does not take a record for litter because its name is hidden', () => {
    const repo = readRepo(filesOf('bot-z').put('instances/.bot-a.yaml', 'x: y\n'));

    expect(repo.problems).not.toEqual([]);
  });

  it('refuses a record that is named otherwise than its file', () => {
    const files = filesOf('bot-a').put('instances/bot-b.yaml', filesOf('bot-a').text('instances/bot-a.yaml'));

    expect(summaryOf(readRepo(files).problems)).toEqual([
      'bot-b instances/bot-b.yaml:4 must be bot-b, as the file is named: instances/bot-b.yaml',
    ]);
  });

  it('reads the same bytes anew under another name', () => {
    const files = filesOf('bot-a');
    files.set('instances/bot-b.yaml', files.get('instances/bot-a.yaml')!);

    for (let time = 0; time < 2; time += 1) {
      const repo = readRepo(files);
      expect([...repo.records.keys()]).toEqual(['bot-a']);
      expect(repo.problems.map(({ unit }) => unit)).toEqual(['bot-b']);
    }
  });

  it('tells both holders of a pair of ports, and nobody else', () => {
    const repo = readRepo(
      filesOf('bot-c').record('bot-a', ports(30100)).record('bot-b', ports(30100)).record('bot-d', ports(30102)),
    );

    expect(summaryOf(repo.problems)).toEqual([
      'bot-a instances/bot-a.yaml:11 30100 and 30101 are taken by bot-b too: a pair belongs to one bot of the fleet',
      'bot-b instances/bot-b.yaml:11 30100 and 30101 are taken by bot-a too: a pair belongs to one bot of the fleet',
    ]);
  });

  it('keeps a pair reserved while its bot is not exposed', () => {
    const reserved = { ...ports(30100), exposure: 'proxy' as const };

    expect(readRepo(filesOf().record('bot-a', reserved).record('bot-b', ports(30100))).problems).toHaveLength(2);
  });

  it('refuses a record beside a tombstone of its name', () => {
    const repo = readRepo(filesOf('bot-a').tombstone('bot-a'));

    expect(summaryOf(repo.problems)).toEqual([
      'bot-a tombstones/bot-a.yaml:1 bot-a has a record too; the commit that brings a record back removes its tombstone',
    ]);
  });

  it('refuses an image outside the policy, at the record that names it, and prefixes that only look alike', () => {
    const files = filesOf('bot-a')
      .edit(
        'claworc.yaml',
        '  recipients:',
        '  policy:\n    allowedImages: [registry.optimalux.com:32001/optimalux, ghcr.io/acme/]\n  recipients:',
      )
      .record('bot-b', { image: 'ghcr.io/acme/bot:1' })
      .record('bot-c', { image: 'registry.optimalux.com:32001/optimalux-evil/bot:1' });

    expect(summaryOf(readRepo(files).problems)).toEqual([
      'bot-c instances/bot-c.yaml:9 registry.optimalux.com:32001/optimalux-evil/bot:1 is outside spec.policy.allowedImages of claworc.yaml',
    ]);
  });

  it('sees a request here that is over a limit there, in both directions', () => {
    const files = filesOf()
      .record('bot-a', { resources: { requests: { cpu: '3' } } })
      .record('bot-b', { resources: { limits: { memory: '512Mi' } } });

    expect(readRepo(files).problems.map(({ unit, field, message }) => [unit, field, message])).toEqual([
      [
        'bot-a',
        'spec.resources.requests.cpu',
        'the request 3 is over the limit 2000m (claworc.yaml: spec.resources.limits.cpu)',
      ],
      [
        'bot-b',
        'spec.resources.limits.memory',
        'the request 1Gi is over the limit 512Mi (spec.resources.limits.memory)',
      ],
    ]);
  });

  it('wants a pair of ports from every record of a fleet that exposes screens', () => {
    const files = filesOf('bot-a').record('bot-b', { nodePorts: { chrome: 30100, terminal: 30101 } });

    const repo = readRepo(files.edit('claworc.yaml', 'exposure: proxy', 'exposure: nodePort'));

    expect(repo.problems.map(({ unit }) => unit)).toEqual(['bot-a']);
    expect(renderUnit(repo, 'bot-b').ok).toBe(true);
  });

  it('finds keys in clear text in comments too, and never repeats them', () => {
    const files = filesOf('bot-a').edit('instances/bot-a.yaml', 'spec:', `# sk-ant-api03-${'z'.repeat(30)}\nspec:`);

    const { problems } = readRepo(files);

    expect(problems).toMatchObject([
      { unit: 'bot-a', line: 7, message: expect.stringContaining('an Anthropic API key') as string },
    ]);
    expect(JSON.stringify(problems)).not.toContain('zzz');
  });

  it('tells apart paths that some disks do not', () => {
    const files = filesOf('bot-a').put('instances/Bot-a.yaml', filesOf('bot-a').text('instances/bot-a.yaml'));

    expect(readRepo(files).problems.filter(({ message }) => message.includes('capitals alone'))).toHaveLength(2);
  });

  it.each([
    ['a namespace of Kubernetes', 'namespace: claworc', 'namespace: kube-system', 'belongs to Kubernetes itself'],
    ['a newer rendering', `rendering: ${RENDERING}`, `rendering: ${RENDERING + 1}`, 'a newer Claworc is needed'],
    ['a default request over the default limit', 'cpu: 500m', 'cpu: "3"', 'over the limit'],
    ['a recipient that is none', 'recipients:\n    - ', 'recipients:\n    - x', 'is not an age recipient'],
    ['no image', '  image: registry.optimalux.com:32001/optimalux/moltbot:latest\n', '', 'image is missing'],
  ])('holds every unit when claworc.yaml has %s', (_, passage, replacement, says) => {
    const repo = readRepo(filesOf('bot-a', 'bot-b').edit('claworc.yaml', passage, replacement));

    expect(repo.fleet).toBeNull();
    expect(repo.problems).toMatchObject([{ file: 'claworc.yaml', message: expect.stringContaining(says) as string }]);
    expect(renderUnit(repo, 'bot-a')).toMatchObject({ ok: false, problems: [{ unit: 'bot-a', file: 'claworc.yaml' }] });
  });

  it('never throws, whatever the bytes are, and always goes on with the sound unit', () => {
    const path = fc.constantFrom(
      ...['claworc.yml', 'instances/bot-x.yaml', 'instances/.yaml', 'instances/bot-y.yml', 'tombstones/bot-x.yaml'],
      ...[
        'secrets/global/x.yaml',
        'secrets/bot-x/openai-api-key.yaml',
        'secrets/x',
        'dist/bot-x/deployment.yaml',
        'dist/x',
      ],
    );
    const sound = filesOf('bot-sound');
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...sound.values()).chain((bytes) =>
        fc.tuple(fc.nat(bytes.length), fc.uint8Array({ maxLength: 6 })).map(([at, other]) => {
          const mutated = bytes.slice();
          mutated.set(other.subarray(0, Math.max(0, mutated.length - at)), at);
          return mutated;
        }),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(path, content), { maxLength: 6 }), (entries) => {
        const files = new Files([...sound, ...entries]);

        expect(renderUnit(readRepo(files), 'bot-sound').ok).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

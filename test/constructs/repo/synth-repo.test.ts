import { describe, expect, it } from 'vitest';
import { readRepo, synthRepo } from '../../../constructs/repo/index.ts';
import { parseTombstone } from '../../../constructs/schema/yaml/parse-document.ts';
import { AT, filesOf, type Files } from './fixture.ts';

const synth = (files: Files, options: Partial<Parameters<typeof synthRepo>[1]> = {}) =>
  synthRepo(readRepo(files), { ...AT, ...options });

describe('synthRepo', () => {
  it('creates what is new and then finds nothing to do', () => {
    const files = filesOf('bot-a', 'bot-b');

    const first = synth(files);
    const second = synth(files.synth());

    expect(first.summary).toEqual([
      { name: 'bot-a', action: 'created', fields: [] },
      { name: 'bot-b', action: 'created', fields: [] },
    ]);
    expect(first.changes.size).toBe(16);
    expect(second.summary.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(second.changes.size).toBe(0);
  });

  it('writes only the files that changed, and names the fields', () => {
    const files = filesOf('bot-a', 'bot-b')
      .synth()
      .record('bot-b', { state: 'stopped', vnc: { resolution: '1280x720' } });

    const { summary, changes } = synth(files);

    expect([...changes.keys()]).toEqual(['dist/bot-b/deployment.yaml']);
    expect(summary).toEqual([
      { name: 'bot-a', action: 'unchanged', fields: [] },
      {
        name: 'bot-b',
        action: 'configured',
        fields: [
          'deployment.yaml spec.replicas',
          'deployment.yaml spec.template.spec.containers[moltbot].env[VNC_RESOLUTION].value',
        ],
      },
    ]);
  });

  it('moves every bot that inherits a default when the default moves', () => {
    const files = filesOf('bot-a')
      .record('bot-b', { image: 'x/y:1' })
      .synth()
      .edit('claworc.yaml', 'moltbot:latest', 'moltbot:2');

    expect(synth(files).summary.map(({ name, action }) => [name, action])).toEqual([
      ['bot-a', 'configured'],
      ['bot-b', 'unchanged'],
    ]);
  });

  it('restarts just the bots that use a key when it is sealed anew', () => {
    const files = filesOf('bot-a', 'bot-b').key('global', 'BRAVE_API_KEY').key('bot-a', 'BRAVE_API_KEY').synth();

    const { summary } = synth(files.key('global', 'BRAVE_API_KEY', 'another value'));

    expect(summary).toEqual([
      { name: 'bot-a', action: 'unchanged', fields: [] },
      {
        name: 'bot-b',
        action: 'configured',
        fields: ['deployment.yaml spec.template.metadata.annotations[claworc.dev/keys-digest]'],
      },
    ]);
  });

  it('puts back what was edited by hand under dist/, and takes away what does not belong to the unit', () => {
    const files = filesOf('bot-a').synth();
    const right = files.text('dist/bot-a/deployment.yaml');
    files.edit('dist/bot-a/deployment.yaml', 'replicas: 1', 'replicas: 7').put('dist/bot-a/extra.yaml', 'kind: Pod\n');
    files.edit('dist/bot-a/service-vnc.yaml', 'kind: Service', '# note\nkind: Service');

    const { changes, summary } = synth(files);

    expect(changes.get('dist/bot-a/deployment.yaml')).toBe(right);
    expect(changes.get('dist/bot-a/extra.yaml')).toBeNull();
    expect(summary[0]?.fields).toEqual([
      'deployment.yaml spec.replicas',
      'service-vnc.yaml (written anew)',
      'extra.yaml (removed)',
    ]);
  });

  it('removes an instance whose record is gone by a tombstone that keeps its volumes', () => {
    const files = filesOf('bot-a', 'bot-b').key('bot-b', 'BRAVE_API_KEY').synth();
    files.delete('instances/bot-b.yaml');

    const { changes, summary, tombstones } = synth(files);

    expect(summary.at(-1)).toEqual({ name: 'bot-b', action: 'removed', fields: [] });
    expect(tombstones).toEqual(['bot-b']);
    expect(parseTombstone(changes.get('tombstones/bot-b.yaml') ?? '', 'tombstones/bot-b.yaml')).toMatchObject({
      ok: true,
      tombstone: { metadata: { name: 'bot-b' }, spec: { data: 'retain', at: AT.at, by: 'Ada' } },
    });
    expect([...changes].filter(([, text]) => text === null).map(([path]) => path)).toEqual([
      ...[...files.keys()].filter((path) => path.startsWith('dist/bot-b/')),
      'secrets/bot-b/brave-api-key.yaml',
    ]);
    expect(synth(files.synth())).toMatchObject({ changes: new Map(), summary: [{ name: 'bot-a' }] });
  });

  it('leaves a tombstone as a person wrote it', () => {
    const files = filesOf('bot-a').synth().tombstone('bot-a');
    files.delete('instances/bot-a.yaml');

    const { changes, tombstones } = synth(files);

    expect(tombstones).toEqual([]);
    expect(changes.has('tombstones/bot-a.yaml')).toBe(false);
    expect(changes.size).toBe(8);
  });

  it('writes a tombstone also when record and rendered files are both gone since the last commit', () => {
    const previous = {
      records: new Map([
        ['bot-a', true],
        ['bot-gone', true],
      ]),
    };

    const { changes, summary } = synth(filesOf('bot-a').synth(), { previous });

    expect([...changes.keys()]).toEqual(['tombstones/bot-gone.yaml']);
    expect(summary.map(({ name, action }) => [name, action])).toEqual([
      ['bot-a', 'unchanged'],
      ['bot-gone', 'removed'],
    ]);
  });

  it('writes no second tombstone for an instance that left before', () => {
    const previous = { records: new Map([['bot-gone', true]]) };

    expect(synth(filesOf('bot-a').tombstone('bot-gone').synth(), { previous }).changes.size).toBe(0);
  });

  it.each([
    ['broken YAML', (files: Files) => files.put('instances/bot-a.yaml', 'a: [')],
    ['another name in it', (files: Files) => files.edit('instances/bot-a.yaml', 'name: bot-a', 'name: bot-q')],
    [
      'the wrong ending',
      (files: Files) => files.put('instances/bot-a.yml', '').delete('instances/bot-a.yaml') && files,
    ],
    [
      'another file name',
      (files: Files) =>
        files.put('instances/bot-q.yaml', files.text('instances/bot-a.yaml')).delete('instances/bot-a.yaml') && files,
    ],
    [
      'a capital in its file name',
      (files: Files) =>
        files.put('instances/Bot-a.yaml', files.text('instances/bot-a.yaml')).delete('instances/bot-a.yaml') && files,
    ],
  ])('never takes an instance for removed because its record has %s', (_, spoil) => {
    const files = filesOf('bot-a', 'bot-b').synth();
    spoil(files);

    const { changes, summary, problems } = synth(files.record('bot-b', { state: 'stopped' }));

    expect(problems.length).toBeGreaterThan(0);
    expect([...changes.keys()]).toEqual(['dist/bot-b/deployment.yaml']);
    expect(summary.find(({ name }) => name === 'bot-b')?.action).toBe('configured');
    expect(summary.every(({ action }) => action !== 'removed')).toBe(true);
  });

  it('touches nothing at all when claworc.yaml is broken', () => {
    const files = filesOf('bot-a', 'bot-b').synth().put('claworc.yaml', 'x');
    files.delete('instances/bot-b.yaml');

    const { changes, summary } = synth(files);

    expect(changes.size).toBe(0);
    expect(summary.map(({ action }) => action)).toEqual(['held', 'held']);
  });

  it('renders nothing that it is told is current', () => {
    const files = filesOf('bot-a', 'bot-b').synth().record('bot-a', { state: 'stopped' });

    const { changes } = synth(files, { isCurrent: (unit) => unit === 'bot-a' });

    expect(changes.size).toBe(0);
  });
});

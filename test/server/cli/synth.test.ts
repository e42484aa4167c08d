import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../support/person-git.ts';
import { checkoutOf } from './checkout.ts';

describe('claworc synth', () => {
  it('renders every record, and says so in a line each', async () => {
    const checkout = checkoutOf(2);

    const { code, output } = await checkout.synth();

    expect({ code, output }).toEqual({
      code: 0,
      output: 'bot-0000  created\nbot-0001  created\nsynth: 2 created; 16 files written',
    });
    expect(checkout.read('dist/bot-0000/deployment.yaml')).toContain('kind: Deployment');
  });

  it('writes nothing the second time, not even the same bytes', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    const times = () =>
      [...checkout.files().keys()].map((path) => [path, statSync(join(checkout.folder, path)).mtimeMs]);
    const before = times();

    const { output } = await checkout.synth();

    expect(output).toBe('synth: 2 unchanged; 0 files written');
    expect(times()).toEqual(before);
  });

  it('writes only what changed, with the fields', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    const before = checkout.files();
    checkout.put(
      'instances/bot-0001.yaml',
      checkout.read('instances/bot-0001.yaml').replace('spec:', 'spec:\n  state: stopped'),
    );

    const { code, output } = await checkout.synth();

    expect(code).toBe(0);
    expect(output).toBe(
      'bot-0001  configured\n  deployment.yaml spec.replicas\nsynth: 1 configured, 1 unchanged; 1 file written',
    );
    const changed = [...checkout.files()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
    expect(changed).toEqual(['dist/bot-0001/deployment.yaml', 'instances/bot-0001.yaml']);
  });

  it('goes on with the rendering that claworc.yaml asks for, and says how a newer one is had', async () => {
    const checkout = checkoutOf(1);
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace('rendering: 2', 'rendering: 1'));

    const older = await checkout.synth();
    const hostname = checkout.read('dist/bot-0000/deployment.yaml').includes('hostname:');
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace('rendering: 1', 'rendering: 2'));
    const upgraded = await checkout.synth();

    expect([older.output.split('\n').at(-1), hostname]).toEqual([
      'claworc.yaml asks for rendering 1; this Claworc also makes 2. To see what an upgrade changes, write it there, run synth again and read the diff; it restarts every bot.',
      false,
    ]);
    expect(upgraded.output).toContain('deployment.yaml spec.template.spec.hostname');
    expect(upgraded.output).not.toContain('asks for rendering');
  });

  it('removes an instance by a tombstone that names who did it and when', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    rmSync(join(checkout.folder, 'instances/bot-0001.yaml'));

    const { output } = await checkout.synth();

    expect(output).toContain('bot-0001  removed; tombstones/bot-0001.yaml keeps its volumes');
    expect(checkout.read('tombstones/bot-0001.yaml')).toMatch(
      /data: retain\n {2}at: "2026-11-19T14:31:40Z"\n {2}by: ada\n/,
    );
    expect(readdirSync(join(checkout.folder, 'dist'))).toEqual(['bot-0000']);
  });

  it('notices a removal by the last commit even when dist/ of the instance is gone too', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    git(checkout.folder, 'init', '--quiet');
    git(checkout.folder, 'add', '.');
    git(checkout.folder, 'commit', '--quiet', '-m', 'All bots');
    rmSync(join(checkout.folder, 'instances/bot-0001.yaml'));
    rmSync(join(checkout.folder, 'dist/bot-0001'), { recursive: true });

    await checkout.synth();

    expect(readdirSync(join(checkout.folder, 'tombstones'))).toEqual(['bot-0001.yaml']);
  });

  it('goes on with the others when a record is broken, fails in the end, and leaves that bot’s files as they are', async () => {
    const checkout = checkoutOf(3);
    await checkout.synth();
    const before = checkout.files();
    checkout.put('instances/bot-0001.yaml', 'kind: [');
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace('moltbot:latest', 'moltbot:2'));

    const { code, output, errors } = await checkout.synth();

    expect(code).toBe(1);
    expect(errors).toContain('instances/bot-0001.yaml:1:8: is not YAML');
    expect(output).toContain('bot-0001  held: its files are left as they are');
    expect(output).toContain('synth: 2 configured, 1 held; 2 files written');
    for (const [path, text] of checkout.files())
      if (path.startsWith('dist/bot-0001/')) expect(text).toBe(before.get(path));
  });

  it('says what it would do when it is only a check, writes nothing, and exits with 3', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    checkout.put(
      'instances/bot-0001.yaml',
      checkout.read('instances/bot-0001.yaml').replace('spec:', 'spec:\n  state: stopped'),
    );
    const before = checkout.files();

    const { code, output } = await checkout.synth({ check: true });

    expect({ code, output: output.split('\n').at(-1) }).toEqual({
      code: 3,
      output: 'synth: 1 configured, 1 unchanged; 1 file would change',
    });
    expect(checkout.files()).toEqual(before);
  });

  it('checks with 0 what is right, and with 1 what is broken', async () => {
    const checkout = checkoutOf(1);
    await checkout.synth();

    expect((await checkout.synth({ check: true })).code).toBe(0);
    checkout.put('instances/bot-x.yaml', '');
    expect((await checkout.synth({ check: true })).code).toBe(1);
  });

  it('gives programs the same as JSON', async () => {
    const checkout = checkoutOf(1);

    const { output } = await checkout.synth({ json: true });

    expect(JSON.parse(output)).toMatchObject({
      summary: [{ name: 'bot-0000', action: 'created', fields: [] }],
      changed: expect.arrayContaining(['dist/bot-0000/deployment.yaml']) as unknown,
      tombstones: [],
      problems: [],
    });
  });

  it('follows no links', async () => {
    const checkout = checkoutOf(1);
    writeFileSync(
      join(checkout.folder, '../outside.yaml'),
      checkout.read('instances/bot-0000.yaml').replace('name: bot-0000', 'name: bot-x'),
    );
    symlinkSync('../../outside.yaml', join(checkout.folder, 'instances/bot-x.yaml'));

    const { code, errors } = await checkout.synth();

    expect(code).toBe(1);
    expect(errors).toBe('instances/bot-x.yaml: is a symbolic link, and links are not followed');
  });

  it('takes a named folder that is not there or is a file as wrong usage, and says when it holds no instances repo', async () => {
    const checkout = checkoutOf(0);

    await expect(checkout.synth({ repo: 'nowhere' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^There is no folder .*nowhere\.$/) as string,
    });
    await expect(checkout.synth({ repo: 'claworc.yaml' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/claworc\.yaml is a file, not a folder\.$/) as string,
    });
    rmSync(join(checkout.folder, 'claworc.yaml'));
    expect(await checkout.synth()).toMatchObject({
      code: 1,
      errors: expect.stringContaining('claworc.yaml: is missing') as string,
    });
  });
});

describe('the cache of claworc synth', () => {
  it('never hides a rendered file that was edited by hand, deleted, or put there', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    const right = checkout.files();
    const path = 'dist/bot-0001/deployment.yaml';
    const spoils = [
      () => checkout.put(path, checkout.read(path).replace('replicas: 1', 'replicas: 2')),
      () => rmSync(join(checkout.folder, path)),
      () => checkout.put('dist/bot-0001/extra.yaml', 'kind: Pod\n'),
    ];

    for (const spoil of spoils) {
      spoil();
      expect((await checkout.synth()).output).toContain('bot-0001  configured');
      expect(checkout.files()).toEqual(right);
    }
  });

  it.each([
    ['garbage', '{'],
    ['another program', '{"program":"other","units":{}}'],
    ['nothing', ''],
  ])('may hold %s', async (_, content) => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    const [cache = ''] = readdirSync(checkout.cacheFolder);
    writeFileSync(join(checkout.cacheFolder, cache), content);

    expect((await checkout.synth()).output).toBe('synth: 2 unchanged; 0 files written');
  });

  it('is not believed by a check, even where it lies', async () => {
    const checkout = checkoutOf(1);
    checkout.put(
      'instances/bot-0000.yaml',
      checkout.read('instances/bot-0000.yaml').replace('state: stopped', 'state: running'),
    );
    await checkout.synth();
    const [cache = ''] = readdirSync(checkout.cacheFolder);
    const file = join(checkout.cacheFolder, cache);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"state":"running"', '"state":"stopped"'));
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace('moltbot:latest', 'moltbot:2'));
    await checkout.synth();
    expect(checkout.read('dist/bot-0000/deployment.yaml')).toContain('replicas: 0');

    const { code, output } = await checkout.synth({ check: true });

    expect({ code, output: output.split('\n')[1]?.trim() }).toEqual({
      code: 3,
      output: 'deployment.yaml spec.replicas',
    });
  });

  it('may be somewhere that cannot be written', async () => {
    const checkout = checkoutOf(1);

    expect((await checkout.synth({ env: { XDG_CACHE_HOME: '/dev/null/none' } })).code).toBe(0);
  });

  it('moves with the fleet, and with keys', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    checkout.put(
      'claworc.yaml',
      checkout.read('claworc.yaml').replace('exposure: proxy', 'exposure: proxy\n  env: { A: b }'),
    );

    expect((await checkout.synth()).output).toContain('synth: 2 configured');
  });
});

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runVerify } from '../../../server/cli/verify.ts';
import { synthFolder } from '../../../server/services/commands/synth.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, filesIn, recordingIo } from './checkout.ts';

function verify(folder: string, path?: string) {
  const io = recordingIo();
  try {
    return { code: runVerify({ repo: folder, cwd: '/', path, json: false }, io), output: io.output.join('\n') };
  } catch (error) {
    return { code: 1, output: String(error) };
  }
}

/** A checkout that holds what synth wrote, and a folder outside of it with a file that must survive. */
async function checkoutBeside() {
  const checkout = checkoutOf(2);
  await checkout.synth();
  const outside = join(dirname(checkout.folder), 'outside');
  mkdirSync(join(outside, 'bot-0000'), { recursive: true });
  writeFileSync(join(outside, 'bot-0000', 'precious.yaml'), 'precious\n');
  return { ...checkout, outside };
}

describe('a checkout with links in it', () => {
  it.each(['dist', 'dist/bot-0000', 'tombstones', 'instances', 'secrets'])(
    'is refused by synth when %s leads outside, and nothing is written or deleted anywhere',
    async (path) => {
      const { folder, outside, put, read, synth } = await checkoutBeside();
      rmSync(join(folder, path), { recursive: true, force: true });
      symlinkSync(outside, join(folder, path));
      if (path !== 'instances') {
        put('claworc.yaml', read('claworc.yaml').replace(/cpu: .*/, 'cpu: 700m'));
        rmSync(join(folder, 'instances/bot-0001.yaml'));
      }
      const before = path === 'dist' || path === 'instances' ? filesIn(outside) : filesIn(folder);

      await expect(synth()).rejects.toThrow(new RegExp(`^${path} is a symbolic link.*nothing was written`));

      expect(filesIn(outside)).toEqual(new Map([['bot-0000/precious.yaml', 'precious\n']]));
      expect(path === 'dist' || path === 'instances' ? filesIn(outside) : filesIn(folder)).toEqual(before);
      expect(verify(folder).code).toBe(1);
    },
  );

  it('is refused when the link leads nowhere, in one sentence', async () => {
    const { folder, synth } = await checkoutBeside();
    rmSync(join(folder, 'dist'), { recursive: true });
    symlinkSync('nowhere', join(folder, 'dist'));

    await expect(synth()).rejects.toThrow(/^dist is a symbolic link/);
    expect(verify(folder).output).toMatch(/^dist: is a symbolic link/);
  });

  it('has the file that a rendered link points to neither read nor written', async () => {
    const { folder, outside, synth } = await checkoutBeside();
    rmSync(join(folder, 'dist/bot-0000/deployment.yaml'));
    symlinkSync(join(outside, 'bot-0000/precious.yaml'), join(folder, 'dist/bot-0000/deployment.yaml'));

    const told = await synth();

    expect(told).toMatchObject({ code: 1, output: expect.stringContaining('bot-0000  held') as string });
    expect(told.errors).toMatch(/^dist\/bot-0000\/deployment\.yaml: is a symbolic link/);
    expect(readFileSync(join(outside, 'bot-0000/precious.yaml'), 'utf8')).toBe('precious\n');
  });

  it('is not left through a folder that was named as a part of it', async () => {
    const { folder, outside } = await checkoutBeside();
    symlinkSync(outside, join(folder, 'fleets'));

    expect(verify(folder, 'fleets/bot-0000').output).toMatch(/fleets is a symbolic link/);
  });
});

describe('a checkout with devices and pipes in it', () => {
  it.each([
    ['a link to an endless device', (file: string) => symlinkSync('/dev/zero', file)],
    ['a pipe', (file: string) => void spawnSync('mkfifo', [file])],
    ['a folder', (file: string) => mkdirSync(file)],
  ])('is checked at once where claworc.yaml is %s', async (_, make) => {
    const { folder, synth } = await checkoutBeside();
    rmSync(join(folder, 'claworc.yaml'));
    make(join(folder, 'claworc.yaml'));

    const { code, output } = verify(folder);

    expect(code).toBe(1);
    expect(output).toMatch(/^claworc\.yaml: is (a symbolic link|a device, a pipe|a folder)/m);
    expect(output).not.toContain('is missing');
    expect((await synth()).code).toBe(1);
  });

  it('is checked at once where a record is a pipe, and its bot has not left', async () => {
    const { folder, synth } = await checkoutBeside();
    rmSync(join(folder, 'instances/bot-0001.yaml'));
    spawnSync('mkfifo', [join(folder, 'instances/bot-0001.yaml')]);

    const { code, errors } = await synth();

    expect(code).toBe(1);
    expect(errors).toMatch(/^instances\/bot-0001\.yaml: is a device, a pipe/m);
    expect(existsSync(join(folder, 'dist/bot-0001'))).toBe(true);
    expect(existsSync(join(folder, 'tombstones/bot-0001.yaml'))).toBe(false);
  });

  it('has a file over the cap named and not read', async () => {
    const { folder } = await checkoutBeside();
    writeFileSync(join(folder, 'instances/bot-huge.yaml'), 'x'.repeat(300_000));

    expect(verify(folder).output).toMatch(/^instances\/bot-huge\.yaml: is 300000 bytes; at most 262144 are read$/m);
  });
});

describe('a checkout that is not the whole repository', () => {
  it('is refused while git leaves files out of it: what is hidden was not removed', async () => {
    const { folder, synth } = await checkoutBeside();
    git(folder, 'init', '-q', '-b', 'main');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'All');
    git(folder, 'sparse-checkout', 'set', '--no-cone', '/claworc.yaml', '/instances/bot-0000.yaml', '/dist/');
    expect(readdirSync(join(folder, 'instances'))).toEqual(['bot-0000.yaml']);

    await expect(synth()).rejects.toThrow(/is a sparse checkout: git leaves out instances\/bot-0001\.yaml/);

    expect(git(folder, 'status', '--porcelain')).toBe('');
    git(folder, 'sparse-checkout', 'disable');
    expect((await synth()).code).toBe(0);
  });

  it('is judged as a folder of a larger repository, also when the command runs inside that folder', async () => {
    const { folder, cacheFolder } = await checkoutBeside();
    const top = join(dirname(folder), 'monorepo');
    mkdirSync(join(top, 'teams'), { recursive: true });
    renameSync(folder, join(top, 'teams', 'fleet'));
    git(top, 'init', '-q', '-b', 'main');
    git(top, 'add', '.');
    git(top, 'commit', '-qm', 'All');
    const inside = join(top, 'teams', 'fleet');
    for (const path of ['instances/bot-0001.yaml', 'dist/bot-0001']) rmSync(join(inside, path), { recursive: true });
    const common = { cacheFolder, check: true, at: '2026-11-19T14:31:40Z', by: 'ada' };

    for (const place of [{ folder: inside }, { folder: top, path: 'teams/fleet' }]) {
      // Only the last commit still knows the bot.
      expect((await synthFolder({ ...common, ...place })).tombstones).toEqual(['bot-0001']);
    }
    expect(verify(top, 'teams/fleet').output).toMatch(/1 records/);
    expect(lstatSync(join(inside, 'dist')).isDirectory()).toBe(true);
  });
});

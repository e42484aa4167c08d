import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { runVerify } from '../../../server/cli/verify.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

function verify(folder: string, json = false) {
  const io = recordingIo();
  const code = runVerify({ repo: folder, cwd: '/', json }, io);
  return { code, output: io.output.join('\n') };
}

describe('claworc verify', () => {
  it('passes what synth just wrote', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();

    expect(verify(checkout.folder)).toEqual({ code: 0, output: 'verify: 19 files, 2 records, 0 errors, 0 warnings' });
  });

  it('wants a checkout, and says so of a bare repository', () => {
    const folder = join(tempFolder(), 'instances.git');
    execFileSync('git', ['init', '-q', '--bare', folder]);

    expect(() => verify(folder)).toThrow(`${folder} is a bare repository; name a checkout (git clone makes one).`);
  });

  it('tells a folder that can not be looked at from one that is not there', () => {
    const folder = tempFolder();
    symlinkSync('circle', join(folder, 'circle'));

    expect(() => verify(join(folder, 'none'))).toThrow(/^There is no folder/);
    expect(() => verify(join(folder, 'circle'))).toThrow(/^The folder .* can't be looked at: ELOOP/);
  });

  it('names every problem with file, line and column, and the line itself', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    checkout.put(
      'instances/bot-0001.yaml',
      checkout.read('instances/bot-0001.yaml').replace('clawd: 5Gi', 'clawd: 5GB'),
    );
    checkout.put(
      'dist/bot-0000/service-vnc.yaml',
      checkout.read('dist/bot-0000/service-vnc.yaml').replace('6081', '6080'),
    );

    const { code, output } = verify(checkout.folder);

    expect(code).toBe(1);
    expect(output).toMatch(
      /^dist\/bot-0000\/service-vnc\.yaml:17:1: is not what instances\/bot-0000\.yaml renders to/m,
    );
    expect(output).toMatch(
      /^instances\/bot-0001\.yaml:\d+:12: spec\.storage\.clawd: "5GB" is not a Kubernetes quantity.*\n +\d+ \| {5}clawd: 5GB\n +\| +\^$/m,
    );
    expect(output).toMatch(/verify: 19 files, 2 records, 2 errors, 0 warnings$/);
  });

  it('tells and counts every entry that it does not read, at its path, and goes on with the others', async () => {
    const checkout = checkoutOf(3);
    await checkout.synth();
    const outside = join(dirname(checkout.folder), 'outside');
    const linkOutside = (path: string, as: string) => {
      renameSync(join(checkout.folder, path), outside + as);
      symlinkSync(outside + as, join(checkout.folder, path));
    };
    linkOutside('dist/bot-0000/service-vnc.yaml', '-file');
    linkOutside('dist/bot-0001', '-folder');
    checkout.put('instances/bot-huge.yaml', 'x'.repeat(300_000));
    symlinkSync('/etc/hostname', join(checkout.folder, 'instances/bot-linked.yaml'));
    checkout.put('dist/bot-0002/extra.yaml', 'kind: Pod\n');

    const { code, output } = verify(checkout.folder);

    const LINK = 'is a symbolic link, and links are not followed';
    const lines = output.split('\n').filter((line) => !line.startsWith(' '));
    expect(code).toBe(1);
    expect(lines.filter((line) => !line.startsWith('dist/bot-0002/')).sort()).toEqual([
      `dist/bot-0000/service-vnc.yaml: ${LINK}`,
      `dist/bot-0001: ${LINK}`,
      'instances/bot-huge.yaml: is 300000 bytes; at most 262144 are read',
      `instances/bot-linked.yaml: ${LINK}`,
      expect.stringContaining(`${lines.length - 1} errors, 0 warnings`),
    ]);
    expect(output).toContain('dist/bot-0002/extra.yaml: is not rendered from instances/bot-0002.yaml');
  });

  it('tells a whole folder that is a link, and what else is wrong', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    renameSync(join(checkout.folder, 'dist'), join(dirname(checkout.folder), 'elsewhere'));
    symlinkSync('../elsewhere', join(checkout.folder, 'dist'));
    checkout.put('instances/bot-huge.yaml', 'x'.repeat(300_000));

    const { code, output } = verify(checkout.folder);

    expect(code).toBe(1);
    expect(output.split('\n')).toEqual([
      'instances/bot-huge.yaml: is 300000 bytes; at most 262144 are read',
      'dist: is a symbolic link, and links are not followed',
      'verify: 3 files, 2 records, 2 errors, 0 warnings',
    ]);
  });

  it('tells a folder that holds more than the server reads of one bot, with the count', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    for (let index = 0; index < 501; index += 1) checkout.put(`secrets/bot-0000/key-${index}.yaml`, 'x');
    for (let index = 0; index < 17; index += 1) checkout.put(`dist/bot-0001/${index}.yaml`, 'x'.repeat(256 * 1024));

    const { code, output } = verify(checkout.folder);

    expect(code).toBe(1);
    expect(output).toContain('secrets/bot-0000/: holds 501 files; at most 500 are read of one folder\n');
    expect(output).toMatch(/^dist\/bot-0001\/: holds \d+ bytes; at most 4194304 are read of one folder$/m);
    expect(output).toMatch(/, 2 errors, 0 warnings$/);
  });

  it('gives programs the same as JSON', () => {
    const checkout = checkoutOf(1);

    const { code, output } = verify(checkout.folder, true);

    const { ok, problems } = JSON.parse(output) as { ok: boolean; problems: unknown[] };
    expect({ code, ok, count: problems.length }).toEqual({ code: 1, ok: false, count: 8 });
    expect(problems[0]).toMatchObject({
      unit: 'bot-0000',
      file: 'dist/bot-0000/configmap-config.yaml',
      severity: 'error',
    });
  });

  it.each(['github', 'gitlab', 'sarif', 'junit'] as const)('tells the same problem as %s', async (format) => {
    const checkout = checkoutOf(1);
    await checkout.synth();
    const path = 'instances/bot-0000.yaml';
    checkout.put(path, checkout.read(path).replace('clawd: 5Gi', 'clawd: 5GB'));
    const io = recordingIo();

    const code = runVerify({ repo: checkout.folder, cwd: '/', json: false, format }, io);

    expect(code).toBe(1);
    const output = io.output.join('\n');
    expect(output).toContain(path);
    expect(output).toContain('5GB');
    if (format === 'github')
      expect(output).toMatch(/^::error file=instances\/bot-0000\.yaml,line=\d+,col=12,title=bot-0000::/);
  });

  it('holds a checkout to the policy of the commit that it started from, which it can not loosen for itself', async () => {
    const checkout = checkoutOf(1);
    const [fleet, record] = ['claworc.yaml', 'instances/bot-0000.yaml'];
    const withPolicy = (text: string, memory: string) => `${text}  policy:\n    maxPerBot:\n      memory: ${memory}\n`;
    const plain = checkout.read(fleet);
    checkout.put(fleet, withPolicy(plain, '8Gi'));
    await checkout.synth();
    git(checkout.folder, 'init', '-q', '-b', 'main');
    git(checkout.folder, 'add', '-A');
    git(checkout.folder, 'commit', '-q', '-m', 'first');
    checkout.put(fleet, withPolicy(plain, '64Gi'));
    checkout.put(record, checkout.read(record).replace('memory: 8Gi', 'memory: 32Gi'));
    await checkout.synth();
    const run = async (...args: string[]) => {
      const io = recordingIo();
      const { signal } = new AbortController();
      const settled = { io, env: {}, cwd: checkout.folder, root: '/', version: '0', signal };
      return { code: await runProgram(['verify', ...args], settled), output: io.output.join('\n') };
    };

    expect((await run()).code).toBe(0);
    const { code, output } = await run('--base', 'main');
    expect(code).toBe(1);
    expect(output).toMatch(
      /^instances\/bot-0000\.yaml:\d+:\d+: spec\.resources\.limits\.memory: the limit 32Gi is over 8Gi, .* before this change$/m,
    );
  });

  it('refuses a folder that holds nothing of an instances repo', () => {
    const checkout = checkoutOf(0);
    rmSync(join(checkout.folder, 'claworc.yaml'));

    expect(() => verify(checkout.folder)).toThrow(/holds no instances repo/);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkoutOf, filesIn } from './checkout.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A checkout in which cdk8s.yaml means what it means in this project. */
function projectCheckout(size: number) {
  const checkout = checkoutOf(size);
  for (const path of ['node_modules', 'server', 'constructs', 'package.json'])
    symlinkSync(join(root, path), join(checkout.folder, path));
  cpSync(join(root, 'cdk8s.yaml'), join(checkout.folder, 'cdk8s.yaml'));
  return checkout;
}

const cli = join(root, 'node_modules/cdk8s-cli/bin/cdk8s');

describe('cdk8s synth', () => {
  it('gives the same bytes as claworc synth, by the official CLI', async () => {
    const checkout = projectCheckout(3);
    await checkout.synth();
    const before = filesIn(join(checkout.folder, 'dist'));

    const output = execFileSync(process.execPath, [cli, 'synth', '--check-upgrade=false'], {
      cwd: checkout.folder,
      encoding: 'utf8',
    });

    expect(output).toContain('dist/bot-0002/deployment.yaml');
    expect(filesIn(join(checkout.folder, 'dist'))).toEqual(before);
  });

  it('prints the manifests when asked to', async () => {
    const checkout = projectCheckout(1);

    const output = execFileSync(
      process.execPath,
      [cli, 'synth', '--check-upgrade=false', '--stdout', '--output', 'dist'],
      {
        cwd: checkout.folder,
        encoding: 'utf8',
      },
    );

    expect(output).toContain('kind: Deployment');
  });

  it('fails on a broken record, with its place', () => {
    const checkout = projectCheckout(2);
    checkout.put('instances/bot-0001.yaml', 'kind: [');

    const { status, stderr } = spawnSync(process.execPath, [cli, 'synth', '--check-upgrade=false'], {
      cwd: checkout.folder,
      encoding: 'utf8',
    });

    expect(status).not.toBe(0);
    expect(stderr).toContain('instances/bot-0001.yaml:1:8');
  });
});

describe('the examples of this project', () => {
  it('are rendered as they are committed', async () => {
    const checkout = checkoutOf(0);
    for (const path of ['claworc.yaml', 'instances'])
      cpSync(join(root, path), join(checkout.folder, path), { recursive: true });

    await checkout.synth();

    expect(filesIn(join(checkout.folder, 'dist'))).toEqual(filesIn(join(root, 'dist')));
    expect(readFileSync(join(root, '.gitattributes'), 'utf8')).toContain('eol=lf');
  });
});

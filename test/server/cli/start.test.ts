import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runClaworc } from '../../acceptance/claworc-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claworc-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('claworc start', () => {
  it('makes nothing on disk when the kubeconfig that was named is not there', async () => {
    const data = join(folder, 'data');
    const kubeconfig = join(folder, 'no-such-kubeconfig');

    const { code, stdout, stderr } = await runClaworc(['start', '--data', data, '--kubeconfig', kubeconfig]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`claworc: no kubeconfig at ${kubeconfig}\n`);
    expect(existsSync(data)).toBe(false);
  });

  it('explains wrong usage and ends with 2', async () => {
    const { code, stderr } = await runClaworc(['start', '--port', '99999']);

    expect(code).toBe(2);
    expect(stderr).toContain('A port is a number from 0 to 65535.');
  });
});

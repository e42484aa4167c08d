import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * `npm test`: prepares what the tests need, runs every project, and ends with the one line that says how it went.
 * What cannot be had is skipped aloud on a person's machine and is a failure where CI=true.
 * Arguments are passed on to vitest: `npm test -- test/server/git`.
 */
const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'claworc-test-'));
const report = join(folder, 'report.json');

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

const code = await run();
const counts = read();
rmSync(folder, { recursive: true, force: true });

const skipped = counts.numPendingTests + counts.numTodoTests;
const strict = process.env.CI === 'true';
if (strict && skipped > 0) console.log(`${skipped} tests were skipped; with CI=true that is a failure`);
console.log(`tests: ${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped`);
process.exit(code !== 0 || !counts.success || (strict && skipped > 0) ? 1 : 0);

function run(): Promise<number> {
  const vitest = resolve(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return new Promise((done) => {
    const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.on('exit', (exit) => done(exit ?? 1));
  });
}

function read(): Report {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Report;
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, success: false };
  }
}

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { HoldingTest } from './seeded-bug.ts';

export interface TestRun {
  readonly passed: readonly string[];
  /** Tests in which what was expected was not so: an error that is no assertion is not among them. */
  readonly refuted: readonly string[];
  /** The words of whatever else failed: files that could not be loaded, errors, the end of the time. */
  readonly troubles: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** How vitest begins, the second of `rejects` and `resolves`; and how fast-check tells of one that failed in a property. */
const ASSERTION =
  /^(AssertionError|Error: promise (resolved|rejected) |Error: Property failed[^]*\bGot AssertionError)/;

/** Runs some tests of the project `unit` in a copy of the checkout, and ends them all at the end of `limitMs`, or by `signal`. */
export async function runTests(
  folder: string,
  tests: readonly HoldingTest[],
  { limitMs, signal, bail }: { readonly limitMs: number; readonly signal: AbortSignal; readonly bail: boolean },
): Promise<TestRun> {
  const output = join(folder, 'seeded-bugs-report.json');
  const names = [...new Set(tests.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))];
  const args = [
    'run',
    '--project',
    'unit',
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${output}`,
    ...(bail ? ['--bail=1'] : []),
  ];
  const files = [...new Set(tests.map(({ file }) => file))];
  const words: Buffer[] = [];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  await new Promise<void>((done, fail) => {
    const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, ...args, ...files, '-t', names.join('|')], {
      cwd: folder,
      // A group of its own: git and servers that the tests started end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    limit.addEventListener('abort', end);
    child.stdout.on('data', (chunk: Buffer) => words.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    child.on('error', fail);
    child.on('close', () => {
      limit.removeEventListener('abort', end);
      done();
    });
  });
  signal.throwIfAborted();
  const said = stripVTControlCharacters(Buffer.concat(words).toString()).trim();
  if (limit.aborted) {
    const last = said.split('\n').at(-1) ?? '';
    return {
      passed: [],
      refuted: [],
      troubles: [`no end within ${limitMs / 1_000} s; the last word was: ${last.trim()}`],
    };
  }
  if (!existsSync(output)) return { passed: [], refuted: [], troubles: [said] };
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  rmSync(output);
  return judge(report);
}

function judge({ testResults }: Report): TestRun {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = all
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ fullName, words: failureMessages ?? [] }));
  const isRefuted = (words: readonly string[]): boolean => words.some((each) => ASSERTION.test(each));
  return {
    passed: all.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
    refuted: failed.filter(({ words }) => isRefuted(words)).map(({ fullName }) => fullName),
    troubles: [
      ...failed
        .filter(({ words }) => !isRefuted(words))
        .map(({ fullName, words }) => `${fullName}: ${words.join(' ')}`),
      ...testResults.filter((each) => each.assertionResults.length === 0).map(({ message = '' }) => message),
    ].filter((each) => each !== ''),
  };
}

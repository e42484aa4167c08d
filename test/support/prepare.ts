import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { resolveBinaries } from '../control-plane/binaries.ts';
import { clusterProgramNames } from '../control-plane/programs.ts';
import { ProgramUnavailable } from '../control-plane/unavailable.ts';
import { findChromium, findGitea, findSshKeygen, findSshd, findXterm, findXvnc } from './programs.ts';

/** One thing that tests need and that can take minutes to get on a bare machine. */
interface Preparation {
  readonly title: string;
  readonly get: (say: (line: string) => void) => Promise<unknown>;
}

const ROOT = resolve(import.meta.dirname, '../..');

const CONTROL_PLANE: Preparation = {
  title: 'the programs of the control plane, and sops',
  get: (log) => resolveBinaries(clusterProgramNames, { log }),
};

const DASHBOARD: Preparation = { title: 'the dashboard', get: (say) => ensureUiBuilt(ROOT, say) };

const PREPARATIONS: Readonly<Record<string, readonly Preparation[]>> = {
  forge: [
    { title: 'Gitea', get: findGitea },
    { title: 'an SSH server', get: findSshd },
    { title: 'ssh-keygen', get: findSshKeygen },
  ],
  cluster: [CONTROL_PLANE, { title: 'an X server', get: findXvnc }, { title: 'xterm', get: findXterm }],
  packed: [CONTROL_PLANE, DASHBOARD],
  browser: [
    CONTROL_PLANE,
    { title: 'a browser', get: findChromium },
    { title: 'an X server', get: findXvnc },
    { title: 'xterm', get: findXterm },
    DASHBOARD,
  ],
};

// Each vitest project evaluates this file anew; what one of them got, the process has.
const slot = Symbol.for('claworc.test.preparations');
const holder = globalThis as { [slot]?: Map<string, Promise<unknown>> | undefined };
const done = (holder[slot] ??= new Map<string, Promise<unknown>>());

/**
 * Gets everything that a project's tests use before the first test starts its clock, whichever files are run. What
 * can't be had is said here; the tests that need it skip themselves, and with CI=true the run fails at once.
 */
export async function setup(project: TestProject): Promise<void> {
  const say = (line: string): void => console.error(`preparing: ${line}`);
  for (const { title, get } of PREPARATIONS[project.name] ?? []) {
    const getting = done.get(title) ?? get(say);
    done.set(title, getting);
    try {
      await getting;
    } catch (error) {
      if (!(error instanceof ProgramUnavailable) || process.env.CI === 'true') throw error;
      say(`${title} can't be had, so tests that need it are skipped: ${error.message}`);
    }
  }
}

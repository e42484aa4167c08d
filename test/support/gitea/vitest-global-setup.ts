import type { TestProject } from 'vitest/node';
import { ProgramUnavailable } from '../../control-plane/unavailable.ts';
import { startGitea, type Forge, type Gitea } from './gitea.ts';

/** What a test gets from `inject('forge')`: the run's one forge, or why there is none. */
export type ProvidedForge = Forge | { readonly unavailable: string };

declare module 'vitest' {
  interface ProvidedContext {
    forge: ProvidedForge;
  }
}

/** Starts the run's forge. Without its program tests skip, but on CI the run fails. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const say = (line: string): void => console.error(line);
  let gitea: Gitea;
  try {
    gitea = await startGitea({ log: say });
  } catch (error) {
    if (!(error instanceof ProgramUnavailable) || process.env.CI === 'true') throw error;
    say(`Skipping every test that needs a forge: ${error.message}`);
    project.provide('forge', { unavailable: error.message });
    return undefined;
  }
  project.provide('forge', gitea.forge);
  return async () => {
    if (project.vitest.state.getCountOfFailedTests() > 0) say(`the log of Gitea is ${await gitea.keepLog()}`);
    await gitea.stop();
  };
}

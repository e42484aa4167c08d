import { inject, test } from 'vitest';
import type { Forge } from './gitea.ts';
import { createForgeRepository, type ForgeRepository } from './repository.ts';

interface ForgeFixtures {
  /** The run's one forge, which other tests use too: change nothing but what is in your own repository. */
  readonly forge: Forge;
  /** A repository of alice made for this test, with one commit on main, deleted after it. */
  readonly repository: ForgeRepository;
}

/** Vitest's `test` with the shared forge; skips, saying why, where there is none. */
export const forgeTest = test.extend<ForgeFixtures>({
  forge: async ({ skip }, use) => {
    const forge = inject('forge');
    if ('unavailable' in forge) return skip(forge.unavailable);
    await use(forge);
  },
  repository: async ({ forge }, use) => {
    await using repository = await createForgeRepository(forge);
    await use(repository);
  },
});

import { expect, test } from 'vitest';
import { createRenderings } from '../../../../server/reconcile/desired/renderings.ts';
import { renderUnits } from '../../../../server/services/publish/render-units.ts';
import { RepoFixture } from '../../reconcile/repo-fixture.ts';

test('a bot that is known to be rendered right is not rendered again, and one whose mark was forgotten is', async () => {
  const fixture = (await RepoFixture.create('claworc')).record('bot-a').synth();
  // Only a rendering would find this.
  fixture.write('dist/bot-a/more.yaml', 'kind: ConfigMap\n');
  const { repo } = fixture;
  const renderings = createRenderings();
  renderings.note(repo, 'bot-a', repo.dist.get('bot-a') ?? new Map());
  const changed = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { changes } of renderUnits(repo, ['bot-a'], renderings)) found.push(...changes.keys());
    return found;
  };

  expect(await changed()).toEqual([]);
  renderings.forget('bot-a');
  expect(await changed()).toEqual(['dist/bot-a/more.yaml']);
});

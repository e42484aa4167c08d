import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { cloned } from './cloned.ts';
import { filesIn } from './checkout.ts';

/** A clone whose main another person went on with at the remote, in the amounts of the first bot. */
async function overtaken() {
  const all = await cloned();
  const other = join(tempFolder(), 'other');
  git(all.folder, 'clone', '-q', all.remote, other);
  const text = filesIn(other).get('instances/bot-0000.yaml') ?? '';
  const theirs = text.replace('memory: 8Gi', 'memory: 5Gi').replace('Bot 0', 'Theirs');
  writeFileSync(join(other, 'instances/bot-0000.yaml'), theirs);
  git(other, 'commit', '-qam', 'Five', '--author', 'Ada <ada@example.com>');
  git(other, 'push', '-q', 'origin', 'HEAD:main');
  all.change('bot-0000', 'memory: 8Gi', 'memory: 6Gi');
  all.change('bot-0000', 'Bot 0', 'Mine');
  all.change('bot-0001', 'Bot 1', 'Bot One');
  return all;
}

describe('claworc propose, where main changed the same meanwhile', () => {
  it('pushes nothing, shows both values and whose they are, and leaves the checkout as it is', async () => {
    const { folder, run, branches } = await overtaken();
    const before = [git(folder, 'status', '--porcelain=v2', '--branch'), git(folder, 'for-each-ref')];

    const { code, output, errors } = await run('--title', 'Six');

    expect(code).toBe(3);
    expect(output).toMatch(
      /bot-0000:resources\.limits\.memory\n {2}--theirs {2}5Gi {2}\(main now, Ada in [0-9a-f]{7}: Five\)\n {2}--mine {4}6Gi {2}\(this proposal, Grace in [0-9a-f]{7}: Six\)/,
    );
    expect(errors).toContain('nothing was pushed: main changed the same meanwhile; say which value holds');
    expect(branches()).toEqual(['main']);
    expect([git(folder, 'status', '--porcelain=v2', '--branch'), git(folder, 'for-each-ref')]).toEqual(before);
    const json = await run('--title', 'Six', '--json', '--mine', 'displayName');
    expect([json.code, JSON.parse(json.output)]).toMatchObject([
      3,
      { state: 'conflict', conflicts: [{ field: 'spec.resources.limits.memory', main: '5Gi', proposal: '6Gi' }] },
    ]);
  });

  it('pushes main with the change in it once each is settled, and what only one side changed stays', async () => {
    const { run, onRemote, remote } = await overtaken();

    const settled = await run('--title', 'Six', '--theirs', 'bot-0000:displayName', '--set', 'memory_limit=7Gi');

    expect(settled).toMatchObject({ code: 0, errors: '' });
    const record = onRemote('proposals/six:instances/bot-0000.yaml');
    expect(record).toContain('memory: 7Gi');
    expect(record).toContain('Theirs');
    expect(onRemote('proposals/six:instances/bot-0001.yaml')).toContain('Bot One');
    expect(onRemote('proposals/six:dist/bot-0000/deployment.yaml')).toContain('memory: 7Gi');
    expect(git(remote, 'merge-base', 'main', 'proposals/six')).toBe(git(remote, 'rev-parse', 'main'));
    expect(settled.output).toContain('limits.memory: 5Gi → 7Gi');
  });

  it('takes no decision about what is in no conflict', async () => {
    const { run, branches } = await overtaken();

    const refused = await run('--title', 'Six', '--mine', 'bot-0001:displayName');

    expect(refused).toMatchObject({
      code: 2,
      errors: expect.stringContaining('bot-0001:displayName is not in conflict. In conflict: bot-0000:') as string,
    });
    expect(branches()).toEqual(['main']);
  });
});

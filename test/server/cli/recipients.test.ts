import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runClaworc, type Finished } from '../../acceptance/claworc-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { makeIdentity } from '../secrets/fixtures.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

interface House {
  readonly data: string;
  readonly server: TestServer;
  readonly own: string;
  readonly run: (...args: readonly string[]) => Promise<Finished>;
  /** Somebody else's commit of claworc.yaml on main, which the server has read. */
  readonly push: (edit: (text: string) => string) => Promise<void>;
}

async function house(): Promise<House> {
  const data = tempFolder();
  const server = await startTestServer({ data });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const checkout = join(tempFolder(), 'checkout');
  git(data, 'clone', '-q', join(data, 'instances.git'), checkout);
  return {
    data,
    server,
    own: server.running.context.identity?.identity.recipients[0] ?? '',
    run: (...args) => runClaworc(['recipients', '--data', data, ...args]),
    push: async (edit) => {
      git(checkout, 'pull', '-q', 'origin', 'main');
      const file = join(checkout, 'claworc.yaml');
      await writeFile(file, edit(await readFile(file, 'utf8')));
      git(checkout, 'commit', '-qam', 'Recipients');
      git(checkout, 'push', '-q', 'origin', 'HEAD:main');
      const head = git(checkout, 'rev-parse', 'HEAD').trim();
      await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(head), {
        timeout: PATIENCE_MS,
      });
    },
  };
}

const [added = ''] = (await makeIdentity()).recipients;
const [stranger = ''] = (await makeIdentity()).recipients;

test('beside a running server a new recipient is listed in the words of the page, and accepted only when it is typed', async () => {
  const { server, own, run, push } = await house();
  const before = await run();
  await push((text) => text.replace(`- ${own}`, `- ${own}\n    - ${added}`));

  const waiting = await run();
  const mistyped = await run('--accept', stranger);
  const accepted = await run('--accept', added);

  expect([before.code, before.stdout]).toEqual([
    0,
    `${own}  named and accepted: keys are sealed for it\nAPI keys are sealed for this recipient\n`,
  ]);
  expect(waiting.code).toBe(3);
  expect(waiting.stdout).toContain(`${added}  named, but nobody accepted it here\n`);
  expect(waiting.stdout).toContain(`names ${added}, which nobody accepted here. API keys are sealed for nobody new`);
  expect([mistyped.code, mistyped.stderr]).toEqual([
    1,
    `claworc: Nothing was accepted: new in claworc.yaml on main is ${added}. Compare with what its owner told you, and give exactly that to --accept.\n`,
  ]);
  expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('these 2 recipients') as string]);
  const { recipients_accepted } = (await server.call('GET', 'settings')).body;
  expect(recipients_accepted).toEqual([own, added].toSorted());
  expect((await server.call('GET', 'fleet')).body.problems).toEqual([]);
});

test('without a server --yes accepts what main names', async () => {
  const { server, own, run, push } = await house();
  await push((text) => text.replace(`- ${own}`, `- ${added}`));
  await server[Symbol.asyncDispose]();

  const accepted = await run('--yes', '--json');

  expect(accepted.code).toBe(0);
  expect(JSON.parse(accepted.stdout)).toEqual({
    recipients: [{ recipient: added, named: true, accepted: true }],
    change: null,
  });
});

test('in a data folder that no server has used nothing can be accepted', async () => {
  const { data } = await house();
  const repo = join(data, 'instances.git');

  const { code, stderr } = await runClaworc(['recipients', '--data', tempFolder(), '--repo', repo, '--yes']);

  expect([code, stderr]).toEqual([1, expect.stringContaining('the first one that does accepts whom it names')]);
});

test("a server whose own recipient a commit took out goes on sealing for the rest, and says that it can't open what it seals", async () => {
  const { data, server, own, run, push } = await house();
  await push((text) => text.replace(`- ${own}`, `- ${own}\n    - ${added}`));
  await run('--accept', added);

  await push((text) => text.replace(`    - ${own}\n`, ''));
  const set = await server.call('PUT', 'settings', { openai_api_key: 'sk-0123456789-0123456789' });

  expect(set.status).toBe(200);
  const sealed = git(join(data, 'instances.git'), 'show', 'main:secrets/global/openai-api-key.yaml');
  expect([sealed.includes(added), sealed.includes(own)]).toEqual([true, false]);
  const messages = (await server.call('GET', 'fleet')).body.problems?.map(({ message }) => message) ?? [];
  expect(messages).toContainEqual(expect.stringContaining(`is that of ${own}, and claworc.yaml names ${added}`));
  expect(messages).toContainEqual(expect.stringContaining(`no longer names ${own}`));

  await push((text) => text.replace(`    - ${added}\n`, `    - ${added}\n    - ${own}\n`));
  const files = (await server.call('GET', 'fleet')).body.problems?.map(({ file }) => file);
  expect(files).toEqual(['secrets/global/openai-api-key.yaml']);
});

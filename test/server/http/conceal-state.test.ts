import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { concealFolders } from '../../../server/http/conceal-folders.ts';
import { concealHealth, concealPaths } from '../../../server/http/conceal-state.ts';
import { startTestServer } from '../running-server.ts';

test.each([
  ['no kubeconfig at /home/ada/.kube/config', 'no kubeconfig at …/config'],
  ["ENOENT: no such file or directory, open '/etc/pki/ca.crt'", "ENOENT: no such file or directory, open '…/ca.crt'"],
  ['(/srv/x/tool --token): exit 1', '(…/tool --token): exit 1'],
  ['https://api.example:6443/a/b does not answer', 'https://api.example:6443/a/b does not answer'],
  ['GET /api/v1/namespaces/claworc: forbidden', 'GET /api/v1/namespaces/claworc: forbidden'],
  ['and/or, 1/2', 'and/or, 1/2'],
])('what is said about files of this machine does not say where they are: %s', (text, shown) => {
  expect(concealPaths(text)).toBe(shown);
});

test('neither health nor the state of the fleet nor an event names a folder of this machine', async () => {
  await using server = await startTestServer();
  await rm(join(server.data, 'instances.git/HEAD'));
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });

  const events = await fetch(`${server.address}/api/v1/events`, { headers: { accept: 'text/event-stream' } });
  const reader = events.body?.getReader();
  let text = '';
  while (!text.includes('event: snapshot') || !text.endsWith('\n\n')) {
    text += Buffer.from((await reader?.read())?.value ?? []).toString();
  }
  await reader?.cancel();
  const answers = [
    await server.call('GET', 'health'),
    await server.call('GET', 'fleet'),
    await server.call('GET', 'git'),
  ];

  for (const answer of answers) expect(answer.text).toContain('<data>/instances.git');
  expect([text, ...answers.map((answer) => answer.text)].join('\n')).not.toContain(tmpdir() + '/');
});

test('nor do the words of health, whatever they are about', () => {
  const shown = concealHealth(
    {
      status: 'degraded',
      kubernetes: "the credentials of context a can't be read: open '/etc/kube/token'",
      database: 'SQLITE_CANTOPEN /srv/claworc/data/claworc.db',
      git: "git rev-parse failed: fatal: not a git repository: '/srv/bots.git'",
    },
    concealFolders({ data: '/srv/claworc/data' }),
  );

  expect(shown).toEqual({
    status: 'degraded',
    kubernetes: "the credentials of context a can't be read: open '…/token'",
    database: 'SQLITE_CANTOPEN <data>/claworc.db',
    git: "git rev-parse failed: fatal: not a git repository: '…/bots.git'",
  });
});

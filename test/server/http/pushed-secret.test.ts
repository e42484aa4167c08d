import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { git } from '../../support/person-git.ts';
import { startTestServer } from '../running-server.ts';

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: bot-alpha-extra
  namespace: claworc
stringData:
  a: "1"
  b: "2"
  c: "3"
  d: "4"
  name: hunter2
`;

test.each([
  ['stringData:'],
  // Neither is a heading of git's own.
  ['"stringData":'],
  ['? stringData\n:'],
])(
  'a Secret in clear text that somebody pushed under dist/ is refused, and no answer shows its values: %s',
  async (field) => {
    const secret = SECRET.replace('stringData:', field);
    await using server = await startTestServer();
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    const checkout = await mkdtemp(join(tmpdir(), 'claworc-person-'));
    onTestFinished(() => rm(checkout, { recursive: true, force: true }));
    git(checkout, 'clone', '--quiet', join(server.data, 'instances.git'), '.');
    const push = async (text: string): Promise<string> => {
      git(checkout, 'pull', '--quiet', '--rebase');
      await writeFile(join(checkout, 'dist/bot-alpha/extra.yaml'), text);
      git(checkout, 'add', '.');
      git(checkout, 'commit', '--quiet', '--message', 'Extra');
      git(checkout, 'push', '--quiet');
      return git(checkout, 'rev-parse', 'HEAD').trim();
    };

    const added = await push(secret);
    const manifests = await server.call('GET', 'instances/bot-alpha/manifests');
    const changed = await push(secret.replace('hunter2', 'hunter3'));
    const answers = [
      manifests,
      await server.call('GET', `commits/${added}`),
      // Shows three entries around the change, and not that they are those of a Secret.
      await server.call('GET', `commits/${changed}`),
      await server.call('GET', 'instances/bot-alpha/history'),
      await server.call('POST', 'instances/bot-alpha/preview', { cpu_limit: '3' }),
    ];

    expect(manifests.text).toContain('bot-alpha-extra');
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ text }) => text).join('\n')).not.toMatch(/hunter/);
  },
);

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer } from '../running-server.ts';
import { temporaryFolder } from '../secrets/fixtures.ts';

const POLICY = `  policy:
    # The mesh scales and labels.
    leaveToCluster:
      - kind: Deployment
        fields: [ 'spec.replicas' ]
      - { kind: Service, fields: [ "metadata.labels[example.com/mesh]" ] } # its own
`;

test('rules of claworc.yaml stay as somebody wrote them when settings are changed', async () => {
  await using server = await startTestServer();
  await using checkout = await temporaryFolder();
  const repository = join(server.data, 'instances.git');
  git(checkout.path, 'init', '-q', '-b', 'main');
  git(checkout.path, 'pull', '-q', repository, 'main');
  const file = join(checkout.path, 'claworc.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('spec:\n', `spec:\n${POLICY}`));
  git(checkout.path, 'commit', '-qam', 'Leave what the mesh does to the mesh');
  git(checkout.path, 'push', '-q', repository, 'HEAD:main');
  const head = git(checkout.path, 'rev-parse', 'HEAD').trim();
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(head), {
    timeout: PATIENCE_MS,
  });

  const changed = await server.call('PUT', 'settings', { default_cpu_limit: '3', image: 'ghcr.io/acme/bot:2' });

  expect(changed.status).toBe(200);
  const text = git(repository, 'show', 'main:claworc.yaml');
  expect(text).toContain(POLICY);
  expect(text).toContain('ghcr.io/acme/bot:2');
});

test('rules about what is left to the cluster are read and changed with the settings, beside the other rules of the policy', async () => {
  await using server = await startTestServer();
  const repository = join(server.data, 'instances.git');
  const fleet = (): string => git(repository, 'show', 'main:claworc.yaml');
  const before = fleet();
  const rules = [
    { kind: 'Deployment', fields: ['spec.replicas', 'spec.template.spec.containers[name="moltbot"].resources'] },
    { kind: 'Service', name: 'bot-alpha-vnc', fields: ['metadata.labels[example.com/mesh]'] },
  ];

  const set = await server.call('PUT', 'settings', { leave_to_cluster: rules });
  expect([set.status, set.body.leave_to_cluster]).toEqual([200, rules]);
  expect(fleet()).toContain('leaveToCluster:\n      - kind: Deployment\n');

  const marks = [{ kind: 'Deployment', fields: ['metadata.labels'] }];
  const refused = await server.call('PUT', 'settings', { leave_to_cluster: marks });
  expect([refused.status, refused.body.field]).toEqual([400, 'leave_to_cluster[0].fields[0]']);

  const none = await server.call('PUT', 'settings', { leave_to_cluster: [] });
  expect([none.status, none.body.leave_to_cluster]).toEqual([200, []]);
  expect(fleet()).toBe(before);
});

import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { deployment, statusOf, waiting } from './status-fixture.ts';

/** What containerd says of a registry that wants an account. */
const refused = (image: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": pulling from host 127.0.0.1:5002 failed with status code [manifests 1]: 401 Unauthorized`;
const podOf = (image: string, secrets: readonly string[]): LiveObject => {
  const pod = waiting('ErrImagePull', refused(image));
  return { ...pod, spec: { nodeName: 'lab', imagePullSecrets: secrets.map((name) => ({ name })) } };
};

test('the command for a pull secret names its registry, and works where a wrong one is there', () => {
  const told = statusOf([deployment()], [podOf('127.0.0.1:5002/lab/moltbot:1', ['ghcr-secret'])]);
  expect(told).toMatchObject({ statusReason: 'Registry refuses the image', repair: 'pull_secret' });
  expect(told.command).toBe(
    'kubectl -n claworc create secret docker-registry ghcr-secret --docker-server=127.0.0.1:5002' +
      ' --docker-username=USER --docker-password=TOKEN --dry-run=client -o yaml | kubectl apply -f -',
  );
  const hub = statusOf([deployment()], [podOf('docker.io/acme/moltbot:1', ['hub'])]);
  expect(hub.command).toContain('docker-registry hub --docker-server=https://index.docker.io/v1/');
});

test('where no pull secret is named, making one would help nobody: the fleet has to name it', () => {
  const told = statusOf([deployment()], [podOf('ghcr.io/acme/moltbot:1', [])]);
  expect(told.next).toContain('imagePullSecrets in claworc.yaml');
  expect(told.command).toBeNull();
});

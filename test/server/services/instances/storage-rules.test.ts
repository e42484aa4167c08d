import { expect, test, vi } from 'vitest';
import { newRecord } from '../../../../constructs/new-documents.ts';
import type { BotInstance } from '../../../../constructs/schema/index.ts';
import { STORAGE_CLASSES } from '../../../../server/cluster/resources.ts';
import { checkStorage } from '../../../../server/services/instances/storage-rules.ts';
import { status } from '../../../support/api-server/answers.ts';
import { Loop, WAIT } from '../../reconcile/loop-fixture.ts';
import { MemoryCluster } from '../../reconcile/memory-cluster.ts';

const CHROME = 'bot-alpha-chrome';

/** bot-alpha with 5Gi for chrome, in the given phase, of the class `fast`, which lets volumes grow or not. */
async function withClaim(phase: string, allowVolumeExpansion: boolean, capacity = '5Gi') {
  const cluster = await MemoryCluster.withAlpha();
  await cluster.apply();
  const object = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    allowVolumeExpansion,
  };
  const place = { resource: STORAGE_CLASSES, namespace: null, name: 'fast' };
  cluster.server.store.create(place, object, { manager: 'somebody', dryRun: false });
  cluster.server.store.edit(cluster.target('PersistentVolumeClaim', CHROME), (claim) => ({
    ...claim,
    spec: { ...(claim.spec as object), storageClassName: 'fast' },
    status: { phase, capacity: { storage: capacity } },
  }));
  const loop = new Loop(cluster);
  await vi.waitFor(() => {
    const claim = loop.unit('bot-alpha')?.objects.find(({ name }) => name === CHROME);
    expect(claim?.live?.status).toMatchObject({ phase });
  }, WAIT);
  const record = (chrome: string): BotInstance => {
    const { storage } = cluster.repo.fleet.spec;
    return newRecord({ name: 'bot-alpha', displayName: 'Alpha', storage: { ...storage, chrome } }, cluster.repo.fleet);
  };
  return {
    cluster,
    change: (from: string, to: string) =>
      checkStorage({ api: cluster.api, observed: loop.reconciler.observed }, 'bot-alpha', record(from), record(to)),
    async [Symbol.asyncDispose]() {
      await loop.stop();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

test('a bound volume of a class that lets volumes grow may grow, and never shrink below what it has', async () => {
  await using house = await withClaim('Bound', true);
  await expect(house.change('5Gi', '9Gi')).resolves.toBeUndefined();
  await expect(house.change('5Gi', '4Gi')).rejects.toMatchObject({
    code: 'storage_fixed',
    message: "The size of volume chrome stays: 5Gi can't shrink to 4Gi; volumes only grow.",
  });
});

test('a volume of a class that lets none grow stays, with the class named', async () => {
  await using house = await withClaim('Bound', false);
  await expect(house.change('5Gi', '9Gi')).rejects.toMatchObject({
    code: 'storage_fixed',
    field: 'storage_chrome',
    message:
      'The size of volume chrome stays: the storage class fast does not let volumes grow (allowVolumeExpansion).',
  });
});

test('a record that asks for more than the claim ever got goes back to what the claim has, or between the two', async () => {
  await using house = await withClaim('Bound', true);
  await expect(house.change('20Gi', '5Gi')).resolves.toBeUndefined();
  await expect(house.change('20Gi', '7Gi')).resolves.toBeUndefined();
  await expect(house.change('20Gi', '4Gi')).rejects.toMatchObject({ code: 'storage_fixed' });
});

test('a growth that never came about is taken back as far as above what the volume has', async () => {
  await using house = await withClaim('Bound', true, '2Gi');
  await expect(house.change('5Gi', '3Gi')).resolves.toBeUndefined();
  await expect(house.change('5Gi', '2Gi')).rejects.toMatchObject({ code: 'storage_fixed' });
});

test('a claim that is pending stays until it is bound', async () => {
  await using house = await withClaim('Pending', true);
  await expect(house.change('5Gi', '9Gi')).rejects.toMatchObject({
    message: 'The size of volume chrome stays: the claim bot-alpha-chrome is pending; it can grow once it is bound.',
  });
});

test('where storage classes may not be read, the API server decides', async () => {
  await using house = await withClaim('Bound', false);
  house.cluster.server.fault = ({ path }) =>
    path.includes('/storageclasses/') ? status(403, 'Forbidden', 'storageclasses is forbidden') : undefined;
  await expect(house.change('5Gi', '9Gi')).resolves.toBeUndefined();
});

import { inject, test } from 'vitest';
import { createApi } from '../../../server/cluster/api.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { createKubectl } from '../../control-plane/kubectl.ts';
import { createTestNamespace } from '../../control-plane/namespace.ts';
import { describeApiServer } from './contract.ts';

const plane = inject('controlPlane');

if ('unavailable' in plane) test.skip(`a real API server: ${plane.unavailable}`);
else {
  describeApiServer('a real API server', async () => {
    const namespace = await createTestNamespace(createKubectl(plane.kubectlPath, plane.kubeconfig), 'contract');
    const api = createApi(await loadConnection({ kubeconfig: plane.kubeconfig }));
    return {
      api,
      namespace: namespace.name,
      async [Symbol.asyncDispose]() {
        await api.http.close();
        await namespace.dispose();
      },
    };
  });
}

import { createApi } from '../../../server/cluster/api.ts';
import { describeApiServer } from './contract.ts';
import { startMemoryApiServer } from './server.ts';

describeApiServer('the API server in memory', async () => {
  const server = await startMemoryApiServer();
  const api = createApi(server.connection);
  return {
    api,
    namespace: 'claworc',
    async [Symbol.asyncDispose]() {
      await api.http.close();
      await server[Symbol.asyncDispose]();
    },
  };
});

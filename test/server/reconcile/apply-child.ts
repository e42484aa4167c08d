/**
 * `apply-child.ts CONNECTION FILES DIE_AFTER WHEN [APPROVAL [COMMIT]]`: one pass over the repository in FILES (JSON of path to text) that
 * kills its own process at the DIE_AFTER-th write: `before` it is sent or `after` it was answered.
 */
import { readFileSync } from 'node:fs';
import { readRepo } from '../../../constructs/repo/index.ts';
import { createApi, type ClusterApi } from '../../../server/cluster/api.ts';
import { applyRepo } from '../../../server/reconcile/once/apply-repo.ts';

const [target = '{}', file = '', dieAfter = '0', when = 'after', approval = '', commit = 'c'.repeat(40)] =
  process.argv.slice(2);
const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
const repo = readRepo(new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)])));
const { server, caFile, token } = JSON.parse(target) as { server: string; caFile: string; token: string };
const api = createApi(
  {
    context: 'child',
    server,
    namespace: null,
    tls: { ca: readFileSync(caFile) },
    headers: async () => ({ authorization: `Bearer ${token}` }),
    renew: async () => undefined,
  },
  { concurrency: 1 },
);

let writes = 0;
async function counted<T>(write: () => Promise<T>): Promise<T> {
  const isLast = ++writes === Number(dieAfter);
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL');
  const result = await write();
  if (isLast) process.kill(process.pid, 'SIGKILL');
  return result;
}

const deadly: ClusterApi = {
  ...api,
  apply: (...args) => counted(() => api.apply(...args)),
  mergePatch: (...args) => counted(() => api.mergePatch(...args)),
  remove: (...args) => counted(() => api.remove(...args)),
};
const outcome = await applyRepo({
  api: deadly,
  repo,
  commit,
  version: '0.1.0',
  waitMs: 60_000,
  ...(approval !== '' && { approveRemovals: approval }),
});
await api.http.close();
process.exitCode = outcome.units.every(({ state }) => state === 'done') ? 0 : 1;

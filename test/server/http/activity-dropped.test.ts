import { expect, test } from 'vitest';
import type { Activity } from '../../../server/http/schemas/answers.ts';
import { addAudit } from '../../../server/store/audit.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { openStore } from '../../../server/store/open-store.ts';
import { join } from 'node:path';
import { tempFolder } from '../../support/temp-folder.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer } from '../running-server.ts';

test('the activity says once, at its place in time, that older decisions were dropped', async () => {
  const data = tempFolder();
  {
    using store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
    const decision = {
      actor: 'Ada',
      action: 'merge',
      subject: 'proposal 1',
      editId: null,
      detail: 'Merge proposal 1: A',
    };
    for (const at of ['2025-01-01T00:00:00Z', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z']) {
      store.transact((tx) => addAudit(tx, { ...decision, at }));
    }
  }
  await using server = await startTestServer({ data, writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  const entries: Activity[number][] = [];
  for (let query = '?limit=1'; query !== '';) {
    const page = await server.call('GET', `activity${query}`);
    entries.push(...(page.body as unknown as Activity));
    query = /<(\?[^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  }

  const decisions = entries.filter(({ commit }) => commit === null);
  expect(decisions.map(({ at, state, message }) => `${at} ${state} ${message}`)).toEqual([
    '2026-11-02T00:00:00Z merge Merge proposal 1: A',
    '2026-11-01T00:00:00Z merge Merge proposal 1: A',
    expect.stringMatching(/^2025-01-01T00:00:00Z drop Decisions up to here were dropped: those of 400 days are kept/),
  ]);
  expect((await server.call('GET', 'activity')).body).toHaveLength(entries.length);
});

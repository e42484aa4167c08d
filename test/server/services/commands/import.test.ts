import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { initData } from '../../../../server/services/commands/init.ts';
import { rebuildDatabase } from '../../../../server/services/commands/import.ts';
import { listInstances } from '../../../../server/store/instances.ts';
import { openStore } from '../../../../server/store/open-store.ts';

let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'claworc-rebuild-'));
  await initData({ data, namespace: 'claworc', withExamples: true, clock: systemClock, log: silentLog });
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const rebuild = () => rebuildDatabase({ data, repo: join(data, 'instances.git'), clock: systemClock, log: silentLog });
const names = (): string[] => {
  using store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
  return listInstances(store.reader).map(({ name }) => name);
};

describe('claworc import', () => {
  it('makes the database from git where there is none', async () => {
    const rebuilt = await rebuild();

    expect(rebuilt).toMatchObject({ instances: 3, problems: [], setAside: null });
    expect(names()).toEqual(['bot-alpha', 'bot-my-test-bot-3', 'bot-production-whatsapp']);
  });

  it('sets a damaged database aside and keeps every byte of it', async () => {
    const rubbish = 'this was a database once';
    writeFileSync(join(data, 'claworc.db'), rubbish);

    const { setAside, instances } = await rebuild();

    expect(instances).toBe(3);
    expect(readFileSync(String(setAside), 'utf8')).toBe(rubbish);
    expect(names()).toHaveLength(3);
  });

  it('refuses while a server holds the data folder', async () => {
    using _store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });

    await expect(rebuild()).rejects.toMatchObject({ code: 'locked' });
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../../../server/lib/log.ts';
import { keepMarks } from '../../../../server/services/publish/keep-marks.ts';
import { insertDraftInstance } from '../../../../server/store/instances.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

test('what was rendered is known to the next start, the last of each bot, and not what was dropped or of bots that are gone', () => {
  const folder = tempFolder();
  using store = openStore({ file: join(folder, 'c.db'), lockFile: join(folder, 'c.lock'), log: silentLog });
  const names = Array.from({ length: 1_200 }, (_, index) => `bot-${index}`);
  store.transact((tx) => names.forEach((name) => insertDraftInstance(tx, name, '2026-11-26T10:00:00Z')));
  const first = keepMarks({ store, log: silentLog });
  for (const name of [...names, 'bot-gone']) first.keep(name, 'old');
  first.keep('bot-7', 'new');
  first.drop('bot-8');
  first.close();
  const second = keepMarks({ store, log: silentLog });
  second.drop('bot-9');
  second.close();

  const marks = new Map(keepMarks({ store, log: silentLog }).known);

  expect(marks.size).toBe(1_198);
  expect(marks.get('bot-7')).toBe('new');
  expect([marks.has('bot-8'), marks.has('bot-9')]).toEqual([false, false]);
  expect(marks.get('bot-1199')).toBe('old');
});

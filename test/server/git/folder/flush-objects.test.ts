import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { flushObjects } from '../../../../server/git/folder/flush-objects.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

it('objects that were written lately are opened and brought to the disk, and none that was there before', async () => {
  const objects = tempFolder();
  const [old, young] = [join(objects, '0a'), join(objects, '0b')];
  for (const folder of [old, young]) mkdirSync(folder);
  // Neither could be opened: whoever tries says so.
  symlinkSync('nowhere', join(old, 'link'));
  utimesSync(old, 1, 1);
  writeFileSync(join(young, 'file'), 'x');

  await flushObjects(objects, Date.now());

  symlinkSync(join(young, 'file'), join(young, 'link'));
  await expect(flushObjects(objects, Date.now())).rejects.toMatchObject({ code: 'ELOOP' });
});

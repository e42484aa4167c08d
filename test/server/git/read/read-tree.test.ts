import { expect, it } from 'vitest';
import { embedded, put } from '../fixture.ts';

it('a tree that is read while another one ends has every file of its own', async () => {
  const { repository } = await embedded();
  const both = await put(repository, { 'instances/bot-a.yaml': 'a\n', 'instances/bot-b.yaml': 'b\n' });
  const less = await put(repository, { 'instances/bot-a.yaml': null });
  const more = await put(repository, { 'instances/bot-a.yaml': 'a\n', 'instances/bot-c.yaml': 'c\n' });
  await repository.readFiles(both);

  const [full, short] = await Promise.all([repository.readFiles(more), repository.readFiles(less)]);

  expect([...full.refused, ...short.refused]).toEqual([]);
  expect([...full.files.keys()]).toEqual(['instances/bot-a.yaml', 'instances/bot-b.yaml', 'instances/bot-c.yaml']);
  expect([...short.files.keys()]).toEqual(['instances/bot-b.yaml']);
});

import { writeRepoFolder } from '../../../../server/services/commands/synth-folder.ts';

/** Writes until it is killed: new files, a tombstone, and deletions, as one set of changes. */
const folder = process.argv[2] ?? '';
const changes = new Map<string, string | null>();
for (let file = 0; file < 50; file += 1) changes.set(`dist/bot-old/${file}.yaml`, null);
for (let file = 0; file < 400; file += 1) changes.set(`dist/bot-new/${file}.yaml`, 'x'.repeat(20_000));
changes.set('tombstones/bot-old.yaml', 'tombstone');

process.send?.('writing');
writeRepoFolder(folder, changes);

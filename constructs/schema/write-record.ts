import type { BotInstance } from './bot-instance.ts';
import { editYaml } from './edit-yaml/edit.ts';
import { emit, rewrite } from './edit-yaml/emit.ts';
import type { Fleet } from './fleet.ts';
import type { Tombstone } from './tombstone.ts';

/**
 * A record, fleet or tombstone as YAML. With the text that is there now, only what differs is touched: every other line
 * stays as it is. `parseRecord(writeRecord(x))` is `x` again, to the byte of its config.
 */
export function writeRecord(record: BotInstance | Fleet | Tombstone, previousText?: string): string {
  if (previousText === undefined) return emit(record);
  return editYaml(previousText, record) ?? rewrite(previousText, record) ?? emit(record);
}

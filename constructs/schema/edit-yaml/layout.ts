import { isMap, isSeq, type YAMLMap } from 'yaml';
import type { Layout } from './emit.ts';
import { fieldsOf, itemsOf } from './entries.ts';
import { columnOf } from './lines.ts';

/** How far a text indents what is inside, and whether the dashes of lists too: as its first mapping and list do. */
export function layoutOf(text: string, root: YAMLMap): Layout {
  const found: { indent?: number; indentSeq?: boolean } = {};
  look(text, root, found);
  return found;
}

function look(text: string, map: YAMLMap, found: { indent?: number; indentSeq?: boolean }): void {
  for (const { node, start } of fieldsOf(text, map) ?? []) {
    const column = columnOf(text, start);
    if (isMap(node) && node.flow !== true) {
      const inner = fieldsOf(text, node)?.[0];
      if (inner !== undefined) found.indent ??= columnOf(text, inner.start) - column;
      look(text, node, found);
    } else if (isSeq(node) && node.flow !== true) {
      const item = itemsOf(text, node)?.[0];
      if (item !== undefined) found.indentSeq ??= columnOf(text, item.start) > column;
    }
  }
}

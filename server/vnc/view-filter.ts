import { readClientMessage } from './rfb-messages.ts';

export type Filtered =
  | { readonly ok: true; readonly pass: readonly Buffer[]; readonly droppedMessages: number }
  | { readonly ok: false; readonly unknownType: number };

export interface ViewFilter {
  /** Takes the next bytes of the client's messages and gives those that a viewer may send, in order. */
  take(chunk: Buffer): Filtered;
}

/**
 * Lets a viewer ask for pixels and nothing else. Works on whole messages, so that what passes is always well formed;
 * holds back less than 5 KiB, and skips the bodies of dropped messages without keeping them. What it does not know it
 * refuses, then and for ever: a message of unknown length could hide any other behind it.
 */
export function createViewFilter(): ViewFilter {
  let held: Buffer = Buffer.alloc(0);
  let toSkip = 0;
  let unknownType: number | null = null;

  return {
    take(chunk) {
      if (unknownType !== null) return { ok: false, unknownType };
      let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const pass: Buffer[] = [];
      let droppedMessages = 0;
      for (;;) {
        const skipped = Math.min(toSkip, rest.length);
        rest = rest.subarray(skipped);
        toSkip -= skipped;
        if (rest.length === 0) break;
        const next = readClientMessage(rest);
        if (next.kind === 'unknown') {
          unknownType = next.type;
          held = Buffer.alloc(0);
          return { ok: false, unknownType };
        }
        if (next.kind === 'incomplete') break;
        if (next.isInput) {
          droppedMessages++;
          toSkip = next.length;
          continue;
        }
        if (rest.length < next.length) break;
        pass.push(rest.subarray(0, next.length));
        rest = rest.subarray(next.length);
      }
      // A copy: a few bytes must not keep a large chunk alive.
      held = Buffer.from(rest);
      return { ok: true, pass, droppedMessages };
    },
  };
}

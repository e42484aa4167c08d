export interface LogLine {
  /** UTC, as precise as the node gave it; null for a line without a time. */
  readonly at: string | null;
  readonly text: string;
}

/** Longest line that is kept; a bot that prints a file in one line must not fill the memory. */
export const MAX_LINE = 64 * 1024;

const NEWLINE = 0x0a;

export interface LineSplitter {
  /** Whole lines, without their ends. */
  take(chunk: Uint8Array): readonly string[];
  /** What came after the last newline; empty when that was the end. */
  rest(): string;
}

/** Cuts bytes into lines, at newlines only, so that characters of several bytes stay whole. Long lines are cut off. */
export function createLineSplitter(): LineSplitter {
  let parts: Uint8Array[] = [];
  let size = 0;
  const keep = (part: Uint8Array): void => {
    const room = MAX_LINE - size;
    size += part.length;
    // A copy: a short rest must not keep a large chunk alive.
    if (room > 0 && part.length > 0) parts.push(part.slice(0, room));
  };
  const finish = (): string => {
    const text = Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    const cut = size > MAX_LINE ? ` … [${size - MAX_LINE} bytes more]` : '';
    parts = [];
    size = 0;
    return text + cut;
  };
  return {
    take(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        keep(chunk.subarray(start, end));
        lines.push(finish());
        start = end + 1;
      }
      keep(chunk.subarray(start));
      return lines;
    },
    rest: () => (size === 0 ? '' : finish()),
  };
}

const STAMPED = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2}) (.*)$/s;

/** Takes apart `2026-11-22T10:20:30.123456789Z text`, the form of `timestamps=true`. */
export function parseLogLine(line: string): LogLine {
  const [, seconds, fraction = '', zone, text] = STAMPED.exec(line) ?? [];
  if (seconds === undefined || zone === undefined || text === undefined) return { at: null, text: line };
  if (zone === 'Z' || zone === '+00:00') return { at: `${seconds}${fraction}Z`, text };
  const utc = new Date(`${seconds}${zone}`).toISOString().slice(0, 19);
  return { at: `${utc}${fraction}Z`, text };
}

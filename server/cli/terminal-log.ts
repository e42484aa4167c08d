import { oneLine } from '../../constructs/schema/explain/visible.ts';
import type { Log } from '../lib/log.ts';
import type { Io } from './io.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';
const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface TerminalLogOptions {
  /** Lines below this level are dropped. */
  readonly level: Level;
  /** One JSON object a line, for programs; otherwise a sentence for people. */
  readonly json: boolean;
  readonly now: () => Date;
}

/** Log lines on standard error, so that standard output holds results only. */
export function createTerminalLog(
  io: Io,
  options: TerminalLogOptions,
  bound: Readonly<Record<string, unknown>> = {},
): Log {
  const write = (level: Level, message: string, data: Readonly<Record<string, unknown>> = {}): void => {
    if (RANK[level] < RANK[options.level]) return;
    const all = { ...bound, ...data };
    io.err(
      options.json
        ? JSON.stringify({ at: options.now().toISOString(), level, message, ...all })
        : `${options.now().toISOString().slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${oneLine(message)}${wordsOf(all)}`,
    );
  };
  return {
    debug: (message, data) => write('debug', message, data),
    info: (message, data) => write('info', message, data),
    warn: (message, data) => write('warn', message, data),
    error: (message, data) => write('error', message, data),
    child: (data) => createTerminalLog(io, options, { ...bound, ...data }),
  };
}

function wordsOf(data: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(data)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? oneLine(value) : JSON.stringify(value)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** The log of a command that a person or a job runs. */
export function logFor(io: Io, { json, verbose }: { readonly json: boolean; readonly verbose: boolean }): Log {
  return createTerminalLog(io, { level: verbose ? 'debug' : 'info', json, now: () => new Date() });
}

import { appendFile } from 'node:fs/promises';

/** Appends lines to a container log in the format of the CRI, which KWOK serves to `kubectl logs`, following included. */
export async function appendLog(file: string, lines: readonly string[], at: Date = new Date()): Promise<void> {
  await appendFile(file, lines.map((line) => `${at.toISOString()} stdout F ${line}\n`).join(''));
}

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchLifetime } from '../../../server/cli/lifetime.ts';
import { unlessAborted } from '../../../server/cli/unless-aborted.ts';

class FakeProcess extends EventEmitter {
  readonly exits: (number | undefined)[] = [];
  readonly pid = 1;
  readonly env = {};
  readonly connected = true;
  readonly channel = { unref: (): void => undefined };
  exit(code?: number): void {
    this.exits.push(code);
  }
}

describe('a command', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watched = () => {
    const process = new FakeProcess();
    const said: string[] = [];
    return { process, said, ...watchLifetime({ process, say: (line) => said.push(line) }) };
  };

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('is asked to end by %s, and ended when it does not within 10 s', (name) => {
    const { process, said, signal } = watched();

    process.emit(name);
    expect(signal.aborted).toBe(true);
    vi.advanceTimersByTime(9_999);
    expect(process.exits).toEqual([]);
    vi.advanceTimersByTime(1);

    expect(process.exits).toEqual([1]);
    expect(said).toEqual([`claworc: did not end within 10 s of ${name}, and is ended now`]);
  });

  it('is ended at once by a second signal', () => {
    const { process } = watched();

    process.emit('SIGINT');
    process.emit('SIGINT');

    expect(process.exits).toEqual([1]);
  });

  it('ends with the process that started it', () => {
    const { process, signal } = watched();

    process.emit('disconnect');

    expect(signal.aborted).toBe(true);
  });

  it('that is over does not go on because of what it left open', () => {
    const { process, over } = watched();

    over();
    vi.advanceTimersByTime(1_000);

    expect(process.exits).toEqual([undefined]);
  });
});

describe('a start that hangs', () => {
  it('is given up when the process is told to end', async () => {
    const stop = new AbortController();
    const hanging = unlessAborted(new Promise<string>(() => undefined), stop.signal);

    stop.abort();

    expect(await hanging).toBeUndefined();
    expect(await unlessAborted(Promise.resolve('started'), new AbortController().signal)).toBe('started');
  });
});

describe('a program that was handed over to another Node', () => {
  const here = import.meta.dirname;
  const handOver = resolve(here, '../../../bin/hand-over.js');

  it.each(['SIGKILL', 'SIGTERM'] as const)('does not outlive the %s of the process that started it', async (signal) => {
    const script = `
      import { handOver } from ${JSON.stringify(handOver)};
      handOver(process.execPath, [${JSON.stringify(resolve(here, 'handed-over.ts'))}]);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');

    // Both write to this pipe: it is closed when the last of them is gone.
    const closed = once(parent, 'close');
    parent.kill(signal);

    await closed;
    expect(parent.killed).toBe(true);
  });
});

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupervisorMessage, SupervisorRequest } from './supervisor-protocol.ts';

type Unsent<Request> = Request extends SupervisorRequest ? Omit<Request, 'id'> : never;
type StartRequest = Omit<Extract<SupervisorRequest, { do: 'start' }>, 'id' | 'do'>;

/** Processes that end, last started first, when they are told to or when this process is gone, however it ends. */
export class Supervised {
  readonly #supervisor: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<number>>();
  readonly #exits = new Map<string, string>();
  readonly #logFiles = new Map<string, string>();
  #lastId = 0;

  /** @param temporaryFolder removed after the last process has ended, also when this process dies */
  constructor(temporaryFolder?: string) {
    this.#supervisor = fork(join(import.meta.dirname, 'supervisor.ts'), temporaryFolder ? [temporaryFolder] : [], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH ?? '' },
    });
    this.#supervisor.on('message', (message: SupervisorMessage) => this.#receive(message));
    this.#supervisor.on('exit', () => this.#failAll());
    this.#holdEventLoop(false);
  }

  /** Starts a program and answers its pid. */
  async start(program: StartRequest): Promise<number> {
    this.#exits.delete(program.name);
    this.#logFiles.set(program.name, program.logFile);
    return this.#ask({ do: 'start', ...program });
  }

  /** Returns when the program has ended; it gets SIGTERM, and SIGKILL after the grace period. */
  async stop(name: string, graceMilliseconds: number): Promise<void> {
    await this.#ask({ do: 'stop', name, graceMilliseconds });
  }

  /** Ends all programs and the supervisor, and removes the temporary folder. Doing it twice is fine. */
  async stopAll(): Promise<void> {
    if (this.#supervisor.exitCode !== null || this.#supervisor.signalCode !== null) return;
    const ended = once(this.#supervisor, 'exit');
    this.#holdEventLoop(true);
    if (this.#supervisor.connected) this.#supervisor.disconnect();
    await ended;
  }

  /** Throws, with the end of its log, when a program that should be running has ended. */
  async assertRunning(name: string): Promise<void> {
    const how = this.#exits.get(name);
    if (how === undefined) return;
    const log = await readFile(this.#logFiles.get(name) ?? '', 'utf8').catch(() => '');
    throw new Error(`${name} ended (${how}):\n${log.trimEnd().split('\n').slice(-15).join('\n')}`);
  }

  async #ask(request: Unsent<SupervisorRequest>): Promise<number> {
    const id = ++this.#lastId;
    const reply = Promise.withResolvers<number>();
    this.#waiting.set(id, reply);
    this.#holdEventLoop(true);
    this.#supervisor.send({ ...request, id }, (error) => error && reply.reject(error));
    try {
      return await reply.promise;
    } finally {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#holdEventLoop(false);
    }
  }

  #receive(message: SupervisorMessage): void {
    if ('exited' in message) {
      this.#exits.set(message.exited, message.how);
      return;
    }
    const reply = this.#waiting.get(message.id);
    if (message.error === undefined) reply?.resolve(message.pid ?? 0);
    else reply?.reject(new Error(message.error));
  }

  #failAll(): void {
    for (const reply of this.#waiting.values()) reply.reject(new Error('the supervisor of the control plane ended'));
  }

  /** A plane that somebody forgot to stop must not keep the process alive; an unanswered request must. */
  #holdEventLoop(hold: boolean): void {
    if (hold) this.#supervisor.ref();
    else this.#supervisor.unref();
    if (hold) this.#supervisor.channel?.ref();
    else this.#supervisor.channel?.unref();
  }
}

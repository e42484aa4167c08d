import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { store } from '../services.ts';

/** Renders the host again when what it selects from a source changes (by identity). */
export class Selected<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #source: EventTarget;
  readonly #select: () => T;
  value: T;

  constructor(host: ReactiveControllerHost, select: () => T, source: EventTarget = store) {
    this.#host = host;
    this.#source = source;
    this.#select = select;
    this.value = select();
    host.addController(this);
  }

  hostConnected(): void {
    this.#source.addEventListener('change', this.#check);
    this.#check();
  }

  hostDisconnected(): void {
    this.#source.removeEventListener('change', this.#check);
  }

  readonly #check = (): void => {
    const next = this.#select();
    if (next === this.value) return;
    this.value = next;
    this.#host.requestUpdate();
  };
}

/** The time now, renewed every `every` milliseconds while the host is in the page: ages and counted seconds. */
export class Ticking implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #every: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost, every: number) {
    this.#host = host;
    this.#every = every;
    host.addController(this);
  }

  get now(): number {
    return Date.now();
  }

  hostConnected(): void {
    this.#timer = setInterval(() => this.#host.requestUpdate(), this.#every);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}

/** Listens for as long as the host is in the page. */
export class Listening implements ReactiveController {
  readonly #target: EventTarget;
  readonly #type: string;
  readonly #listener: (event: Event) => void;

  constructor(host: ReactiveControllerHost, target: EventTarget, type: string, listener: (event: Event) => void) {
    this.#target = target;
    this.#type = type;
    this.#listener = listener;
    host.addController(this);
  }

  hostConnected(): void {
    this.#target.addEventListener(this.#type, this.#listener);
  }

  hostDisconnected(): void {
    this.#target.removeEventListener(this.#type, this.#listener);
  }
}

/** How the server fails; each is something that a real one does and can't be asked to do. */
export type Fault =
  /** An answer that git never gave. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Nothing is answered until the fault is lifted; then git answers. */
  | { readonly kind: 'hold' }
  /** git's answer begins, and the connection ends after that many bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

/** Sends the client to another server, which gets the same path. */
export function redirectTo(url: string, path: string): Fault {
  return { kind: 'answer', status: 302, headers: { location: `${url}${path}` } };
}

export interface FaultOptions {
  /** Which requests fail, by method and by path with its query. @default all */
  readonly when?: (method: string, path: string) => boolean;
  /** How often, before all is well again. @default until it is lifted */
  readonly times?: number;
}

export interface InjectedFault {
  /** Resolves as soon as a request has run into the fault. */
  readonly met: Promise<void>;
  /** Ends the fault; what was held is answered. */
  lift(): void;
}

interface Entry {
  readonly fault: Fault | ((path: string) => Fault);
  readonly when: (method: string, path: string) => boolean;
  left: number;
  readonly met: Event;
  readonly lifted: Event;
}

/** Happens once. */
interface Event {
  readonly happened: Promise<void>;
  readonly happen: () => void;
}

function newEvent(): Event {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { happened: promise, happen: () => resolve(undefined) };
}

/** The faults of one server. */
export class Faults {
  readonly #entries = new Set<Entry>();

  inject(fault: Entry['fault'], { when = () => true, times = Infinity }: FaultOptions = {}): InjectedFault {
    const entry = {
      fault,
      when,
      left: times,
      met: newEvent(),
      lifted: newEvent(),
    };
    this.#entries.add(entry);
    const lift = (): void => {
      this.#entries.delete(entry);
      entry.lifted.happen();
    };
    return { met: entry.met.happened, lift };
  }

  /** Ends all of them. */
  liftAll(): void {
    for (const { lifted } of this.#entries) lifted.happen();
    this.#entries.clear();
  }

  /** The fault that a request runs into, and when that is over. */
  meet(method: string, path: string): { readonly fault: Fault; readonly lifted: Promise<void> } | undefined {
    for (const entry of this.#entries) {
      if (entry.left === 0 || !entry.when(method, path)) continue;
      entry.left--;
      entry.met.happen();
      const fault = typeof entry.fault === 'function' ? entry.fault(path) : entry.fault;
      return { fault, lifted: entry.lifted.happened };
    }
    return undefined;
  }
}

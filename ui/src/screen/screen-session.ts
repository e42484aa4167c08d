import type RFB from '@novnc/novnc';
import type { Ticket } from '../../../server/http/schemas/answers.ts';
import { ApiError } from '../data/api.ts';
import { closeVerdict } from '../data/stream/close-policy.ts';
import { retryDelay } from '../data/stream/retry.ts';
import { loadNoVnc } from './load-novnc.ts';

export type ScreenMode = 'view' | 'control';

export type ScreenState =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'reconnecting'; readonly title: string; readonly reason: string; readonly retryAt: number }
  | { readonly state: 'ended'; readonly title: string; readonly reason: string };

/** A session that has lasted so long was a good one: the next break starts again with the shortest delay. */
const GOOD_AFTER = 30_000;
const QUALITY = { balanced: [6, 2], sharp: [9, 1], low: [2, 6] } as const;
export type Quality = keyof typeof QUALITY;

/** The keys of the release chord, which the bot must see go up again. */
const CHORD: readonly (readonly [keysym: number, code: string])[] = [
  [0xffe3, 'ControlLeft'],
  [0xffe9, 'AltLeft'],
  [0xffe1, 'ShiftLeft'],
];

/**
 * One screen, kept open: a new ticket and a new connection after each break that the close code calls passing. `change`
 * after every step. The last picture stays in `lastFrame` while there is no live one.
 */
export class ScreenSession extends EventTarget {
  readonly #target: HTMLElement;
  readonly #takeTicket: (mode: ScreenMode) => Promise<Ticket>;
  #rfb: RFB | null = null;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #good: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #round = 0;
  #fit = true;
  #quality: Quality = 'balanced';
  state: ScreenState = { state: 'connecting' };
  mode: ScreenMode = 'view';
  lastFrame: HTMLCanvasElement | null = null;
  /** When `lastFrame` was taken. */
  lastFrameAt: number | null = null;

  constructor(target: HTMLElement, takeTicket: (mode: ScreenMode) => Promise<Ticket>) {
    super();
    this.#target = target;
    this.#takeTicket = takeTicket;
  }

  /** The live picture, while there is one. */
  get canvas(): HTMLCanvasElement | null {
    return this.state.state === 'live' ? this.#target.querySelector('canvas') : null;
  }

  /** Opens the screen anew, at once; in another mode if one is given. */
  open(mode: ScreenMode = this.mode): void {
    this.mode = mode;
    this.#drop();
    this.#become({ state: 'connecting' });
    void this.#connect(this.#round);
  }

  close(): void {
    this.#drop();
  }

  /** Says why there is no screen now; the last picture stays. */
  end(title: string, reason: string): void {
    this.#drop();
    this.#become({ state: 'ended', title, reason });
  }

  setFit(fit: boolean): void {
    this.#fit = fit;
    this.#adjust();
  }

  setQuality(quality: Quality): void {
    this.#quality = quality;
    this.#adjust();
  }

  focus(): void {
    this.#rfb?.focus();
  }

  /** Gives the keyboard back to the page; the bot sees the keys of the chord go up. */
  releaseKeyboard(): void {
    for (const [keysym, code] of CHORD) this.#rfb?.sendKey(keysym, code, false);
    this.#rfb?.blur();
  }

  #drop(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#good);
    this.#keepFrame();
    this.#rfb?.disconnect();
    this.#socket?.close();
    this.#rfb = null;
    this.#socket = null;
  }

  async #connect(round: number): Promise<void> {
    try {
      const [Rfb, ticket] = await Promise.all([loadNoVnc(), this.#takeTicket(this.mode)]);
      if (round !== this.#round) return;
      this.#attach(Rfb, ticket, round);
    } catch (error) {
      if (round !== this.#round) return;
      const message = error instanceof Error ? error.message : String(error);
      const isPassing =
        error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);
      if (isPassing) this.#again('No answer', message);
      else this.#become({ state: 'ended', title: 'No screen now', reason: message });
    }
  }

  #attach(Rfb: typeof RFB, ticket: Ticket, round: number): void {
    const url = new URL(ticket.url, window.location.origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    // Before noVNC listens: its own handler takes the picture away, and its verdict on the end is not to be trusted.
    socket.addEventListener('close', (event) => {
      if (round === this.#round) this.#closed(event);
    });
    this.#socket = socket;
    this.#rfb = new Rfb(this.#target, socket, { shared: true });
    this.#adjust();
    this.#rfb.addEventListener('connect', () => {
      if (round !== this.#round) return;
      this.lastFrame = null;
      this.#good = setTimeout(() => (this.#attempt = 0), GOOD_AFTER);
      this.#become({ state: 'live' });
    });
  }

  #adjust(): void {
    const rfb = this.#rfb;
    if (rfb === null) return;
    rfb.viewOnly = this.mode === 'view';
    rfb.scaleViewport = this.#fit;
    rfb.clipViewport = !this.#fit;
    rfb.focusOnClick = this.mode === 'control';
    rfb.background = '#000';
    [rfb.qualityLevel, rfb.compressionLevel] = QUALITY[this.#quality];
  }

  #closed(event: CloseEvent): void {
    this.#keepFrame();
    clearTimeout(this.#good);
    this.#rfb = null;
    this.#socket = null;
    const verdict = closeVerdict(event.code, event.reason);
    if (verdict.then === 'again') this.#again(verdict.title, verdict.reason);
    else this.#become({ state: 'ended', title: verdict.title, reason: verdict.reason });
  }

  #again(title: string, reason: string): void {
    const delay = retryDelay(this.#attempt, Math.random);
    this.#attempt += 1;
    const round = this.#round;
    this.#timer = setTimeout(() => {
      if (round === this.#round) void this.#connect(round);
    }, delay);
    this.#become({ state: 'reconnecting', title, reason, retryAt: Date.now() + delay });
  }

  #keepFrame(): void {
    const live = this.#target.querySelector('canvas');
    if (live === null || live.width === 0 || this.state.state !== 'live') return;
    const copy = document.createElement('canvas');
    copy.width = live.width;
    copy.height = live.height;
    copy.getContext('2d')?.drawImage(live, 0, 0);
    this.lastFrame = copy;
    this.lastFrameAt = Date.now();
  }

  #become(state: ScreenState): void {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

import type { ScreenEnd } from './screen-end.ts';
import { screenEnd } from './screen-end.ts';
import type { ScreenMode } from './tickets.ts';
import { createViewFilter } from './view-filter.ts';

/** What to do with bytes that came from a viewer. */
export interface ViewerStep {
  readonly toScreen: readonly Buffer[];
  readonly toViewer: readonly Buffer[];
  /** Set when the viewer is to be closed. */
  readonly end?: ScreenEnd;
}

/** The viewer's side of a session, as a state machine without a socket. */
export interface ViewerStream {
  /** Sent to the viewer before anything else. */
  readonly greeting: Buffer;
  /** True once the viewer's own handshake is over. */
  isReady(): boolean;
  take(chunk: Buffer): ViewerStep;
}

const VERSION = Buffer.from('RFB 003.008\n');
const SECURITY_NONE = 1;
const SECURITY_RESULT_OK = Buffer.from([0, 0, 0, 0]);
const SHARED = Buffer.from([1]);

const nothing: ViewerStep = { toScreen: [], toViewer: [] };

/**
 * Speaks the server's half of the RFB 3.8 handshake to the viewer (security type None: the door is the ticket), since
 * ours with the screen is over by then; always asks for a shared session, so that nobody throws others out. After that
 * messages pass as they are, or through the view filter.
 */
export function createViewerStream(mode: ScreenMode): ViewerStream {
  const filter = mode === 'view' ? createViewFilter() : null;
  const steps: readonly HandshakeStep[] = [
    { size: 12, read: (bytes) => (isVersion38(bytes) ? { toViewer: [Buffer.from([1, SECURITY_NONE])] } : null) },
    { size: 1, read: (bytes) => (bytes[0] === SECURITY_NONE ? { toViewer: [SECURITY_RESULT_OK] } : null) },
    { size: 1, read: () => ({ toScreen: [SHARED] }) },
  ];
  let position = 0;
  let held: Buffer = Buffer.alloc(0);

  const takeMessages = (chunk: Buffer): ViewerStep => {
    if (!filter) return { toScreen: [chunk], toViewer: [] };
    const filtered = filter.take(chunk);
    if (filtered.ok) return { toScreen: filtered.pass, toViewer: [] };
    const detail = `The viewer sent message type ${filtered.unknownType}, which is unknown.`;
    return { toScreen: [], toViewer: [], end: screenEnd('protocol', detail) };
  };

  return {
    greeting: VERSION,
    isReady: () => position === steps.length,
    take(chunk) {
      let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      const toScreen: Buffer[] = [];
      const toViewer: Buffer[] = [];
      for (let step = steps[position]; step; step = steps[position]) {
        if (rest.length < step.size) {
          held = Buffer.from(rest);
          return { toScreen, toViewer };
        }
        const answer = step.read(rest.subarray(0, step.size));
        if (!answer) return { ...nothing, end: screenEnd('protocol') };
        toScreen.push(...(answer.toScreen ?? []));
        toViewer.push(...(answer.toViewer ?? []));
        rest = rest.subarray(step.size);
        position++;
      }
      if (rest.length === 0) return { toScreen, toViewer };
      const messages = takeMessages(rest);
      return { ...messages, toScreen: [...toScreen, ...messages.toScreen], toViewer };
    },
  };
}

interface HandshakeStep {
  readonly size: number;
  /** Null when the viewer speaks something else. */
  readonly read: (
    bytes: Buffer,
  ) => { readonly toScreen?: readonly Buffer[]; readonly toViewer?: readonly Buffer[] } | null;
}

function isVersion38(bytes: Buffer): boolean {
  return bytes.equals(VERSION);
}

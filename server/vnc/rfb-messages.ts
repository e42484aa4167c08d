/** A client message at the start of some bytes. */
export type ClientMessage =
  | { readonly kind: 'message'; readonly length: number; readonly isInput: boolean }
  /** `needs` bytes are wanted before its length is known. */
  | { readonly kind: 'incomplete'; readonly needs: number }
  | { readonly kind: 'unknown'; readonly type: number };

const message = (length: number): ClientMessage => ({ kind: 'message', length, isInput: false });
const input = (length: number): ClientMessage => ({ kind: 'message', length, isInput: true });

/** Encodings that a client may name; noVNC names about 25. */
const MAX_ENCODINGS = 1024;

interface MessageType {
  /** Bytes that tell its length. */
  readonly head: number;
  readonly read: (head: Buffer) => ClientMessage;
}

/**
 * Length and nature of the messages that noVNC sends (RFC 6143 section 7.5, and the community's rfbproto for the
 * extensions). Input is what could change the bot, clipboard, screen size and power included.
 */
const TYPES: Readonly<Record<number, MessageType>> = {
  // SetPixelFormat
  0: { head: 1, read: () => message(20) },
  // SetEncodings
  2: { head: 4, read: (head) => readEncodings(head.readUInt16BE(2)) },
  // FramebufferUpdateRequest
  3: { head: 1, read: () => message(10) },
  // KeyEvent
  4: { head: 1, read: () => input(8) },
  // PointerEvent; bit 7 of the mask announces a second byte of buttons
  5: { head: 2, read: (head) => input(head.readUInt8(1) & 0x80 ? 7 : 6) },
  // ClientCutText; a negative length marks the extended clipboard
  6: { head: 8, read: (head) => input(8 + Math.abs(head.readInt32BE(4))) },
  // EnableContinuousUpdates
  150: { head: 1, read: () => message(10) },
  // ClientFence
  248: { head: 9, read: (head) => readFence(head.readUInt8(8)) },
  // xvp: shutdown, reboot, reset
  250: { head: 1, read: () => input(4) },
  // SetDesktopSize
  251: { head: 7, read: (head) => input(8 + 16 * head.readUInt8(6)) },
  // QEMU; of its submessages only the extended key event
  255: { head: 2, read: (head) => (head.readUInt8(1) === 0 ? input(12) : { kind: 'unknown', type: 255 }) },
};

function readEncodings(count: number): ClientMessage {
  return count > MAX_ENCODINGS ? { kind: 'unknown', type: 2 } : message(4 + 4 * count);
}

function readFence(payload: number): ClientMessage {
  return payload > 64 ? { kind: 'unknown', type: 248 } : message(9 + payload);
}

/** The message that `bytes` (at least one) starts with. A message of 0x80 mask bits counts as the longer form. */
export function readClientMessage(bytes: Buffer): ClientMessage {
  const type = bytes.readUInt8(0);
  const known = TYPES[type];
  if (!known) return { kind: 'unknown', type };
  return bytes.length < known.head ? { kind: 'incomplete', needs: known.head } : known.read(bytes);
}

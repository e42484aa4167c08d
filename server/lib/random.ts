import { randomBytes } from 'node:crypto';

/** `size` bytes that nobody can guess. Comes in as an argument, like the clock. */
export type RandomBytes = (size: number) => Uint8Array;

export const systemRandom: RandomBytes = (size) => randomBytes(size);

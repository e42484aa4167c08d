import type { ResolvedInstance } from '../resolve.ts';
import { moltbot } from './moltbot.ts';
import type { RuntimeProfile } from './profile.ts';

/** Every runtime that a record may name. */
export const RUNTIMES: Readonly<Record<ResolvedInstance['runtime'], RuntimeProfile>> = { moltbot };

import type { ResolvedInstance } from '../resolve.ts';
import { moltbot, moltbotOfRendering1 } from './moltbot.ts';
import type { RuntimeProfile } from './profile.ts';

/** Profiles of each runtime that a record may name, by the version of the output, from 1 up. */
const RUNTIMES: Readonly<Record<ResolvedInstance['runtime'], readonly RuntimeProfile[]>> = {
  moltbot: [moltbotOfRendering1, moltbot],
};

/** What is particular to the image of a bot, in the version of the output that its fleet asks for. */
export function profileOf({ runtime, rendering }: Pick<ResolvedInstance, 'runtime' | 'rendering'>): RuntimeProfile {
  const profile = RUNTIMES[runtime][rendering - 1];
  if (profile === undefined) throw new RangeError(`rendering ${rendering} of ${runtime} is not known to this program`);
  return profile;
}

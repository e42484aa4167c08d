import type RFB from '@novnc/novnc';

const LOAD_WITHIN = 5_000;

/** noVNC comes in its own chunk. Throws with a sentence for people when it does not come in time. */
export async function loadNoVnc(): Promise<typeof RFB> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('The screen viewer did not load within 5 s. Load the page again.')), LOAD_WITHIN);
  });
  const module = await Promise.race([import('@novnc/novnc'), late]);
  return module.default;
}

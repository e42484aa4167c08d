import type { Plugin } from 'vite';

const AWAITED = 'supportsWebCodecsH264Decode = await _checkWebCodecsH264DecodeSupport();';
const CHAINED =
  '_checkWebCodecsH264DecodeSupport().then((supported) => { supportsWebCodecsH264Decode = supported; }, () => {});';

/**
 * noVNC 1.7 awaits a probe of the H.264 decoder at the top level of a module, and that probe never ends in some
 * browsers: the module would never load. The probe goes on in the background instead. The build fails when the line is
 * not there exactly once, which is the moment to take this plugin out.
 */
export function novncAwait(): Plugin {
  return {
    name: 'novnc-await',
    enforce: 'pre',
    transform(code, id) {
      if (!/@novnc[\\/]novnc[\\/]core[\\/]util[\\/]browser\.js/.test(id)) return null;
      if (code.split(AWAITED).length !== 2) this.error('noVNC no longer awaits its decoder probe: remove this plugin');
      return { code: code.replace(AWAITED, CHAINED), map: null };
    },
  };
}

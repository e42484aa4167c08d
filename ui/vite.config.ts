import { defineConfig } from 'vite';
import { novncAwait } from './plugins/novnc-await.ts';

const api = process.env.CLAWORC_API ?? 'http://127.0.0.1:8080';

/**
 * `build/` is what the server serves. Its addresses are relative, so that it works below any path of a proxy: the server
 * names that path in the `<base>` of the page. Folders here are absolute, so that the build is the same from any working
 * directory.
 * In development `/api` goes to the server that CLAWORC_API names, or, with `--mode story`, to the fixture in dev/.
 */
export default defineConfig(async ({ mode }) => ({
  root: import.meta.dirname,
  base: './',
  plugins: [novncAwait(), ...(mode === 'story' ? [(await import('./dev/story-api.ts')).storyApi()] : [])],
  server: {
    port: 5173,
    strictPort: true,
    // The server takes writes from its own pages only: seen from there, that is what these are.
    ...(mode === 'story'
      ? {}
      : { proxy: { '/api': { target: api, ws: true, changeOrigin: true, headers: { origin: api } } } }),
  },
  build: {
    outDir: `${import.meta.dirname}/build`,
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // `light-dark()` must stay: a lowered one cannot be turned dark for a part of the page.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
}));

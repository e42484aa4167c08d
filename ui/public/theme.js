/* global localStorage, document */
// Runs before the first paint, so that a forced theme never flashes the other one.
(() => {
  let theme = 'auto';
  try {
    theme = localStorage.getItem('claworc.theme') ?? 'auto';
  } catch {
    // Storage is closed to this page: the system decides.
  }
  document.documentElement.dataset.theme = ['light', 'dark'].includes(theme) ? theme : 'auto';
})();

import type { Route, Router } from '../router.ts';

const RELOADED = 'claworc.reloaded-for';

/**
 * Compares the build that the server has with the one that this page is of. A page where nothing can have been typed is
 * loaded anew at once, any other with its next navigation: an old page and a new server agree on nothing.
 */
export function watchBuild(
  build: string,
  { window, router }: { readonly window: Window; readonly router: Pick<Router, 'route' | 'expire'> },
): void {
  const own = window.document.querySelector<HTMLMetaElement>('meta[name="claworc-build"]')?.content ?? '';
  // Not named: a page of the development server.
  if (own === '' || own === build) return;
  router.expire();
  if (isCalm(router.route) && isFirstTime(window, build)) window.location.reload();
}

function isCalm({ page, search }: Route): boolean {
  return (
    ['fleet', 'activity', 'proposals', 'commit', 'lost'].includes(page) || (page === 'overview' && search.size === 0)
  );
}

/** Two servers behind one address could make a page load again and again. */
function isFirstTime(window: Window, build: string): boolean {
  try {
    if (window.sessionStorage.getItem(RELOADED) === build) return false;
    window.sessionStorage.setItem(RELOADED, build);
    return true;
  } catch {
    return false;
  }
}

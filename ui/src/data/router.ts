/** A page of the dashboard; parameters come from the path, everything else from `search`. */
export type Page =
  | 'fleet'
  | 'create'
  | 'overview'
  | 'config'
  | 'manifests'
  | 'changes'
  | 'logs'
  | 'screens'
  | 'screen'
  | 'settings'
  | 'activity'
  | 'commit'
  | 'lost';

export interface Route {
  readonly page: Page;
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  /** The path as the browser has it. */
  readonly path: string;
}

const TABLE: readonly (readonly [pathname: string, page: Page])[] = [
  ['/', 'fleet'],
  ['/new', 'create'],
  ['/instances/:name', 'overview'],
  ['/instances/:name/:tab(config|manifests|changes|logs|screens)', 'config'],
  ['/instances/:name/screens/:screen(chrome|terminal)', 'screen'],
  ['/settings', 'settings'],
  ['/activity', 'activity'],
  ['/commits/:sha([0-9a-f]{40,64})', 'commit'],
];
const patterns = TABLE.map(([pathname, page]) => ({ pattern: new URLPattern({ pathname }), page }));

/** The route of an address; a path that no page has is `lost`, never an exception. */
export function matchRoute(href: string): Route {
  const url = new URL(href, 'http://claworc.invalid');
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : url.pathname;
  for (const { pattern, page } of patterns) {
    const match = pattern.exec({ pathname: path });
    if (match === null) continue;
    const params = Object.fromEntries(
      Object.entries(match.pathname.groups).map(([name, value]) => [name, decodeURIComponent(value ?? '')]),
    );
    return { page: (params.tab as Page | undefined) ?? page, params, search: url.searchParams, path };
  }
  return { page: 'lost', params: {}, search: url.searchParams, path };
}

export interface NavigateOptions {
  /** Takes the place of the current entry: for text that is being typed. */
  readonly replace?: boolean;
}

/** Holds the current route; a `change` event follows every navigation, by code, by link or by the browser. */
export class Router extends EventTarget {
  #route: Route;
  readonly #window: Window;

  constructor(window: Window) {
    super();
    this.#window = window;
    this.#route = matchRoute(window.location.href);
  }

  get route(): Route {
    return this.#route;
  }

  /** Starts to follow clicks on links of this origin and the browser's own back and forward. */
  start(signal: AbortSignal): void {
    this.#window.addEventListener('popstate', () => this.#show(matchRoute(this.#window.location.href)), { signal });
    this.#window.document.addEventListener('click', (event) => this.#click(event), { signal });
  }

  go(address: string, options: NavigateOptions = {}): void {
    const next = matchRoute(address);
    this.#window.history[options.replace === true ? 'replaceState' : 'pushState'](null, '', address);
    this.#show(next);
  }

  #show(route: Route): void {
    this.#route = route;
    this.dispatchEvent(new Event('change'));
  }

  #click(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href !== '');
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== this.#window.location.origin || url.pathname.startsWith('/api/') || url.hash !== '') return;
    if (matchRoute(url.href).page === 'lost') return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

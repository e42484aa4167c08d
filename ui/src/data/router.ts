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
  | 'compare'
  | 'restore'
  | 'proposals'
  | 'proposal'
  | 'lost';

export interface Route {
  readonly page: Page;
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  /** The path below the base of the dashboard. */
  readonly path: string;
}

const TABLE: readonly (readonly [pathname: string, page: Page])[] = [
  ['/', 'fleet'],
  ['/new', 'create'],
  ['/instances/:name', 'overview'],
  ['/instances/:name/:tab(config|manifests|changes|logs|screens)', 'config'],
  ['/instances/:name/screens/:screen(chrome|terminal)', 'screen'],
  ['/instances/:name/compare', 'compare'],
  ['/compare', 'compare'],
  ['/restore', 'restore'],
  ['/settings', 'settings'],
  ['/activity', 'activity'],
  ['/proposals', 'proposals'],
  ['/proposals/:number([1-9][0-9]{0,8})', 'proposal'],
  ['/commits/:sha([0-9a-f]{40,64})', 'commit'],
];
const patterns = TABLE.map(([pathname, page]) => ({ pattern: new URLPattern({ pathname }), page }));

/**
 * The route of an address; a path that no page has is `lost`, never an exception. `base` is the path that the dashboard
 * lives under, `/` or `/claworc/`: links of the dashboard are written without it (`instances/bot-alpha`, `./` for the
 * fleet), and the browser puts it before them, since the page names it in its `<base>`.
 */
export function matchRoute(href: string, base = '/'): Route {
  const url = new URL(href, `http://claworc.invalid${base}`);
  const path = pathBelow(base, url.pathname);
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

/** Without the base, with one slash before it and none behind. A path that is not below the base is left as it is. */
function pathBelow(base: string, pathname: string): string {
  const isBelow = pathname.startsWith(base) || `${pathname}/` === base;
  return `/${(isBelow ? pathname.slice(base.length) : pathname).replace(/^\/+|\/+$/g, '')}`;
}

export interface NavigateOptions {
  /** Takes the place of the current entry: for text that is being typed. */
  readonly replace?: boolean;
}

/** What would be lost with the page, see `UnsavedInput`. */
export interface AtStake {
  readonly isThere: boolean;
  discard(): void;
}

/**
 * Holds the current route; a `change` event follows every navigation, by code, by link or by the browser. While something
 * is at stake a navigation waits, and `held` asks for an answer: `leave` or `stay`.
 */
export class Router extends EventTarget {
  #route: Route;
  readonly #window: Window;
  readonly #atStake: AtStake;
  readonly #base: string;
  #isExpired = false;
  /** The place of the current entry among those of this tab: the browser tells where it goes, not how far. */
  #at: number;
  #waiting: (() => void) | null = null;

  constructor(window: Window, atStake: AtStake) {
    super();
    this.#window = window;
    this.#atStake = atStake;
    this.#base = new URL(window.document.baseURI).pathname;
    this.#route = matchRoute(window.location.href, this.#base);
    this.#at = placeOf(window.history.state) ?? 0;
    window.history.replaceState({ at: this.#at }, '');
  }

  get route(): Route {
    return this.#route;
  }

  /** Starts to follow clicks on links of this origin and the browser's own back and forward. */
  start(signal: AbortSignal): void {
    this.#window.addEventListener('popstate', (event) => this.#popped(event.state), { signal });
    this.#window.document.addEventListener('click', (event) => this.#click(event), { signal });
  }

  /** The page is of an older build than the server: the next way leads through a new load. */
  expire(): void {
    this.#isExpired = true;
  }

  /** `address` as in a link: below the base, without a slash before it. */
  go(address: string, options: NavigateOptions = {}): void {
    const next = matchRoute(address, this.#base);
    // What replaces is being typed.
    if (options.replace === true) {
      this.#window.history.replaceState({ at: this.#at }, '', address);
      this.#show(next);
    } else this.#unlessHeld(next, () => this.#push(address, next));
  }

  /** Answers `held`: what was typed is given up. */
  leave(): void {
    const goOn = this.#waiting;
    this.#waiting = null;
    this.#atStake.discard();
    goOn?.();
  }

  /** Answers `held`: the page stays as it is. */
  stay(): void {
    this.#waiting = null;
  }

  #push(address: string, next: Route): void {
    if (this.#isExpired) {
      this.#window.location.assign(new URL(address, this.#window.document.baseURI));
      return;
    }
    this.#at += 1;
    this.#window.history.pushState({ at: this.#at }, '', address);
    this.#show(next);
  }

  #unlessHeld(next: Route, goOn: () => void): void {
    if (!this.#atStake.isThere || isSame(next, this.#route)) {
      goOn();
      return;
    }
    this.#waiting = goOn;
    this.dispatchEvent(new Event('held'));
  }

  /** The browser has gone already: where the page is held, it is led back until there is an answer. */
  #popped(state: unknown): void {
    const next = matchRoute(this.#window.location.href, this.#base);
    const at = placeOf(state);
    // An address that was typed by hand, with another hash: an entry of nobody yet.
    if (at === undefined) this.#window.history.replaceState({ at: this.#at + 1 }, '');
    const place = at ?? this.#at + 1;
    const way = place - this.#at;
    if (!this.#atStake.isThere || isSame(next, this.#route)) {
      this.#at = place;
      this.#show(next);
      return;
    }
    this.#window.history.go(-way);
    this.#waiting = () => this.#window.history.go(way);
    this.dispatchEvent(new Event('held'));
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
    if (url.origin !== this.#window.location.origin || url.hash !== '') return;
    if (matchRoute(url.href, this.#base).page === 'lost') return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

function placeOf(state: unknown): number | undefined {
  const at = (state as { readonly at?: unknown } | null)?.at;
  return typeof at === 'number' ? at : undefined;
}

const isSame = (a: Route, b: Route): boolean => a.path === b.path && a.search.toString() === b.search.toString();

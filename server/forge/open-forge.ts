import { createExchange, type ForgeNetwork, type Opening } from './exchange.ts';
import type { Forge } from './forge.ts';
import { createGitea } from './gitea.ts';
import { createGitHub, GITHUB_HEADERS } from './github.ts';
import { createGitLab } from './gitlab.ts';
import type { ForgePlace } from './place.ts';

/** The repository on its forge. The token is asked for at each request, so that it can be changed while we run. */
export function openForge(place: ForgePlace, token: () => Promise<string>, network: ForgeNetwork): Forge {
  const { api, title, kind } = place;
  const open = async (): Promise<Opening> => {
    const secret = await token();
    return { headers: headersFor(kind, secret), secrets: [secret, encodeURIComponent(secret)] };
  };
  const exchange = createExchange({ api, title, open, network });
  switch (kind) {
    case 'github':
      return createGitHub(place, exchange);
    case 'gitlab':
      return createGitLab(place, exchange);
    case 'gitea':
      return createGitea(place, exchange);
  }
}

function headersFor(kind: ForgePlace['kind'], token: string): Readonly<Record<string, string>> {
  switch (kind) {
    case 'github':
      return { ...GITHUB_HEADERS, authorization: `Bearer ${token}` };
    case 'gitlab':
      return { 'private-token': token };
    case 'gitea':
      return { authorization: `token ${token}` };
  }
}

import type { nothing } from 'lit';
import { html, type TemplateResult } from 'lit';
import type { Page, Route } from '../data/router.ts';

/** Loads what draws a page; the fleet is part of the first load, everything else comes when it is wanted. */
export async function loadPage(page: Page): Promise<void> {
  switch (page) {
    case 'fleet':
    case 'create':
      return;
    case 'overview':
    case 'config':
    case 'manifests':
    case 'changes':
    case 'logs':
    case 'screens':
      await import('./bot/instance.ts');
      return;
    case 'screen':
      await import('./screens/screen-window.ts');
      return;
    case 'settings':
      await import('./settings/settings.ts');
      return;
    case 'activity':
      await import('./fleet/activity.ts');
      return;
    case 'proposals':
      await import('./proposals/proposals.ts');
      return;
    case 'proposal':
      await import('./proposals/proposal.ts');
      return;
    case 'compare':
      await import('./history/compare.ts');
      return;
    case 'restore':
      await import('./history/fleet-restore.ts');
      return;
    case 'commit':
    case 'lost':
      await import('./history/commit.ts');
      return;
  }
}

/** The element of a route. */
export function pageOf(route: Route): TemplateResult | typeof nothing {
  const name = route.params.name ?? '';
  switch (route.page) {
    case 'fleet':
    case 'create':
      return html`<cw-fleet .route=${route}></cw-fleet>`;
    case 'overview':
    case 'config':
    case 'manifests':
    case 'changes':
    case 'logs':
    case 'screens':
      return html`<cw-instance .route=${route} .name=${name}></cw-instance>`;
    case 'screen':
      return html`<cw-screen-window .name=${name} .screen=${route.params.screen}></cw-screen-window>`;
    case 'settings':
      return html`<cw-settings .first=${route.search.get('edit') ?? ''}></cw-settings>`;
    case 'activity':
      return html`<cw-activity .route=${route}></cw-activity>`;
    case 'proposals':
      return html`<cw-proposals .route=${route}></cw-proposals>`;
    case 'proposal':
      return html`<cw-proposal .number=${Number(route.params.number)}></cw-proposal>`;
    case 'compare':
      return html`<cw-compare .route=${route}></cw-compare>`;
    case 'restore':
      return html`<cw-fleet-restore .route=${route}></cw-fleet-restore>`;
    case 'commit':
      return html`<cw-commit .sha=${route.params.sha ?? ''}></cw-commit>`;
    case 'lost':
      return html`<cw-lost .path=${route.path}></cw-lost>`;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type { Preview } from '../../server/http/schemas/answers.ts';
import { historyOf, manifestsOf, overviewOf } from './story-bot.ts';
import { activity, config, fleet, instances, settings } from './story.ts';

const LOG = [
  'info gateway: session 4f21 opened, channel whatsapp',
  'info agent: task 7732 reply sent, order 48812',
  'warn gateway: 1 session still open, closing it',
  'info systemd: started moltbot container',
  'error tools: search answered 429, retry in 2 s, request 8b1c77d0 to endpoint web/search failed at attempt 1 of 5',
  'info channel: whatsapp connected, 14 sessions resumed',
];

/** Answers the reading half of the REST API from the story; a write is answered with a refusal in words. */
export function storyApi(): Plugin {
  return {
    name: 'story-api',
    configureServer(server) {
      server.middlewares.use('/api/v1', (request, response) => void answer(request, response));
    },
  };
}

/** Event streams that are open, by what they were named. */
const streams = new Map<string, ServerResponse>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://story.invalid');
  const [, room = '', name = '', rest = ''] = url.pathname.split('/');
  const isPreview = url.pathname.endsWith('/preview');
  if (room === 'events' && rest === 'logs') {
    carryLogs(name, await bodyOf(request));
    send(response, 200, { logs: 1 });
    return;
  }
  if (request.method !== 'GET' && !isPreview) {
    send(response, 503, {
      detail: 'The story has no hands: nothing can be written to it.',
      code: 'git_unreachable',
    });
    return;
  }
  if (isPreview) {
    send(response, 200, preview(await bodyOf(request)));
    return;
  }
  if (room === 'events') {
    const id = String(Date.now());
    streams.set(id, response);
    response.on('close', () => streams.delete(id));
    stream(response, [
      ['stream', { id, build: null, resumed: false }],
      ['snapshot', { instances, fleet, first: true, more: false }],
    ]);
    return;
  }
  if (room === 'settings') {
    send(response, 200, settings);
    return;
  }
  if (room === 'activity') {
    send(response, 200, activity);
    return;
  }
  if (room === 'commits') {
    send(response, 200, historyOf(instances[5] ?? never())[0]);
    return;
  }
  const instance = instances.find((one) => one.name === name);
  if (room !== 'instances' || instance === undefined) {
    send(response, 404, { detail: `The story has no ${url.pathname}.`, code: 'not_found' });
    return;
  }
  switch (rest) {
    case 'overview': {
      send(response, 200, overviewOf(instance));
      return;
    }
    case 'config': {
      send(response, 200, { config, revision: instance.revision });
      return;
    }
    case 'manifests': {
      send(response, 200, manifestsOf(instance));
      return;
    }
    case 'history': {
      send(response, 200, historyOf(instance));
      return;
    }
    default: {
      send(response, 200, instance);
      return;
    }
  }
}

/** A hundred lines for each log that is followed from now on. */
function carryLogs(id: string, body: Record<string, unknown>): void {
  const response = streams.get(id);
  if (response === undefined) return;
  for (const { key } of body.logs as { readonly key: string }[]) {
    write(response, 'log_state', { key, state: 'following' });
    for (let index = 0; index < 100; index += 1) {
      const at = new Date(Date.now() - (100 - index) * 400).toISOString();
      write(response, 'log', { key, at, text: LOG[index % LOG.length] });
    }
  }
}

function preview(body: Record<string, unknown>): Preview {
  const title = typeof body.display_name === 'string' ? body.display_name : 'Support DE';
  const name = `bot-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const lines = [
    'apiVersion: claworc.dev/v1alpha1',
    'kind: BotInstance',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    `  displayName: ${title}`,
    '  storage:',
    '    clawdbot: 5Gi',
    '    homebrew: 10Gi',
    '    clawd: 5Gi',
    '    chrome: 5Gi',
  ];
  const patch = `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join('\n')}\n`;
  const rendered = ['deployment', 'service-vnc', 'configmap-config', 'networkpolicy'].map((file) => ({
    path: `dist/${name}/${file}.yaml`,
    action: 'create' as const,
    patch,
  }));
  return {
    message: `Create ${title}`,
    files: [{ path: `instances/${name}.yaml`, action: 'create', patch }, ...rendered],
    restarts: 'display_name' in body ? [] : ['bot-facilities', 'bot-bot-alpha'],
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Sends events, then a comment every 10 s for as long as the page is there. */
function stream(response: ServerResponse, events: readonly (readonly [name: string, data: unknown])[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of events) write(response, name, data);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), 10_000);
  response.on('close', () => clearInterval(heartbeat));
}

function write(response: ServerResponse, name: string, data: unknown): void {
  response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function never(): never {
  throw new Error('The story has lost a bot');
}

import { newFleet, newRecord } from '../../../constructs/new-documents.ts';
import { synthInstance } from '../../../constructs/synth.ts';

/** One bot that uses every field which rendering looks at, as a fleet of version `rendering` renders it. */
export function renderSample(rendering: number): string {
  const base = newFleet({ recipients: [] });
  const env = { TZ: 'Europe/Berlin', PRICE: 'costs $(VNC_DEPTH) dollars' };
  const fleet = { ...base, spec: { ...base.spec, rendering, env } };
  const record = newRecord(
    {
      name: 'bot-golden',
      displayName: 'Golden',
      image: 'ghcr.io/acme/moltbot:2026.1',
      exposure: 'nodePort',
      nodePorts: { chrome: 30120, terminal: 30121 },
      resources: { limits: { memory: '6144Mi' } },
      storage: { chrome: '7Gi', className: 'fast' },
      env: { PASSWORD_HINT: 'tr0ub$$4dor', EMPTY: '', PLAIN: 'plain' },
      vnc: { resolution: '1280x720', depth: 16 },
      config: '{ "gateway": { "mode": "local" }, "key": "${ANTHROPIC_API_KEY}" }\n',
    },
    fleet,
  );
  const key = {
    name: 'ANTHROPIC_API_KEY',
    scope: 'global',
    secretName: 'claworc-anthropic-api-key',
    digest: '0123456789abcdef',
  };
  return synthInstance(record, fleet, [key])
    .map(({ file, text }) => `# ${file}\n${text}`)
    .join('---\n');
}

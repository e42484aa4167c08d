import { newFleet, newRecord } from '../constructs/new-documents.ts';
import type { BotInstance, Fleet } from '../constructs/schema/index.ts';
import { writeRecord } from '../constructs/schema/write-record.ts';

/** A fleet for measurements: records that differ in what records of people differ in, the same ones each time. */
export function benchFleet(size: number): { readonly fleet: Fleet; readonly records: readonly BotInstance[] } {
  const fleet = newFleet({ recipients: [] });
  const records = Array.from({ length: size }, (_, index) => {
    const name = `bot-${String(index).padStart(4, '0')}`;
    return newRecord(
      {
        name,
        displayName: `Bot ${index}`,
        ...(index % 3 === 0 ? { resources: { limits: { cpu: '4', memory: '8Gi' } } } : {}),
        ...(index % 5 === 0 ? { state: 'stopped' as const } : {}),
        ...(index % 2 === 0 ? { env: { TZ: 'Europe/Berlin', LOG_LEVEL: 'info' } } : {}),
        config: `${JSON.stringify(configOf(index), null, 2)}\n`,
      },
      fleet,
    );
  });
  return { fleet, records };
}

function configOf(index: number): object {
  return {
    agents: { defaults: { workspace: '/root/clawd', model: { primary: 'anthropic/claude-opus-4-5' } } },
    channels: { whatsapp: { allowFrom: [`+49151${String(index).padStart(8, '0')}`], dmPolicy: 'allowlist' } },
    env: { ANTHROPIC_API_KEY: '${ANTHROPIC_API_KEY}' },
    gateway: { bind: 'loopback', mode: 'local', port: 18789 },
  };
}

/** The fleet as the files of an instances repo without dist/. */
export function benchFiles(size: number): ReadonlyMap<string, string> {
  const { fleet, records } = benchFleet(size);
  const files = new Map([['claworc.yaml', writeRecord(fleet)]]);
  for (const record of records) files.set(`instances/${record.metadata.name}.yaml`, writeRecord(record));
  return files;
}

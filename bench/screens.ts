import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialScreen } from '../server/vnc/direct-driver.ts';
import { pumpScreen } from '../server/vnc/pump.ts';
import { createViewerAcceptor } from '../server/vnc/screen-server.ts';
import { median, type Measurement } from './measurement.ts';
import { cpuSeconds, type PeerRequest } from './screen-peers.ts';

const FLOOD_BYTES = 256 * 1024 * 1024;
const ECHO_ROUNDS = 1_000;
const ROUNDS = 5;
const STALL_MS = 3_000;

/**
 * The proxy of the screens beside a direct connection to the same screen, taking turns in one run: a flood of 256 MiB
 * and the echo of a key press. Screen and viewer are processes of their own; the CPU of the busiest process is the time
 * that a flood takes where each has a core, whatever else runs on the machine. Then what a viewer costs that stops reading
 * while the screen would send without end.
 */
export async function run(): Promise<readonly Measurement[]> {
  const [screen, viewer] = await Promise.all([startPeer(), startPeer()]);
  const server = createServer();
  try {
    const direct = await screen.ask({ do: 'serve' });
    const accept = createViewerAcceptor();
    server.on('upgrade', (request, socket, head) => {
      void dialScreen({ host: '127.0.0.1', port: direct }).then(async (tcp) =>
        pumpScreen(await accept(request, socket, head), tcp),
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxied = (server.address() as AddressInfo).port;

    const busiestOf = async (work: () => Promise<number>): Promise<{ wall: number; cpu: number }> => {
      const cpus = async () => [cpuSeconds(), await screen.ask({ do: 'cpu' }), await viewer.ask({ do: 'cpu' })];
      const before = await cpus();
      const wall = await work();
      const after = await cpus();
      return { wall, cpu: Math.max(...after.map((value, index) => value - (before[index] ?? 0))) };
    };
    const floods: number[] = [];
    const floodsOfCpu: number[] = [];
    const bareEchoes: number[] = [];
    const pumpedEchoes: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const flood = { do: 'flood', bytes: FLOOD_BYTES } as const;
      const bare = await busiestOf(() => viewer.ask({ ...flood, over: 'tcp', port: direct }));
      const pumped = await busiestOf(() => viewer.ask({ ...flood, over: 'ws', port: proxied }));
      const echo = { do: 'echo', rounds: ECHO_ROUNDS } as const;
      const bareEcho = await viewer.ask({ ...echo, over: 'tcp', port: direct });
      const pumpedEcho = await viewer.ask({ ...echo, over: 'ws', port: proxied });
      // The first round warms up.
      if (round === 0) continue;
      floods.push(pumped.wall / bare.wall);
      floodsOfCpu.push(pumped.cpu / bare.cpu);
      bareEchoes.push(bareEcho);
      pumpedEchoes.push(pumpedEcho);
    }
    const growth = await measureStall(() => viewer.ask({ do: 'stall', port: proxied }));
    // The best round of each: other work on the machine only ever adds.
    const bareEcho = Math.min(...bareEchoes);
    const pumpedEcho = Math.min(...pumpedEchoes);
    return [
      {
        name: 'flood, CPU of the busiest process, beside direct TCP',
        value: median(floodsOfCpu),
        unit: 'x',
        limit: 2.5,
      },
      { name: 'flood, by the clock, beside direct TCP', value: median(floods), unit: 'x' },
      { name: 'echo of a key, p50, beside direct TCP', value: pumpedEcho / bareEcho, unit: 'x', limit: 3.5 },
      { name: 'echo of a key, p50, added', value: (pumpedEcho - bareEcho) / 1000, unit: 'ms', limit: 0.5 },
      { name: 'memory for a viewer that stopped reading', value: growth, unit: 'MiB', limit: 4 },
    ];
  } finally {
    screen.stop();
    viewer.stop();
    server.close();
    server.closeAllConnections();
  }
}

/** Growth of the resident memory in MiB, the highest of what was seen. */
async function measureStall(stall: () => Promise<number>): Promise<number> {
  const before = process.memoryUsage.rss();
  await stall();
  let highest = before;
  const end = performance.now() + STALL_MS;
  while (performance.now() < end) {
    await sleep(50);
    highest = Math.max(highest, process.memoryUsage.rss());
  }
  return (highest - before) / 1024 / 1024;
}

interface Peer {
  ask(request: PeerRequest): Promise<number>;
  stop(): void;
}

async function startPeer(): Promise<Peer> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'screen-peers.ts'));
  await once(child, 'message');
  return {
    async ask(request) {
      child.send(request);
      const [value] = (await once(child, 'message')) as [number];
      return value;
    },
    stop: () => {
      child.kill();
    },
  };
}

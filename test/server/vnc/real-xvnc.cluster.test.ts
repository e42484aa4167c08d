import { once } from 'node:events';
import { expect, vi } from 'vitest';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { openPortForward } from '../../../server/cluster/port-forward.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { dialScreen } from '../../../server/vnc/direct-driver.ts';
import { createScreens, type ViewRequest } from '../../../server/vnc/screens.ts';
import { clusterTest } from '../../control-plane/cluster-test.ts';
import { setPodForwards } from '../../control-plane/pod-overrides.ts';
import { ProgramUnavailable } from '../../control-plane/unavailable.ts';
import { startXvnc, type Xvnc, type XvncOptions } from '../../support/xvnc.ts';
import { runPod } from '../cluster/pods.ts';
import { connectTcp, listenForViewers, openViewer, shakeHands, type Viewer } from './loopback.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const test = clusterTest.extend<{ xvnc: Xvnc; guardedXvnc: Xvnc }>({
  xvnc: async ({ skip }, use) => {
    await using xvnc = await startOrSkip({ geometry: '640x480' }, skip);
    await use(xvnc);
  },
  /** With TigerVNC's defaults against attacks. */
  guardedXvnc: async ({ skip }, use) => {
    await using xvnc = await startOrSkip({ geometry: '640x480', blacklist: true }, skip);
    await use(xvnc);
  },
});

function startOrSkip(options: XvncOptions, skip: (note: string) => never): Promise<Xvnc> {
  return startXvnc(options).catch((error: unknown) => {
    if (error instanceof ProgramUnavailable && process.env.CI !== 'true') return skip(error.message);
    throw error;
  });
}

async function serveScreen(request: Pick<ViewRequest, 'open' | 'mode'>) {
  const screens = createScreens({ log: silentLog, clock: systemClock, limits: { perScreen: 100, inAll: 100 } });
  const server = await listenForViewers(
    (socket) => void screens.connect(socket, { instance: 'bot-alpha', screen: 'chrome', ...request }),
  );
  const dispose = async (): Promise<void> => {
    await screens.close();
    await server[Symbol.asyncDispose]();
  };
  return { port: server.port, [Symbol.asyncDispose]: dispose };
}

const rawPixels = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
/** Raw pixels and both ways of telling a viewer about a new size: TigerVNC throws out who knows neither. */
const sizesWelcome = Buffer.from('02000003' + '00000000' + 'fffffecc' + 'ffffff21', 'hex');
const wholeScreen = Buffer.from([3, 0, 0, 0, 0, 0, 640 >> 8, 640 & 255, 480 >> 8, 480 & 255]);

/** Shakes hands, checks the size of the screen and reads one whole picture of it. */
async function seePicture(viewer: Viewer): Promise<Buffer> {
  await shakeHands(viewer);
  const init = await viewer.read(24);
  await viewer.read(init.readUInt32BE(20));
  expect([init.readUInt16BE(0), init.readUInt16BE(2)]).toEqual([640, 480]);
  viewer.socket.send(rawPixels);
  viewer.socket.send(wholeScreen);
  const update = await viewer.read(4);
  let pixels = Buffer.alloc(0);
  for (let left = update.readUInt16BE(2); left > 0; left--) {
    const head = await viewer.read(12);
    const size = head.readUInt16BE(4) * head.readUInt16BE(6) * 4;
    pixels = Buffer.concat([pixels, await viewer.read(size)]);
  }
  return pixels;
}

test('a viewer sees a real screen over TCP, watching or in control', async ({ xvnc }) => {
  const open = () => dialScreen({ host: '127.0.0.1', port: xvnc.port });
  for (const mode of ['view', 'control'] as const) {
    await using server = await serveScreen({ mode, open });
    const viewer = await openViewer(server.port);

    expect(await seePicture(viewer)).toHaveLength(640 * 480 * 4);
    viewer.socket.close();
  }
});

test('a viewer sees the same screen through port-forward', async ({ xvnc, cluster, kubectl, namespace }) => {
  await runPod(kubectl, namespace, 'bot');
  await setPodForwards(kubectl, { namespace, name: 'bot' }, { 5901: xvnc.port });
  const connection = await loadConnection({ kubeconfig: cluster.kubeconfig });
  const open = () => openPortForward(connection, { namespace, pod: 'bot', port: 5901 });
  await using server = await serveScreen({ mode: 'control', open });

  // The forward reaches KWOK within a second.
  const picture = await vi.waitFor(async () => seePicture(await openViewer(server.port)), { timeout: PATIENCE_MS });

  expect(picture).toHaveLength(640 * 480 * 4);
});

test('what a controlling viewer does reaches the screen and what a watching one does, does not', async ({ xvnc }) => {
  const open = () => dialScreen({ host: '127.0.0.1', port: xvnc.port });
  // A new size is input whose effect the next viewer can see.
  const resize = Buffer.concat([
    Buffer.from([251, 0, 800 >> 8, 800 & 255, 600 >> 8, 600 & 255, 1, 0]),
    screenOf(800, 600),
  ]);
  const widthAfterResize = async (mode: ViewRequest['mode']): Promise<number> => {
    await using server = await serveScreen({ mode, open });
    const viewer = await openViewer(server.port);
    await seePicture(viewer);
    viewer.socket.send(sizesWelcome);
    viewer.socket.send(resize);
    // Answered behind it, so it has been dealt with by then.
    viewer.socket.send(wholeScreen);
    await viewer.read(16);
    const next = await openViewer(server.port);
    await shakeHands(next);
    return (await next.read(24)).readUInt16BE(0);
  };

  expect(await widthAfterResize('view')).toBe(640);
  expect(await widthAfterResize('control')).toBe(800);
});

test('50 viewers that come and go lock nobody out', async ({ guardedXvnc }) => {
  const open = () => dialScreen({ host: '127.0.0.1', port: guardedXvnc.port });
  await using server = await serveScreen({ mode: 'control', open });

  for (let round = 0; round < 50; round++) {
    const viewer = await openViewer(server.port);
    // Half of them leave before the screen has said a word.
    if (round % 2 === 0) await viewer.read(12);
    viewer.socket.terminate();
  }

  expect(await seePicture(await openViewer(server.port))).toHaveLength(640 * 480 * 4);
});

test('bare connections lock everybody out, and the viewer is told so', async ({ guardedXvnc }) => {
  const open = () => dialScreen({ host: '127.0.0.1', port: guardedXvnc.port });
  await using server = await serveScreen({ mode: 'control', open });

  for (let round = 0; round < 12; round++) {
    const socket = await connectTcp(guardedXvnc.port);
    await once(socket, 'data');
    socket.destroy();
  }

  const closed = await (await openViewer(server.port)).closed;
  expect(closed).toEqual({ code: 4502, reason: 'The screen refuses: Too many security failures' });
});

function screenOf(width: number, height: number): Buffer {
  const screen = Buffer.alloc(16);
  screen.writeUInt16BE(width, 8);
  screen.writeUInt16BE(height, 10);
  return screen;
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askGit } from './cgi.ts';
import { Faults, type Fault, type FaultOptions, type InjectedFault } from './faults.ts';

export interface GitHttp extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every request so far, as `METHOD path?query`. */
  readonly requests: readonly string[];
  /** Makes an empty bare repository with main as its HEAD. */
  createRepository(name: string): Promise<GitHttpRepository>;
  /** Makes requests fail; with a function the fault can depend on the path. */
  inject(fault: Fault | ((path: string) => Fault), options?: FaultOptions): InjectedFault;
}

export interface GitHttpRepository {
  readonly folder: string;
  /** Its address, with the user's name and password in it when one is named. */
  url(user?: string): string;
}

export interface GitHttpOptions {
  /** Passwords by name. Without users nobody is asked who they are, and everybody may push. @default none */
  readonly users?: Readonly<Record<string, string>>;
}

/** Starts a git server on loopback: the real `git http-backend` behind basic authentication and the faults asked for. */
export async function startGitHttp({ users }: GitHttpOptions = {}): Promise<GitHttp> {
  const folder = await mkdtemp(join(tmpdir(), 'claworc-git-http-'));
  const faults = new Faults();
  const requests: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [method, path] = [request.method ?? '', request.url ?? ''];
    requests.push(`${method} ${path}`);
    const met = faults.meet(method, path);
    if (met?.fault.kind === 'answer') {
      response.writeHead(met.fault.status, met.fault.headers).end(met.fault.body);
      return;
    }
    if (met?.fault.kind === 'hold') await met.lifted;
    const user = whoAsks(request, users);
    if (user === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?\n');
      return;
    }
    const git = await askGit(request, folder, user);
    response.on('close', () => git.stop());
    response.writeHead(git.status, git.headers);
    if (met?.fault.kind === 'cut') await sendPart(response, git.body, met.fault.afterBytes);
    else git.body.pipe(response);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    createRepository: async (name) => {
      const repository = join(folder, `${name}.git`);
      await promisify(execFile)('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
      return {
        folder: repository,
        url: (user) => {
          const address = new URL(`${url}/${name}.git`);
          if (user !== undefined) [address.username, address.password] = [user, users?.[user] ?? ''];
          return address.href;
        },
      };
    },
    inject: (fault, options) => faults.inject(fault, options),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      faults.liftAll();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The user's name, or undefined for a stranger. */
function whoAsks({ headers }: IncomingMessage, users: GitHttpOptions['users']): string | undefined {
  if (users === undefined) return 'anybody';
  const [scheme, encoded = ''] = (headers.authorization ?? '').split(' ');
  const [name = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  if (scheme?.toLowerCase() !== 'basic' || !Object.hasOwn(users, name)) return undefined;
  return users[name] === password.join(':') ? name : undefined;
}

async function sendPart(response: ServerResponse, body: AsyncIterable<Buffer>, bytes: number): Promise<void> {
  let left = bytes;
  for await (const chunk of body) {
    if (left > 0) await new Promise<void>((sent) => response.write(chunk.subarray(0, left), () => sent()));
    left -= chunk.length;
    if (left <= 0) break;
  }
  response.destroy();
}

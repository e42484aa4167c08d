import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createRest } from './rest.ts';

export interface ForgeUser {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** An access token with every scope. */
  readonly token: string;
}

export interface ForgeUsers {
  readonly admin: ForgeUser;
  readonly alice: ForgeUser;
  readonly bob: ForgeUser;
}

interface GiteaProgram {
  readonly url: string;
  readonly program: string;
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The first user can be made by Gitea's own command alone; the others are made by that one. */
export async function createUsers(gitea: GiteaProgram): Promise<ForgeUsers> {
  const admin = await createAdmin(gitea);
  return { admin, alice: await createUser(gitea.url, admin, 'alice'), bob: await createUser(gitea.url, admin, 'bob') };
}

async function createAdmin({ url, program, config, env }: GiteaProgram): Promise<ForgeUser> {
  const user = newUser('root-of-forge');
  const { name, email, password } = user;
  const args = ['--config', config, 'admin', 'user', 'create', '--admin', '--must-change-password=false'];
  const account = ['--username', name, '--email', email, '--password', password];
  await promisify(execFile)(program, [...args, ...account], { env });
  return { ...user, token: await createToken(url, user) };
}

async function createUser(url: string, admin: ForgeUser, name: string): Promise<ForgeUser> {
  const user = newUser(name);
  const { email, password } = user;
  const account = { username: name, email, password, must_change_password: false };
  await createRest(url, admin)('POST', '/admin/users', account);
  return { ...user, token: await createToken(url, user) };
}

function newUser(name: string): Omit<ForgeUser, 'token'> {
  return { name, email: `${name}@example.com`, password: `password of ${name}` };
}

async function createToken(url: string, { name, password }: Omit<ForgeUser, 'token'>): Promise<string> {
  const rest = createRest(url, { name, password });
  const answer = (await rest('POST', `/users/${name}/tokens`, { name: 'tests', scopes: ['all'] })) as { sha1: string };
  return answer.sha1;
}

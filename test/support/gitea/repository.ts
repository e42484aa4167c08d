import { randomUUID } from 'node:crypto';
import type { Forge } from './gitea.ts';
import { createRest, type Rest } from './rest.ts';
import type { ForgeUser } from './users.ts';

export interface ForgeRepository extends AsyncDisposable {
  readonly owner: string;
  readonly name: string;
  /** `http://…/OWNER/NAME.git`, with a user's token in it when one is named. */
  httpUrl(as?: ForgeUser): string;
  readonly sshUrl: string;
  /** The REST API as its owner, below `/repos/OWNER/NAME`. */
  readonly rest: Rest;
  /** Nobody pushes to the branch but by a merge; further fields as Gitea's API names them. */
  protect(branch: string, rule?: Readonly<Record<string, unknown>>): Promise<void>;
  addCollaborator(user: ForgeUser, permission: 'read' | 'write' | 'admin'): Promise<void>;
  /** A webhook in Gitea's own format, signed with the secret, for the named events. */
  addWebhook(url: string, secret: string, events?: readonly string[]): Promise<void>;
}

export interface RepositoryOptions {
  /** @default alice */
  readonly owner?: ForgeUser;
  /** Without a first commit, and so without a branch. @default false */
  readonly empty?: boolean;
  readonly private?: boolean;
}

/** Makes a repository that no other test has, whose default branch is main; disposing deletes it. */
export async function createForgeRepository(forge: Forge, options: RepositoryOptions = {}): Promise<ForgeRepository> {
  const owner = options.owner ?? forge.users.alice;
  const name = `bots-${randomUUID().slice(0, 8)}`;
  const rest = createRest(forge.url, owner);
  const wanted = { name, auto_init: options.empty !== true, default_branch: 'main', private: options.private ?? false };
  await rest('POST', '/user/repos', wanted);
  const ofRepository: Rest = (method, path, body) => rest(method, `/repos/${owner.name}/${name}${path}`, body);

  return {
    owner: owner.name,
    name,
    httpUrl: (as) => {
      const url = new URL(`${forge.url}/${owner.name}/${name}.git`);
      if (as) [url.username, url.password] = [as.name, as.token];
      return url.href;
    },
    sshUrl: `ssh://git@127.0.0.1:${forge.ssh.port}/${owner.name}/${name}.git`,
    rest: ofRepository,
    protect: async (branch, rule = {}) => {
      await ofRepository('POST', '/branch_protections', { rule_name: branch, enable_push: false, ...rule });
    },
    addCollaborator: async (user, permission) => {
      await ofRepository('PUT', `/collaborators/${user.name}`, { permission });
    },
    addWebhook: async (url, secret, events = ['push', 'pull_request']) => {
      const config = { url, content_type: 'json', secret };
      await ofRepository('POST', '/hooks', { type: 'gitea', active: true, events, config });
    },
    [Symbol.asyncDispose]: async () => {
      await ofRepository('DELETE', '');
    },
  };
}

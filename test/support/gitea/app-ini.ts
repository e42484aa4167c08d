import { userInfo } from 'node:os';

export interface GiteaPlaces {
  readonly folder: string;
  /** Holds options, templates and public of Gitea's module. */
  readonly files: string;
  readonly httpPort: number;
  readonly sshPort: number;
  readonly sshHostKeyFile: string;
}

/** The configuration of an installed Gitea that talks to loopback alone, and does nothing that nobody asked it for. */
export function appIni({ folder, files, httpPort, sshPort, sshHostKeyFile }: GiteaPlaces): string {
  const { username, uid } = userInfo();
  return `
RUN_USER = ${username}
${uid === 0 ? 'I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true' : ''}
RUN_MODE = prod
WORK_PATH = ${folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${httpPort}
ROOT_URL = http://127.0.0.1:${httpPort}/
STATIC_ROOT_PATH = ${files}
OFFLINE_MODE = true
START_SSH_SERVER = true
BUILTIN_SSH_SERVER_USER = git
SSH_DOMAIN = 127.0.0.1
SSH_LISTEN_HOST = 127.0.0.1
SSH_PORT = ${sshPort}
SSH_LISTEN_PORT = ${sshPort}
SSH_SERVER_HOST_KEYS = ${sshHostKeyFile}
LFS_START_SERVER = false

[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db

[security]
INSTALL_LOCK = true
PASSWORD_COMPLEXITY = off

[service]
DISABLE_REGISTRATION = true

[repository]
DEFAULT_BRANCH = main

[repository.signing]
SIGNING_KEY = none

[webhook]
ALLOWED_HOST_LIST = loopback

[mailer]
ENABLED = false

[actions]
ENABLED = false

[cron]
ENABLED = false

[cron.update_checker]
ENABLED = false

[session]
PROVIDER = memory

[log]
MODE = console
LEVEL = Info
`;
}

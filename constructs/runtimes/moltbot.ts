import { k8s } from 'cdk8s-plus-28';
import type { RuntimeProfile } from './profile.ts';

const CHROME_HTTP = 6081;
const TERMINAL_HTTP = 6082;

/** Answered by websockify as soon as the screen of Chrome is there. */
const chromeAnswers = { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(CHROME_HTTP) } };

/**
 * What `rendering: 1` makes, for fleets that nobody has upgraded: it never changes by a byte.
 *
 * Ubuntu with systemd as PID 1 and two X displays, each behind TigerVNC and websockify.
 * TigerVNC bans an address that opens connections and says nothing, so no probe ever touches 5901 or 5902.
 */
export const moltbotOfRendering1: RuntimeProfile = {
  container: 'moltbot',
  screens: {
    chrome: {
      service: 'chrome',
      raw: { name: 'vnc-chrome', port: 5901 },
      http: { name: 'novnc-chrome', port: CHROME_HTTP },
    },
    terminal: {
      service: 'terminal',
      raw: { name: 'vnc-term', port: 5902 },
      http: { name: 'novnc-term', port: TERMINAL_HTTP },
    },
  },
  claims: {
    clawdbot: { mountPath: '/root/.clawdbot' },
    homebrew: { mountPath: '/home/linuxbrew/.linuxbrew' },
    clawd: { mountPath: '/root/clawd' },
    chrome: { mountPath: '/root/.config/google-chrome' },
  },
  scratch: [
    // systemd manages its own cgroups below the node's hierarchy.
    { name: 'cgroup', mountPath: '/sys/fs/cgroup', source: { hostPath: { path: '/sys/fs/cgroup' } } },
    { name: 'run', mountPath: '/run', source: { emptyDir: { medium: 'Memory' } } },
    { name: 'tmp', mountPath: '/tmp', source: { emptyDir: {} } },
    // Chrome keeps its shared memory here and crashes with the 64 MiB that a container gets by itself.
    {
      name: 'dshm',
      mountPath: '/dev/shm',
      source: { emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('2Gi') } },
    },
  ],
  configFiles: [
    { key: 'clawdbot.json', mountPath: '/etc/clawdbot/clawdbot.json', text: ({ config }) => config },
    {
      // systemd logs to its journal; forwarding it to the console makes it the container's log.
      key: 'journald-console.conf',
      mountPath: '/etc/systemd/journald.conf.d/50-claworc-console.conf',
      text: () => '[Journal]\nForwardToConsole=yes\nTTYPath=/dev/console\n',
    },
  ],
  env: ({ vnc }) => [
    { name: 'VNC_DEPTH', value: String(vnc.depth) },
    { name: 'VNC_RESOLUTION', value: vnc.resolution },
  ],
  containerSettings: {
    securityContext: { privileged: true },
    tty: true,
    // systemd as PID 1 ignores SIGTERM; SIGRTMIN+3 is its orderly halt.
    lifecycle: { preStop: { exec: { command: ['/bin/bash', '-c', 'kill -s SIGRTMIN+3 1'] } } },
    livenessProbe: {
      tcpSocket: { port: k8s.IntOrString.fromNumber(CHROME_HTTP) },
      initialDelaySeconds: 60,
      periodSeconds: 30,
    },
    readinessProbe: { ...chromeAnswers, initialDelaySeconds: 30, periodSeconds: 10 },
  },
  podSettings: {},
};

/** Tells systemd that it runs in a container; services have no use for it. */
const CONTAINER = { name: 'container', value: 'docker' };

const first = moltbotOfRendering1;

/** The same image as `rendering: 2` runs it. */
export const moltbot: RuntimeProfile = {
  ...first,
  configFiles: [
    ...first.configFiles,
    {
      // systemd gives its services an environment of their own: without this PID 1 alone has the keys and variables.
      key: 'systemd-environment.conf',
      mountPath: '/etc/systemd/system/service.d/50-claworc-environment.conf',
      text: (_instance, variables) => passEnvironment(variables.filter((name) => name !== CONTAINER.name)),
    },
  ],
  env: (instance) => [...first.env(instance), CONTAINER],
  containerSettings: {
    ...first.containerSettings,
    // A bot is ready as soon as its screen answers; one that starts slowly is given two minutes before it is ended.
    startupProbe: { ...chromeAnswers, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...chromeAnswers, periodSeconds: 10 },
  },
};

function passEnvironment(variables: readonly string[]): string {
  return ['[Service]', ...variables.map((name) => `PassEnvironment=${name}`), ''].join('\n');
}

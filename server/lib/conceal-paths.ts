/** An absolute path on a disk; not one of a URL or of the API server. */
const PATH = /(^|[\s"'`(=:,])\/(?!\/|apis?\/|healthz|readyz|livez|openapi)(?:[^\s"'`(),:;/]+\/)+([^\s"'`(),:;/]+)/g;

/**
 * What is said about the files of this machine (a kubeconfig, what it names, a repository, a database) without where
 * they are. Only for such texts: a path in what is said about a bot is one inside its pod.
 */
export function concealPaths(text: string): string {
  return text.replace(PATH, '$1…/$2');
}

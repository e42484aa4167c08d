/** A record by hand, as people write them: line numbers in tests count from here. */
export const GOOD_RECORD = `apiVersion: claworc.dev/v1alpha1
kind: BotInstance
metadata:
  name: bot-alpha
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  displayName: Bot Alpha
  resources:
    requests:
      cpu: 500m
      memory: 1Gi
    limits:
      cpu: "2"
      memory: 4Gi
  storage:
    clawdbot: 5Gi
    homebrew: 10Gi
    clawd: 5Gi
    chrome: 5Gi
  exposure: nodePort
  nodePorts:
    chrome: 30100
    terminal: 30101
  env:
    TZ: Europe/Berlin
  config: |
    {
      "agents": { "list": [] },
      "gateway": { "port": 18789 }
    }
`;

/** The record with one passage replaced; fails when the passage is not there. */
export function withChange(passage: string, replacement: string, text: string = GOOD_RECORD): string {
  if (!text.includes(passage)) throw new Error(`the record has no ${JSON.stringify(passage)}`);
  return text.replace(passage, () => replacement);
}

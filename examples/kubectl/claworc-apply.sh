#!/bin/sh
# Applies a checkout of a fleet of Claworc with kubectl alone: `claworc-apply.sh [all|keys|bots] [checkout]`.
#   keys   opens secrets/ with sops (SOPS_AGE_KEY_FILE names the identity) and applies them; no value touches the disk
#   bots   applies dist/, and removes what it no longer has, but never a volume
# docs/handover.md says in which order to go over to it, and back. KUBECONFIG and the current context say which cluster.
set -eu

step=${1:-all}
checkout=${2:-.}
namespace=${CLAWORC_NAMESPACE:-$(sed -n 's/^  namespace: *//p' "$checkout/claworc.yaml")}


if ! grep -q '^  applier: external' "$checkout/claworc.yaml"; then
  echo "claworc.yaml doesn't say \`applier: external\`: Claworc applies this fleet, so nothing is done" >&2
  exit 2
fi

# An empty list would have kubectl remove all that it applied before.
some() { [ -n "$(find "$1" -name '*.yaml' 2>/dev/null | head -n 1)" ]; }

# By force: what Claworc applied, or a hand changed, is taken over. Values that are equal change nothing.
apply() { kubectl apply -n "$namespace" --server-side --force-conflicts "$@"; }

# Files that `find` is told, as one stream of documents.
documents() {
  find "$@" -name '*.yaml' | LC_ALL=C sort | while IFS= read -r file; do
    cat "$file"
    echo '---'
  done
}

keys() {
  some "$checkout/secrets" || return 0
  find "$checkout/secrets" -name '*.yaml' | LC_ALL=C sort | while IFS= read -r file; do
    sops decrypt "$file" | apply -f -
  done
}

bots() {
  if ! some "$checkout/dist"; then
    echo "dist/ has no manifest: nothing is applied or removed" >&2
    exit 1
  fi
  # Volumes on their own: what stands in no ApplySet is never pruned.
  documents "$checkout/dist" -name 'persistentvolumeclaim-*' | apply -f -
  # kubectl keeps the order of the documents: the policy of a bot's screens is there before its pod.
  {
    documents "$checkout/dist" ! -name 'persistentvolumeclaim-*' ! -name deployment.yaml
    documents "$checkout/dist" -name deployment.yaml
  } |
    KUBECTL_APPLYSET=true apply --prune --applyset=configmap/claworc-by-kubectl -f -
}

case $step in
  keys) keys ;;
  bots) bots ;;
  all)
    keys
    bots
    ;;
  *)
    echo "usage: claworc-apply.sh [all|keys|bots] [checkout]" >&2
    exit 2
    ;;
esac

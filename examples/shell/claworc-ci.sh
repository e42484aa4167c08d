#!/bin/sh
# What a pipeline does for an instances repo, in plain shell; the workflows beside this file do the same.
#
#   claworc-ci.sh install      install the packed Claworc that CLAWORC_PACKAGE names, if its bytes are the ones wanted
#   claworc-ci.sh check BASE   verify a change that is to go to BASE (origin/main), and write what it does to effect.md
#   claworc-ci.sh plan         write what applying the commit that is checked out would do: plan.txt to read, plan.json
#   claworc-ci.sh apply        apply what plan.json says, and nothing else
#
# Of install: CLAWORC_PACKAGE, address or path of claworc-VERSION.tgz, and CLAWORC_SHA256, as `npm run pack:cli` said it.
#
# CLAWORC        how Claworc is called, from a pinned version and never from the change (default: claworc)
# RENDER=commit  commit what a change of records alone renders to, and push it to BRANCH; else the command is printed
# PULL_REQUEST   number of the pull request that gets effect.md as its one comment, with CLAWORC_REMOTE,
#                CLAWORC_FORGE and CLAWORC_FORGE_TOKEN_FILE
# FORMAT         of what verify says: text, github, gitlab, sarif or junit (default: text)
# REPORT         file for what verify says (default: printed)
#
# Of plan and apply: CLAWORC_KUBECONFIG and CLAWORC_IDENTITY. For plan the kubeconfig may be one that only reads.
set -eu

run() {
  # Split on purpose: it may be a command with arguments.
  ${CLAWORC:-claworc} "$@"
}

# Runs a command of which 3 is an answer too: differences.
differs() {
  status=0
  "$@" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"
}

install() {
  folder=$(mktemp -d)
  case "${CLAWORC_PACKAGE:?address or path of claworc-VERSION.tgz}" in
    http://* | https://*) curl -fsSL "$CLAWORC_PACKAGE" -o "$folder/claworc.tgz" ;;
    *) cp "$CLAWORC_PACKAGE" "$folder/claworc.tgz" ;;
  esac
  echo "${CLAWORC_SHA256:?the SHA-256 of that file}  $folder/claworc.tgz" | sha256sum -c - >&2
  npm install --global --no-audit --no-fund "$folder/claworc.tgz" >&2
  rm -r "$folder"
}

check() {
  base=$1
  status=0
  # What is wrong with a record is told by verify, below.
  run synth --check >&2 || status=$?
  if [ "$status" -eq 3 ]; then
    if [ "${RENDER:-}" != commit ]; then
      echo "dist/ is behind the records. To put that right:"
      echo "  claworc synth && git add -A . && git commit -m 'Render' && git push"
      exit 1
    fi
    run synth >&2
    for folder in secrets dist tombstones; do [ ! -d "$folder" ] || git add -A "$folder"; done
    git commit -q -m 'Render'
    git push -q origin "HEAD:refs/heads/$BRANCH"
  fi
  if [ -n "${REPORT:-}" ]; then
    run verify --base "$base" --format "${FORMAT:-text}" > "$REPORT"
  else
    run verify --base "$base" --format "${FORMAT:-text}"
  fi
  differs run diff "$base...HEAD" --format markdown > effect.md
  [ -z "${PULL_REQUEST:-}" ] || run comment --number "$PULL_REQUEST" --body effect.md
}

plan() {
  differs run plan --out plan.json > plan.txt
  cat plan.txt
}

apply() {
  # 1: something failed, or the cluster is no longer as it was when that was planned. 3: something waits for a person.
  # Neither is a green pipeline.
  run apply --plan plan.json
}

case "${1:-}" in
  check) check "${2:?the branch that the change goes to, as in origin/main}" ;;
  install) install ;;
  plan) plan ;;
  apply) apply ;;
  *) echo "usage: claworc-ci.sh install | check BASE | plan | apply" >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# Tests a folder that build.sh created. It runs a small job with the folder's packages. Then it starts the service, checks /healthz
# and /metrics, checks that a dispatch without a token is refused, and stops the service with SIGTERM. It uses only loopback and
# takes at most half a minute.
#
#   container/scripts/smoke.sh FOLDER
set -euo pipefail
cd "${1:?The folder is missing. Usage: container/scripts/smoke.sh FOLDER, with a folder that container/scripts/build.sh created}"

timeout 60 node container/scripts/paint.ts

log=$(mktemp)
trap 'rm -f "$log"' EXIT
SEMBLANCE_ISSUER=http://127.0.0.1:9 PORT=0 timeout 30 node container/server.ts >"$log" &
service=$!
for _ in $(seq 100); do
  port=$(sed -n 's/.*"event":"listening","port":\([0-9]*\).*/\1/p' "$log")
  [ -z "$port" ] || break
  kill -0 "$service" || { cat "$log"; exit 1; }
  sleep 0.1
done
expect() { # METHOD PATH STATUS
  status=$(node -e 'fetch(process.argv[2], { method: process.argv[1] }).then(({ status }) => console.log(status))' "$1" "http://127.0.0.1:$port$2")
  [ "$status" = "$3" ] || { echo "$1 $2 returned status $status; expected $3"; exit 1; }
}
expect GET /healthz 200
expect GET /metrics 200
expect POST /jobs 401
kill -TERM "$service"
wait "$service" || { echo "after SIGTERM the service exited with code $?; expected 0"; exit 1; }
echo "the job service works from $PWD"

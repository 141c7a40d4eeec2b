#!/usr/bin/env bash
# Whether a folder that build.sh made works by itself: a picture is painted with the packages that are there, and the service
# starts, says what reckons, refuses a stranger, and ends when it is told to. Loopback alone, half a minute at most.
#
#   container/scripts/smoke.sh FOLDER
set -euo pipefail
cd "${1:?Name the folder that container/scripts/build.sh made}"

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
  [ "$status" = "$3" ] || { echo "$1 $2 answers $status, not $3"; exit 1; }
}
expect GET /healthz 200
expect GET /metrics 200
expect POST /jobs 401
kill -TERM "$service"
wait "$service" || { echo "after SIGTERM it exits with $?"; exit 1; }
echo "the job service works from $PWD"

#!/usr/bin/env bash
# Puts the job service together in a folder of its own: what it needs of this repository, the loss network, and its packages
# without those of development. Both images are this folder; without Docker it runs just as well.
#
#   container/scripts/build.sh FOLDER
set -euo pipefail
target=$(realpath -m "${1:?Name the folder to put the service into: container/scripts/build.sh FOLDER}")
cd "$(dirname "$0")/../.."
source=$PWD

if [ ! -f models/build/features.onnx ]; then
  [ -d node_modules ] || npm ci
  node models/import.ts
fi

mkdir -p "$target"
tar --create --exclude='*.test.ts' --exclude='testing' --exclude='models/build' --exclude='models/styles' \
  --exclude='models/calibration' package.json package-lock.json .npmrc container imaging models schema/protocol test/fixtures/photos |
  tar --extract --directory "$target"
mkdir -p "$target/models/build"
cp models/build/features.onnx "$target/models/build/"

cd "$target"
# No package runs anything of its own: onnxruntime-node would download what its package has already.
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline
# An image has a Node of its own, paints nothing in a browser, and is no Mac and no Windows: 400 MB.
rm -rf node_modules/node-linux-* node_modules/onnxruntime-web node_modules/onnxruntime-node/bin/napi-v6/{darwin,win32}
echo "$target: $(du -sh "$target" | cut -f1), built from $source"

#!/usr/bin/env bash
# Copies the job service into a folder: its files of this repository, the loss network, and its packages without development
# dependencies. Both images consist of this folder. It also runs without Docker.
#
#   container/scripts/build.sh FOLDER
set -euo pipefail
target=$(realpath -m "${1:?The target folder is missing. Usage: container/scripts/build.sh FOLDER}")
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
# Without install scripts: the script of onnxruntime-node would download files that its package already contains.
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline
# Saves 400 MB: the image has its own Node, and it needs no runtime for browsers, macOS or Windows.
rm -rf node_modules/node-linux-* node_modules/onnxruntime-web node_modules/onnxruntime-node/bin/napi-v6/{darwin,win32}
echo "$target: $(du -sh "$target" | cut -f1), built from $source"

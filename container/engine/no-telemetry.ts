/**
 * Without this variable, ONNX Runtime 1.30 looks up a telemetry host and writes to ~/.cache/Microsoft. It must be set
 * before the native library is loaded. Job processes inherit it.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

/**
 * ONNX Runtime 1.30 looks up a telemetry host and writes into ~/.cache/Microsoft unless this variable is set before its native
 * library is loaded. Job processes inherit it.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

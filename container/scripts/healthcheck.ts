/** The health check of the images, which have no curl. Exits with 0 if the service accepts jobs. */
fetch(`http://127.0.0.1:${process.env.PORT ?? 8788}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);

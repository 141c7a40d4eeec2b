/** For the images, which have no curl: exits with 0 when the service takes jobs. */
fetch(`http://127.0.0.1:${process.env.PORT ?? 8788}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);

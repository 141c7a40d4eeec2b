/** For the images: exits with 0 when the service takes jobs. They have no curl. */
const response = await fetch(`http://127.0.0.1:${process.env.PORT ?? 8788}/healthz`, {
  signal: AbortSignal.timeout(3_000),
});
process.exit(response.ok ? 0 : 1);

import { html } from "hono/html";
import type { Readiness } from "./health.ts";

const CHECKS: Readonly<Record<keyof Readiness, string>> = {
  models: "Models are loaded",
  database: "The database responds",
  migrations: "The migrations are current",
};

/** A page for people who open the Worker in a browser: what this is, its status, and links. */
export const homePage = (ready: Readiness, { development }: { development: boolean }) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Semblance</title>
    <link rel="icon" href="/favicon.svg" />
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #222; background: #fff; }
      code { background: #f2f2f2; padding: 0.1em 0.3em; }
      li { margin: 0.2em 0; }
      .failed { color: #b00020; }
      @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } code { background: #2a2a2a; } a { color: #8ab4f8; } }
    </style>
  </head>
  <body>
    <h1>Semblance</h1>
    <p>Face verification, face identification and neural style transfer as a GraphQL API.</p>
    <h2>Status</h2>
    <ul>
      ${(Object.keys(CHECKS) as (keyof Readiness)[]).map((check) =>
        ready[check] ? html`<li>${CHECKS[check]}: yes</li>` : html`<li class="failed">${CHECKS[check]}: no</li>`,
      )}
    </ul>
    <h2>Endpoints</h2>
    <ul>
      <li>
        ${development ? html`<a href="/graphql">/graphql</a>: the API, and GraphiQL in the browser` : html`<code>/graphql</code>: the API`}.
        Send an API key as <code>Authorization: Bearer smb_…</code>
      </li>
      <li><a href="/readyz">/readyz</a>: the status above as JSON</li>
      <li><a href="/healthz">/healthz</a>: whether the Worker responds</li>
      <li><a href="/.well-known/jwks.json">/.well-known/jwks.json</a>: the public keys of this Worker</li>
    </ul>
  </body>
</html>`;

import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";

/** Wraps a D1 database. `onAnswer` is called with the answer of each statement and each batch. */
export function observeD1(real: D1Database, onAnswer: (answer: Promise<unknown>) => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const observe = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(method, target, args);
          if (name === "bind") return observe(answer as D1PreparedStatement);
          onAnswer(Promise.resolve(answer));
          return answer;
        };
      },
    });
    originals.set(proxy, statement);
    return proxy;
  };
  return new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (query: string) => observe(target.prepare(query));
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          const answer = target.batch(statements.map((statement) => originals.get(statement) ?? statement));
          onAnswer(answer);
          return answer;
        };
      }
      return Reflect.get(target, name);
    },
  });
}

import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";

/** The same D1, telling of each time that it is asked, and of its answer: of one statement, or of a batch. */
export function countedD1(real: D1Database, asked: (answer: Promise<unknown>) => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const observer = new Proxy(statement, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(method, target, args);
          if (name === "bind") return counted(answer as D1PreparedStatement);
          asked(Promise.resolve(answer));
          return answer;
        };
      },
    });
    originals.set(observer, statement);
    return observer;
  };
  return new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(target.prepare(query));
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          const answer = target.batch(statements.map((statement) => originals.get(statement) ?? statement));
          asked(answer);
          return answer;
        };
      }
      return Reflect.get(target, name);
    },
  });
}

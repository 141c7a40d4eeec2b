/** The permissions of an API key. `schema/access.graphql` says what each scope allows. */
export const SCOPES = ["ENROLL", "VERIFY", "IDENTIFY", "STYLIZE", "MANAGE", "ADMIN"] as const;
export type Scope = (typeof SCOPES)[number];

const isScope = (name: string): name is Scope => SCOPES.some((scope) => scope === name);

/** The known scopes among stored names. Names that another version of this code stored are ignored. */
export const scopesOf = (names: readonly string[]): Scope[] => names.filter(isScope);

/** Whether the key has at least one of the scopes. ADMIN allows everything. */
export const allows = (held: readonly Scope[], anyOf: readonly Scope[]): boolean =>
  held.includes("ADMIN") || anyOf.some((scope) => held.includes(scope));

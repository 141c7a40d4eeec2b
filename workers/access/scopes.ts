/** What a key may do; `schema/access.graphql` says what each one opens. */
export const SCOPES = ["ENROLL", "VERIFY", "IDENTIFY", "STYLIZE", "MANAGE", "ADMIN"] as const;
export type Scope = (typeof SCOPES)[number];

const isScope = (name: string): name is Scope => SCOPES.some((scope) => scope === name);

/** The scopes among stored names; what another version of this code stored besides is left out. */
export const scopesOf = (names: readonly string[]): Scope[] => names.filter(isScope);

/** Whether any of these scopes is held. ADMIN opens everything. */
export const allows = (held: readonly Scope[], anyOf: readonly Scope[]): boolean =>
  held.includes("ADMIN") || anyOf.some((scope) => held.includes(scope));

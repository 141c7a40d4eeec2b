/** Who makes a change. `keyId`: the API key of the request; null for the operator's command line. */
export interface Actor {
  tenantId: string;
  keyId: string | null;
}

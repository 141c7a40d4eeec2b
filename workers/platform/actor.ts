/** In whose name something is changed: the tenant, and the API key that asked (null: the operator's command line). */
export interface Actor {
  tenantId: string;
  keyId: string | null;
}

/** The place of the API key in the GraphiQL page. The Worker replaces it by the key of a local server, if there is one. */
export const DEVELOPMENT_KEY_PLACEHOLDER = "__DEVELOPMENT_KEY__";

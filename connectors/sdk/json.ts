/** Any JSON value; the same shape as the engine's own, declared here because the SDK imports nothing of the engine. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

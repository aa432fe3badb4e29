/** Stands in for `@rjsf/validator-ajv8` (see vite.config.ts): forms bring a validator of their own. */
// biome-ignore lint/style/noDefaultExport: @rjsf/core imports the default
export default undefined;

export { asIf } from './as-if.ts';
export { fetchDocument } from './fetch-document.ts';
export { createImporter } from './importer.ts';
export { compareServices, fitToConnector, keepWhatWasSet } from './merge.ts';
export { serviceIdOf } from './names.ts';
export type { Imported } from './openapi.ts';
export { refused } from './read-document.ts';
export { Report } from './report.ts';
export { UsableSchemas } from './usable.ts';

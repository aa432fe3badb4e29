export { asIf } from './as-if.ts';
export { createImporter } from './importer.ts';
export { compareServices, fitToConnector, keepWhatWasSet } from './merge.ts';

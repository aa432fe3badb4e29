export type { SchemaForm } from './form-props.ts';
export { SchemaFields } from './schema-fields.tsx';

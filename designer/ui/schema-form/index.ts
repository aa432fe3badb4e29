export { SchemaFields, type SchemaForm } from './schema-fields.tsx';

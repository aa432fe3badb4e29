export { JsonView } from './json-view.tsx';

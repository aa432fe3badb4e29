export { mqtt } from './mqtt.ts';

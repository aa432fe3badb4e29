export { grpc } from './grpc.ts';

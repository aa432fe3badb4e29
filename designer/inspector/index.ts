export { Inspector, type InspectorProps } from './inspector.tsx';
export { WideStep } from './wide/wide-step.tsx';

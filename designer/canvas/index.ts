export type { CanvasCommand } from './commands.ts';
export { FlowCanvas, type FlowCanvasProps } from './flow-canvas.tsx';
export { FlowViewer, type FlowViewerProps } from './flow-viewer.tsx';
export { createMarks, exitOfPort, type Marks, type NodeMark, type NodeMarks } from './marks.ts';

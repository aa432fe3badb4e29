export { MessagesPage } from './messages-page.tsx';
export { MonitorPage } from './monitor-page.tsx';

export function MonitorPage() {
  return null;
}
export function MessagesPage() {
  return null;
}

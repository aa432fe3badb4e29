import assert from 'node:assert/strict';

/** Holds up whoever awaits `opened`, until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks every 10 ms whether it is so. @throws {AssertionError} with what `otherwise` says, after `withinMs` */
export async function until(isSo: () => boolean, withinMs: number, otherwise: () => string): Promise<void> {
  const startedAt = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAt > withinMs) assert.fail(otherwise());
    await pause(10);
  }
}

import { getQuickJS, type QuickJSWASMModule, shouldInterruptAfterDeadline } from 'quickjs-emscripten';
import type { Json } from '../../errors.ts';

const MAX_MEMORY_BYTES = 16 * 1024 * 1024;
const MAX_STACK_BYTES = 512 * 1024;
const MAX_OUTPUT_BYTES = 256 * 1024;

export interface ScriptJob {
  readonly id: number;
  readonly source: string;
  readonly input: Json;
  readonly timeoutMs: number;
}

export type ScriptAnswer =
  | { readonly id: number; readonly ok: true; readonly output: Json }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: 'SCRIPT_FAILED' | 'SCRIPT_LIMIT';
      readonly message: string;
    };

let quickjs: QuickJSWASMModule | undefined;

/**
 * Runs a function body in a fresh QuickJS context: no I/O, no clock (`Date.now` is 0), no randomness, so that a replay
 * computes the same. Limits: time, 16 MiB of memory, 256 KiB of output.
 */
export async function runScript({ id, source, input, timeoutMs }: ScriptJob): Promise<ScriptAnswer> {
  quickjs ??= await getQuickJS();
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(MAX_MEMORY_BYTES);
  runtime.setMaxStackSize(MAX_STACK_BYTES);
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + timeoutMs));
  const context = runtime.newContext();
  try {
    const code = `"use strict"; Date.now = () => 0; Math.random = () => 0; JSON.stringify((function (input) {\n${source}\n})(${JSON.stringify(input)})) ?? "null"`;
    const result = context.evalCode(code, 'script.js');
    if (result.error) {
      const thrown = context.dump(result.error) as { name?: string; message?: string } | string;
      result.error.dispose();
      const message = typeof thrown === 'string' ? thrown : `${thrown.name ?? 'Error'}: ${thrown.message ?? ''}`;
      const limit = /interrupted|out of memory|stack overflow/i.test(message);
      return {
        id,
        ok: false,
        code: limit ? 'SCRIPT_LIMIT' : 'SCRIPT_FAILED',
        message: limit ? `the script went over its limits (${message})` : message,
      };
    }
    const text = context.getString(result.value);
    result.value.dispose();
    if (text.length > MAX_OUTPUT_BYTES)
      return {
        id,
        ok: false,
        code: 'SCRIPT_LIMIT',
        message: `the script's output has more than ${MAX_OUTPUT_BYTES} characters`,
      };
    return { id, ok: true, output: JSON.parse(text) as Json };
  } finally {
    context.dispose();
    runtime.dispose();
  }
}

import { RE2JS } from 're2js';

/** A pattern that takes time linear in the text, whatever its author wrote. */
export interface LinearPattern {
  test(text: string): boolean;
}

/**
 * Compiles a JSON Schema `pattern` with RE2 instead of the engine's own RegExp, which backtracks and can be made to run
 * for years by a pattern such as `^(a+)+$`.
 *
 * @returns The reason, if RE2 cannot do it: look-around and back-references are what it leaves out.
 */
export function compilePattern(pattern: string): LinearPattern | { readonly problem: string } {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => compiled.test(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `pattern ${JSON.stringify(pattern)} cannot be used (no look-around, no back-references): ${reason}`,
    };
  }
}

/**
 * Whether the native RegExp, too, takes linear time: anchored, a plain sequence of characters and classes, and at most
 * one quantifier of variable length. For `patternProperties`, where TypeBox takes no other matcher.
 */
export function isPlainPattern(pattern: string): boolean {
  // Before anything else: on long patterns the patterns below are slow themselves.
  if (pattern.length > 200) return false;
  const piece = String.raw`(?:\[\^?(?:[^\\\[\]]|\\.)+\]|\\[dDwWsS.\-/]|[^\\\[\](){}*+?|^$])`;
  const shape = new RegExp(`^\\^(?:${piece}(?:[*+?]|\\{\\d{1,3}(?:,\\d{0,3})?\\})?)*\\$?$`);
  const variable =
    pattern
      .replace(/\\./g, '_')
      .replace(/\[[^\]]*\]/g, '_')
      .match(/[*+?]|\{\d+,\d*\}/g) ?? [];
  return variable.length <= 1 && shape.test(pattern);
}

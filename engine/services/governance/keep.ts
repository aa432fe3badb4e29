/**
 * Makes a part of a policy again only when its settings have changed: a breaker stays open, a limit goes on counting,
 * while something else about the policy is changed.
 */
export function keep<Settings, Part>(make: (settings: Settings) => Part): (settings: Settings) => Part {
  let present: { readonly settings: string; readonly part: Part } | undefined;
  return (settings) => {
    const key = JSON.stringify(settings);
    if (present?.settings !== key) present = { settings: key, part: make(settings) };
    return present.part;
  };
}

const tabs = ['services', 'secrets', 'import'] as const;

/** What the address of the services page says; what it does not know is the list of services. */
export interface Place {
  readonly tab: (typeof tabs)[number];
}

/** @param search as it stands in the address, so anything */
export const placeOf = (search: { readonly tab?: unknown }): Place => ({
  tab: tabs.find((one) => one === search.tab) ?? 'services',
});

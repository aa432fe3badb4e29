import { useQuery } from '@tanstack/react-query';
import type { Catalogue, CatalogueService } from '../model/catalogue.ts';
import { request } from './client.ts';

export const catalogueKey = ['services'] as const;

interface Services {
  readonly services: readonly CatalogueService[];
}

// One function for every use, so that the map is made once for each answer.
const byId = ({ services }: Services): Catalogue => new Map(services.map((service) => [service.id, service]));

/** Every registered service, as a query. */
export function useCatalogue() {
  return useQuery({
    queryKey: catalogueKey,
    queryFn: ({ signal }) => request<Services>('GET', '/services', undefined, signal),
    select: byId,
    staleTime: 30_000,
  });
}

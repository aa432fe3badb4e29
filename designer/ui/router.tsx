import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { Failed, Loading } from './pending.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Every page is a chunk of its own. A page's search parameters are checked here. */
const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../flows/index.ts'), 'FlowsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/designer/$flowId',
    validateSearch: (search): { readonly node?: string; readonly tour?: boolean } => ({
      ...(text(search['node']) ? { node: text(search['node']) as string } : {}),
      ...(search['tour'] === true ? { tour: true } : {}),
    }),
    component: lazyRouteComponent(() => import('../editor/index.ts'), 'DesignerPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/runs',
    validateSearch: (search): { readonly [name: string]: string } =>
      Object.fromEntries(
        Object.entries(search).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
      ),
    component: lazyRouteComponent(() => import('../runs/index.ts'), 'RunsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/runs/$runId',
    component: lazyRouteComponent(() => import('../runs/index.ts'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/tasks',
    validateSearch: (search): { readonly box?: string; readonly task?: string } => ({
      ...(text(search['box']) ? { box: text(search['box']) as string } : {}),
      ...(text(search['task']) ? { task: text(search['task']) as string } : {}),
    }),
    component: lazyRouteComponent(() => import('../tasks/index.ts'), 'TasksPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/services',
    validateSearch: (search): { readonly tab?: string } =>
      text(search['tab']) ? { tab: text(search['tab']) as string } : {},
    component: lazyRouteComponent(() => import('../services/index.ts'), 'ServicesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/services/$serviceId',
    validateSearch: (search): { readonly operation?: string } =>
      text(search['operation']) ? { operation: text(search['operation']) as string } : {},
    component: lazyRouteComponent(() => import('../services/index.ts'), 'ServicePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/messages',
    validateSearch: (search): { readonly tab?: string; readonly letter?: number } => ({
      ...(text(search['tab']) ? { tab: text(search['tab']) as string } : {}),
      ...(typeof search['letter'] === 'number' ? { letter: search['letter'] } : {}),
    }),
    component: lazyRouteComponent(() => import('../messages/index.ts'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/monitor',
    component: lazyRouteComponent(() => import('../monitor/index.ts'), 'MonitorPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/app/settings',
    component: lazyRouteComponent(() => import('../settings/index.ts'), 'SettingsPage'),
  }),
]);

export const router = createRouter({
  routeTree,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Failed,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

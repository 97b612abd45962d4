// Every page of the console: a folder beside this file, and a line here.
import type { Component } from 'svelte';
import type { Key } from '../lib/i18n/index.svelte';
import type { Role } from '../lib/session.svelte';
import type { IconName } from '../lib/ui/Icon.svelte';

export interface Page {
  path: string; // below /console/; ":id" is handed to the component
  title: Key;
  role: Role; // who may see it
  icon: IconName;
  key?: string; // after "g": goes there
  menu: boolean; // stands in the menu
  load: () => Promise<{ default: Component<{ id: string }> | Component<Record<string, never>> }>;
}

export const pages: Page[] = [
  {
    path: '',
    title: 'page.now',
    role: 'reader',
    icon: 'now',
    key: 'n',
    menu: true,
    load: () => import('./now/Now.svelte'),
  },
  {
    path: 'unmatched',
    title: 'page.unmatched',
    role: 'reader',
    icon: 'unmatched',
    key: 'u',
    menu: true,
    load: () => import('./unmatched/Unmatched.svelte'),
  },
  {
    path: 'case/:id',
    title: 'page.case',
    role: 'reader',
    icon: 'email',
    menu: false,
    load: () => import('./case/Case.svelte'),
  },
  {
    path: 'settings',
    title: 'page.settings',
    role: 'client',
    icon: 'gear',
    key: 's',
    menu: true,
    load: () => import('./settings/Settings.svelte'),
  },
];
